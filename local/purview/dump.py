"""The state of the account as JSON, for tests and demos. At most `LISTED` assets are listed, counts are complete."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from local.purview.admin.unified import dump_unified

if TYPE_CHECKING:
    from local.purview.simulator import Purview

LISTED = 1000


def dump_state(purview: "Purview") -> dict[str, Any]:
    """Counts by type, and assets, terms and relationships in brief."""
    catalog, glossary = purview.catalog, purview.glossary
    active = [entity for entity in catalog.entities.values() if entity.is_active]
    terms = [term for each in glossary.glossaries() for term, _ in glossary.terms(each)]
    return {
        "account": purview.account,
        "counts": dict(Counter(entity.type_name for entity in active)),
        "indexed": len(purview.index),
        "pending": purview.index.pending,
        "terms": [
            {"guid": term.guid, "qualifiedName": term.qualified_name, "assigned": len(glossary.assigned(term))}
            for term in terms
        ],
        "collections": [
            {"name": each.name, "friendlyName": each.friendly_name, "parent": each.parent}
            for each in purview.collections
        ],
        "entities": [
            {
                "guid": entity.guid,
                "typeName": entity.type_name,
                "qualifiedName": entity.qualified_name,
                "name": entity.display_text,
                "collectionId": entity.collection_id,
                "terms": [term.qualified_name for term, _ in glossary.meanings(entity)],
            }
            for entity in active[:LISTED]
        ],
        "unified": dump_unified(purview),
    }

"""The state of the account as JSON, for tests and demos. At most `LISTED` assets are listed, counts are complete."""

from collections import Counter, defaultdict
from typing import Any

from local.purview.account import Account
from local.purview.model import Json
from local.purview.unified.model import Concept, Domain, Kind

LISTED = 1000


def dump_state(account: Account) -> dict[str, Any]:
    """Counts by type, and assets, terms and relationships in brief."""
    catalog, glossary = account.catalog, account.glossary
    active = [entity for entity in catalog.entities.values() if entity.is_active]
    terms = [term for each in glossary.glossaries() for term, _ in glossary.terms(each)]
    concepts = _concepts_by_guid(account)
    return {
        "account": account.account_name,
        "counts": dict(Counter(entity.type_name for entity in active)),
        "indexed": len(account.index),
        "pending": account.index.pending,
        "terms": [
            {"guid": term.guid, "qualifiedName": term.qualified_name, "assigned": len(glossary.assigned(term))}
            for term in terms
        ],
        "collections": [
            {"name": each.name, "friendlyName": each.friendly_name, "parent": each.parent}
            for each in account.collections
        ],
        "entities": [
            {
                "guid": entity.guid,
                "typeName": entity.type_name,
                "qualifiedName": entity.qualified_name,
                "name": entity.display_text,
                "collectionId": entity.collection_id,
                "terms": [term.qualified_name for term, _ in glossary.meanings(entity)],
                "concepts": concepts.get(entity.guid, []),
            }
            for entity in active[:LISTED]
        ],
        "unified": _dump_unified(account),
    }


def _concepts_by_guid(account: Account) -> dict[str, list[str]]:
    """The ids of the terms and data products that are linked with each entity, whatever their status."""
    unified, found = account.unified, defaultdict[str, list[str]](list)
    guids = {asset.id: asset.guid for asset in unified.assets.shelf if asset.guid}
    for concept in (*unified.terms.shelf, *unified.products.shelf):
        for link in concept.links_of(Kind.ASSET):
            if guid := guids.get(link.entity_id):
                found[guid].append(concept.id)
    return found


def _dump_unified(account: Account) -> Json:
    unified = account.unified
    return {
        "curation": unified.curation.phase,
        "domains": [show_domain(each) for each in unified.domains.shelf],
        "terms": [show_concept(account, each) for each in unified.terms.shelf],
        "products": [show_concept(account, each) for each in unified.products.shelf],
        "assets": sum(1 for _ in unified.assets.shelf),
    }


def show_concept(account: Account, concept: Concept) -> Json:
    """A term or data product in brief."""
    domain = next(each for each in account.unified.domains.shelf if each.id == concept.domain_id)
    return {
        "id": concept.id,
        "name": concept.name,
        "domain": domain.name,
        "status": str(concept.status),
        "links": len(concept.links_of(Kind.ASSET)),
    }


def show_domain(domain: Domain) -> Json:
    """A governance domain in brief."""
    return {"id": domain.id, "name": domain.name, "status": str(domain.status)}

"""What the search index keeps of an entity, and which entities it takes up at all.

Source: docs/vendors/purview.md, section 1.
"""

from dataclasses import dataclass
from functools import cache

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.glossary import GLOSSARY, TERM, Glossary
from local.purview.model import Entity, Json
from local.purview.search.presentation import ASSET_TYPES, OBJECT_TYPES, file_object_type
from local.purview.switches import PurviewSwitches


@dataclass(frozen=True, slots=True)
class TermRef:
    """A term as a search result shows it."""

    name: str
    glossary: str
    guid: str


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One search hit, as the entity was when it was indexed. `attributes` is shared with the catalog, never changed.

    `omitted` are fields that the hit lacks; a time among them is None.
    """

    id: str
    entity_type: str
    object_type: str | None
    asset_types: tuple[str, ...]
    collection_id: str
    create_time: int | None
    update_time: int | None
    created_by: str
    updated_by: str
    attributes: Json
    terms: tuple[TermRef, ...]
    classifications: tuple[str, ...]
    labels: tuple[str, ...]
    contacts: Json | None
    business_attributes: Json | None
    glossary: str | None
    omitted: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What people read; Apache Atlas shows the qualified name of what has no name."""
        return str(self.attributes.get("name") or self.qualified_name)

    @property
    def qualified_name(self) -> str:
        """The unique attribute."""
        return str(self.attributes.get("qualifiedName", ""))


class DocumentMaker:
    """Makes documents of entities."""

    def __init__(self, catalog: Catalog, glossary: Glossary) -> None:
        self._catalog, self._glossary = catalog, glossary

    def make(self, guid: str, switches: PurviewSwitches, *, with_terms: bool = True) -> Document | None:
        """The document of an entity; None when it is no search hit (any more)."""
        entity = self._catalog.entities.get(guid)
        if entity is None or not entity.is_active or not self._is_hit(entity, switches):
            return None
        return Document(
            id=entity.guid,
            entity_type=entity.type_name,
            object_type=self._object_type(entity),
            asset_types=self._asset_types(entity.type_name),
            collection_id=entity.collection_id,
            create_time=None if "createTime" in switches.omit_from_hits else entity.create_time,
            update_time=None if "updateTime" in switches.omit_from_hits else entity.update_time,
            created_by=entity.created_by,
            updated_by=entity.updated_by,
            attributes=entity.attributes,
            terms=tuple(self._term(term) for term, _ in self._glossary.meanings(entity)) if with_terms else (),
            classifications=tuple(str(each.get("typeName")) for each in entity.classifications),
            labels=entity.labels,
            contacts=entity.contacts,
            business_attributes=entity.business_attributes,
            glossary=self._glossary.anchor(entity)[0].display_text if entity.type_name == TERM else None,
            omitted=frozenset(switches.omit_from_hits),
        )

    def _is_hit(self, entity: Entity, switches: PurviewSwitches) -> bool:
        if entity.type_name == GLOSSARY:
            return switches.glossary_objects_in_search == "terms_and_glossaries"
        if entity.type_name == TERM:
            return switches.glossary_objects_in_search != "none"
        return entity.type_name not in self._catalog.types.schema_element_types

    def _term(self, term: Entity) -> TermRef:
        return _term_ref(term.display_text, self._glossary.anchor(term)[0].display_text, term.guid)

    def _object_type(self, entity: Entity) -> str | None:
        if entity.type_name == "azure_datalake_gen2_path":
            return file_object_type(entity.attributes)
        known = OBJECT_TYPES.get(entity.type_name)
        return known or ("Process" if self._catalog.types.is_a(entity.type_name, "Process") else None)

    def _asset_types(self, type_name: str) -> tuple[str, ...]:
        """Of a type that the service did not bring: its serviceType or its own name, which is a guess."""
        if type_name in (GLOSSARY, TERM):
            return ()
        return ASSET_TYPES.get(type_name) or (self._catalog.types.get(type_name).get("serviceType") or type_name,)


@cache
def _term_ref(name: str, glossary: str, guid: str) -> TermRef:
    """One object for a term that thousands of documents share."""
    return TermRef(name, glossary, guid)

"""Glossaries, terms and which assets have them. Source: docs/vendors/purview.md, section 2."""

from collections.abc import Callable
from uuid import uuid4

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.entities import stamp
from local.purview.behaviour.types import RelationEnd
from local.purview.builtin.glossary import ANCHOR, ASSIGNMENT, HIERARCHY
from local.purview.errors import atlas_error, gateway_error
from local.purview.model import DELETED, Entity, Json, Relationship
from local.purview.switches import PurviewSwitches

GLOSSARY, TERM = "AtlasGlossary", "AtlasGlossaryTerm"
_TERM_ATTRIBUTES = ("name", "nickName", "abbreviation", "status", "shortDescription", "longDescription", "usage")
_GLOSSARY_ATTRIBUTES = ("name", "language", "shortDescription", "longDescription", "usage")


class Glossary:
    """All glossaries of an account; glossaries and terms are entities of the catalog."""

    def __init__(
        self,
        catalog: Catalog,
        root_collection: Callable[[], str],
        switches: Callable[[], PurviewSwitches],
        now_ms: Callable[[], int],
        is_frozen: Callable[[], bool] = lambda: False,
    ) -> None:
        self._catalog, self._root, self._switches, self._now_ms = catalog, root_collection, switches, now_ms
        self._is_frozen = is_frozen

    # Ends of the relationships that make up a glossary

    def end(self, relationship: str, *, is_end1: bool) -> RelationEnd:
        """One side of a relationship of the glossary."""
        return self._catalog.types.relation_end(relationship, is_end1=is_end1)

    def anchor(self, term: Entity) -> tuple[Entity, str]:
        """A term's glossary, and the guid of the relationship between them."""
        (guid, relationship), *_ = self._catalog.linked(term.guid, self.end(ANCHOR, is_end1=False)).items()
        return self._catalog.entities[guid], relationship

    def parent(self, term: Entity) -> tuple[Entity, str] | None:
        """A child term's parent, and the guid of the relationship between them."""
        for guid, relationship in self._catalog.linked(term.guid, self.end(HIERARCHY, is_end1=False)).items():
            return self._catalog.entities[guid], relationship
        return None

    # Glossaries

    def glossaries(self) -> list[Entity]:
        """All glossaries."""
        return [each for each in self._catalog.of_type(GLOSSARY) if each.is_active]

    def get_glossary(self, guid: str) -> Entity:
        """A glossary by guid."""
        return self._get(guid, GLOSSARY)

    def create_glossary(self, body: Json, by: str) -> Entity:
        """A new glossary; its qualified name is its name."""
        self._check_writable()
        name = body.get("qualifiedName") or body.get("name")
        if not name:
            raise atlas_error("400-00-02B", GLOSSARY, "name")
        if self._catalog.find(GLOSSARY, name):
            raise atlas_error("409-00-007", name)
        known = {key: body[key] for key in _GLOSSARY_ATTRIBUTES if body.get(key) is not None}
        return self._add(GLOSSARY, {"name": name} | known | {"qualifiedName": name}, by)

    def terms(self, glossary: Entity) -> list[tuple[Entity, str]]:
        """The terms of a glossary, each with the guid of its anchor relationship."""
        linked = self._catalog.linked(glossary.guid, self.end(ANCHOR, is_end1=True))
        return [(self._catalog.entities[guid], relationship) for guid, relationship in linked.items()]

    # Terms

    def get_term(self, guid: str) -> Entity:
        """A term by guid."""
        return self._get(guid, TERM)

    def create_term(self, body: Json, by: str) -> Entity:
        """A new term; a child's formal name is `Parent_Child`. Source: pyapacheatlas issue 276."""
        self._check_writable()
        anchor = (body.get("anchor") or {}).get("glossaryGuid")
        if not anchor:
            raise atlas_error("400-00-072")
        if not body.get("name"):
            raise atlas_error("400-00-02B", TERM, "name")
        glossary = self.get_glossary(anchor)
        parent = self._read_parent(body)
        attributes = _term_attributes(body, parent)
        attributes["qualifiedName"] = f"{attributes['name']}@{glossary.display_text}"
        if self._catalog.find(TERM, attributes["qualifiedName"]):
            raise atlas_error("409-00-009", attributes["qualifiedName"])
        term = self._add(TERM, attributes, by)
        term.contacts = body.get("contacts")
        self._connect(self.end(ANCHOR, is_end1=True), glossary, term, by)
        if parent is not None:
            self._connect(self.end(HIERARCHY, is_end1=True), parent, term, by)
        return term

    def update_term(self, guid: str, body: Json, by: str) -> Entity:
        """Change a term's own attributes; with its name its qualified name changes."""
        self._check_writable()
        term = self.get_term(guid)
        changes = {key: body[key] for key in _TERM_ATTRIBUTES if body.get(key) is not None}
        if "name" in changes:
            changes["qualifiedName"] = f"{changes['name']}@{self.anchor(term)[0].display_text}"
        self._catalog.set_attributes(term, term.attributes | changes)
        stamp(term, self._now_ms(), by)
        for assigned in self.assigned(term):
            self._catalog.touch(assigned[0].guid)
        return term

    def delete_term(self, guid: str) -> None:
        """Only a term that is assigned to nothing."""
        self._check_writable()
        term = self.get_term(guid)
        assigned = len(self._catalog.linked(guid, self.end(ASSIGNMENT, is_end1=True)))
        if assigned:
            raise atlas_error("400-00-084", guid, assigned)
        self._catalog.retire(term, hard=True)

    # Assignments

    def assigned(self, term: Entity) -> list[tuple[Entity, Relationship]]:
        """The entities that have a term, columns included, with the relationship between them."""
        return [self.ends_of(relationship) for relationship in self.assignments(term)]

    def assignments(self, term: Entity) -> list[str]:
        """The guids of the relationships between a term and the entities that have it, in the order of assignment."""
        linked = list(self._catalog.linked(term.guid, self.end(ASSIGNMENT, is_end1=True)).values())
        return linked + (self._deleted(term) if self._switches().assigned_entities_include_deleted else [])

    def ends_of(self, assignment: str) -> tuple[Entity, Relationship]:
        """The entity of an assignment, and the relationship itself."""
        relationship = self._catalog.relationships[assignment]
        return self._catalog.entities[relationship.end2], relationship

    def _deleted(self, term: Entity) -> list[str]:
        return [
            guid
            for guid, each in self._catalog.relationships.items()
            if each.type_name == ASSIGNMENT and each.end1 == term.guid and each.status == DELETED
        ]

    def meanings(self, entity: Entity) -> list[tuple[Entity, Relationship]]:
        """The terms that an entity has."""
        linked = self._catalog.linked(entity.guid, self.end(ASSIGNMENT, is_end1=False))
        return [(self._catalog.entities[guid], self._catalog.relationships[each]) for guid, each in linked.items()]

    def assign(self, term: Entity, guids: list[str], by: str) -> None:
        """Give a term to entities; one that has it already is left alone."""
        self._check_writable()
        end = self.end(ASSIGNMENT, is_end1=True)
        entities = [self._catalog.get_active(guid) for guid in guids]
        for entity in entities:
            if entity.guid not in self._catalog.linked(term.guid, end):
                self._connect(end, term, entity, by)
                self._bump(entity, by)

    def unassign(self, term: Entity, pairs: list[tuple[str, str | None]], by: str) -> None:
        """Take a term from entities; each pair is a guid and the guid of the assignment relationship."""
        self._check_writable()
        end = self.end(ASSIGNMENT, is_end1=True)
        linked = self._catalog.linked(term.guid, end)
        for guid, relationship in pairs:
            if not relationship:
                raise atlas_error("400-00-078")
            if linked.get(guid) != relationship:
                raise atlas_error("400-00-080", relationship, term.guid, guid)
        for guid, relationship in pairs:
            self._catalog.disconnect(self._catalog.relationships[str(relationship)], hard=True)
            self._bump(self._catalog.entities[guid], by)

    def _check_writable(self) -> None:
        """Once a migration runs, classic terms are read-only. Source: docs/vendors/unified-catalog.md, section 8."""
        if self._is_frozen():
            raise gateway_error(self._switches().classic_write_after, "ReadOnly", "Classic terms are read-only.")

    def _bump(self, entity: Entity, by: str) -> None:
        """Apache Atlas counts an assignment as an update of the entity; for Purview this is unconfirmed."""
        if self._switches().term_assignment_bumps_update_time:
            stamp(entity, self._now_ms(), by)

    def _connect(self, end: RelationEnd, own: Entity, other: Entity, by: str) -> None:
        self._catalog.connect(end, own.guid, other.guid, now_ms=self._now_ms(), by=by)

    def _add(self, type_name: str, attributes: Json, by: str) -> Entity:
        now_ms = self._now_ms()
        entity = Entity(str(uuid4()), type_name, attributes, self._root(), now_ms, now_ms, by, by)
        self._catalog.add(entity)
        return entity

    def _get(self, guid: str, type_name: str) -> Entity:
        entity = self._catalog.get_active(guid)
        if entity.type_name != type_name:
            raise atlas_error("404-00-005", guid)
        return entity

    def _read_parent(self, body: Json) -> Entity | None:
        guid = (body.get("parentTerm") or {}).get("termGuid")
        return self.get_term(guid) if guid else None


def _term_attributes(body: Json, parent: Entity | None) -> Json:
    attributes = {key: body[key] for key in _TERM_ATTRIBUTES if body.get(key) is not None}
    if parent is not None:
        prefix = f"{parent.display_text}_"
        child = str(attributes["name"]).removeprefix(prefix)
        attributes |= {"name": prefix + child, "nickName": attributes.get("nickName", child)}
    return attributes

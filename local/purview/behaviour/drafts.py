"""Reading what a caller wants to write: identity, attributes and links of each entity, all checked before any is made.

Source: docs/vendors/purview.md, section 3 "Write" and "Errors".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.references import References, is_negative, known_type
from local.purview.behaviour.types import EntityType, RelationEnd
from local.purview.behaviour.values import find_oversize, normalise
from local.purview.errors import atlas_error
from local.purview.model import Entity, Json
from local.purview.switches import PurviewSwitches

_invented = count(9_514_774_903_018_192)
"""The server invents negative guids even if the request had none. Source: example Entity_BulkCreateOrUpdate."""


@dataclass(slots=True)
class Draft:
    """One entity of a write. `attributes` are those that were sent and are known, `links` those that were sent."""

    assigned: str
    guid: str
    type: EntityType
    body: Json
    existing: Entity | None
    attributes: Json = field(default_factory=dict)
    links: list[tuple[RelationEnd, list[str]]] = field(default_factory=list)


class DraftReader:
    """Reads drafts against a catalog, which it never changes."""

    def __init__(self, catalog: Catalog, switches: PurviewSwitches) -> None:
        self._catalog, self._by_name = catalog, switches.same_batch_references_by_name
        self._dropped = frozenset(switches.dropped_attributes)

    def read(self, bodies: list[Json]) -> list[Draft]:
        """Drafts in the order of the bodies; two bodies of one entity share a guid."""
        drafts: list[Draft] = []
        names: dict[tuple[str, str], str] = {}
        for body in bodies:
            draft = self._identify(body, names)
            names[draft.type.name, _sent_name(draft)] = draft.guid
            drafts.append(draft)
        batch = {draft.assigned: draft.guid for draft in drafts}
        references = References(self._catalog, batch, names if self._by_name else {})
        planned = {draft.guid: draft.type.name for draft in drafts}
        for draft in drafts:
            self._fill(draft, references, planned)
        return drafts

    def _identify(self, body: Json, batch_names: dict[tuple[str, str], str]) -> Draft:
        entity_type = known_type(self._catalog, body.get("typeName"))
        sent = body.get("guid")
        if sent is not None and not is_negative(sent):
            existing = self._catalog.get_active(str(sent))
            return Draft(str(sent), existing.guid, entity_type, body, existing)
        assigned = str(sent) if sent is not None else f"-{next(_invented)}"
        name = (body.get("attributes") or {}).get("qualifiedName")
        found = self._catalog.find(entity_type.name, name) if isinstance(name, str) else None
        if found is not None:
            return Draft(assigned, found.guid, entity_type, body, found)
        guid = batch_names.get((entity_type.name, str(name))) or str(uuid4())
        return Draft(assigned, guid, entity_type, body, None)

    def _fill(self, draft: Draft, references: References, planned: dict[str, str]) -> None:
        attributes = draft.body.get("attributes") or {}
        links = attributes | (draft.body.get("relationshipAttributes") or {})
        draft.attributes = dict(self._known_values(draft.type, attributes, references))
        self._check(draft)
        for end in draft.type.ends.values():
            if links.get(end.name) is not None:
                targets = [references.resolve(each) for each in _as_list(links[end.name])]
                for target in targets:
                    self._check_end(draft, end, planned.get(target) or self._catalog.entities[target].type_name)
                draft.links.append((end, list(dict.fromkeys(targets))))

    def _known_values(self, entity_type: EntityType, sent: Json, references: References) -> Iterator[tuple[str, Any]]:
        """Unknown attributes are silently dropped.

        Source: docs/vendors/purview.md, section 3, inferred from pyapacheatlas #287.
        """
        for name, value in sent.items():
            definition = entity_type.attributes.get(name)
            if definition is None or name in entity_type.ends or name in self._dropped:
                continue
            if self._refers(definition.type_name):
                yield name, self._resolve_value(value, references)
                continue
            try:
                yield name, normalise(value, definition.type_name)
            except ValueError as error:
                raise atlas_error("404-00-007", f"{entity_type.name}.{name}={value}: {error}") from error

    def _refers(self, type_name: str) -> bool:
        inner = type_name.removeprefix("array<").removesuffix(">")
        return inner in self._catalog.types and self._catalog.types.get(inner)["category"] == "ENTITY"

    def _resolve_value(self, value: Any, references: References) -> Any:
        if value is None:
            return None
        resolved = [{"guid": guid, "typeName": each.get("typeName")} for each in _as_list(value)
                    for guid in (references.resolve(each),)]  # fmt: skip
        return resolved if isinstance(value, list) else resolved[0]

    def _check(self, draft: Draft) -> None:
        missing = list(_missing(draft))
        if missing:
            raise atlas_error("404-00-007", ", ".join(missing))
        oversize = find_oversize(draft.type.name, draft.attributes)
        if oversize:
            raise atlas_error("400-00-01A", oversize)

    def _check_end(self, draft: Draft, end: RelationEnd, target_type: str) -> None:
        if not self._catalog.types.is_a(target_type, end.other_type):
            type1, type2 = end.order(draft.type.name, target_type)
            raise atlas_error("400-00-036", end.relationship, type1, type2)


def _missing(draft: Draft) -> Iterator[str]:
    """Mandatory attributes: all for a new entity, for an existing one those that are set to null."""
    for definition in draft.type.attributes.values():
        absent = definition.name not in draft.attributes and draft.existing is None
        emptied = draft.attributes.get(definition.name, "") is None
        if not definition.is_optional and (absent or emptied):
            name = draft.type.name
            yield f"{name}.{definition.name}: mandatory attribute value missing in type {name}"


def _sent_name(draft: Draft) -> str:
    return str((draft.body.get("attributes") or {}).get("qualifiedName"))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

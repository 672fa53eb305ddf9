"""Relationships: what may be linked with what, and how it is taken back.

Source: docs/vendors/unified-catalog.md, section 4.
"""

from collections.abc import Callable
from datetime import datetime

from local.purview.behaviour.access import Caller
from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.assets import DataAssets
from local.purview.unified.concepts import Concepts
from local.purview.unified.errors import NOT_FOUND, invalid, not_found, refuse
from local.purview.unified.model import ZERO_ID, Concept, Kind, Link, Status

ENTITY_TYPES = {*Kind, "DOMAIN", "CRITICALDATAELEMENT", "OBJECTIVE", "KEYRESULT", "CUSTOMMETADATA", "ATTRIBUTE"}
RELATIONSHIP_TYPES = {"related": "Related", "synonym": "Synonym", "parent": "Parent"}


class Links:
    """Puts links on terms and data products; an asset's are those that lead to it."""

    def __init__(
        self,
        concepts: dict[Kind, Concepts],
        assets: DataAssets,
        switches: Callable[[], PurviewSwitches],
        now: Callable[[], datetime],
        is_curated: Callable[[], bool],
    ) -> None:
        self._concepts, self._assets = concepts, assets
        self._switches, self._now, self._is_curated = switches, now, is_curated

    def add(self, caller: Caller, concept: Concept, entity_type: str, body: Json, by: str) -> Link:
        """POST: the same once more is no second link."""
        self._concepts[concept.kind].check_linker(caller, concept)
        self._check_state(concept, entity_type)
        if "entityId" not in body:
            if self._switches().unified_wrong_body == "refused":
                raise invalid("The entityId field is required.")
            return self.put(concept, entity_type, ZERO_ID, by, body)
        entity_id = str(body["entityId"]).lower()
        self._check_target(caller, entity_type, entity_id)
        if (entity_type, entity_id) in concept.links:
            if self._switches().unified_link_again == "conflict":
                raise refuse(409, "DataCatalogConflict", f"{concept.id} is linked with {entity_id} already.")
            return concept.links[entity_type, entity_id]
        self._check_room(concept)
        return self.put(concept, entity_type, entity_id, by, body)

    def put(self, concept: Concept, entity_type: str, entity_id: str, by: str, body: Json | None = None) -> Link:
        """Make a link, whatever the rules."""
        said = body or {}
        link = Link(
            entity_id,
            _relationship_type(said.get("relationshipType")),
            str(said.get("description") or ""),
            self._now(),
            by,
        )
        concept.links[entity_type, entity_id] = link
        return link

    def remove(self, caller: Caller, concept: Concept, entity_type: str, entity_id: str) -> None:
        """DELETE: what is not linked stays so."""
        self._concepts[concept.kind].check_linker(caller, concept)
        concept.links.pop((entity_type, entity_id.lower()), None)

    def of_asset(self, caller: Caller, asset_id: str, entity_type: str | None) -> list[tuple[Concept, Link]]:
        """The terms and data products that are linked with an asset."""
        self._assets.get(caller, asset_id)
        return [
            (concept, concept.links[Kind.ASSET, asset_id.lower()])
            for kind, concepts in self._concepts.items()
            if entity_type in {None, kind}
            for concept in concepts.visible(caller)
            if (Kind.ASSET, asset_id.lower()) in concept.links
        ]

    def is_linked(self, asset_id: str) -> bool:
        """Whether anything leads to the asset; if not it is an orphan."""
        return any(
            (Kind.ASSET, asset_id) in concept.links for each in self._concepts.values() for concept in each.shelf
        )

    def _check_state(self, concept: Concept, entity_type: str) -> None:
        switches = self._switches()
        if concept.kind is not Kind.TERM or entity_type != Kind.ASSET:
            return
        if not self._is_curated() and switches.unified_link_before_curation == "not_found":
            raise refuse(404, NOT_FOUND, "Asset curation is not enabled.")
        if switches.unified_link_only_drafts and concept.status is not Status.DRAFT:
            raise invalid("Only a draft term takes new relationships.")

    def _check_target(self, caller: Caller, entity_type: str, entity_id: str) -> None:
        if entity_type == Kind.ASSET:
            self._assets.get(caller, entity_id)
        elif entity_type in self._concepts:
            self._concepts[Kind(entity_type)].get(caller, entity_id)
        elif entity_type != Kind.COLUMN:
            raise not_found(entity_type, entity_id)

    def _check_room(self, concept: Concept) -> None:
        limit = self._switches().unified_link_limit
        if concept.kind is Kind.TERM and limit is not None and len(concept.links) >= limit:
            raise invalid(f"A term can have {limit} relationships at most.")


def read_entity_type(given: str | None) -> str:
    """An entity type, in any case."""
    if not given or given.upper() not in ENTITY_TYPES:
        raise invalid(f"The entityType {given!r} is unknown.")
    return given.upper()


def _relationship_type(given: object) -> str:
    found = RELATIONSHIP_TYPES.get(str(given or "Related").lower())
    if found is None:
        raise invalid(f"The relationshipType {given!r} is unknown.")
    return found

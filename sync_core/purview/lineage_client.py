"""Microsoft Purview's Data Map, as far as writing lineage needs it: types, entities, collections, columns.

Source: docs/vendors/purview.md, sections 3 to 5 and 7.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.chunks import chunks
from sync_core.errors import AlreadyExistsError, NotFoundError, TransientError
from sync_core.http.client import Call, HttpClient
from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import member
from sync_core.purview.client import ATLAS, DATA_MAP, ENTITIES_A_CALL, PURVIEW
from sync_core.purview.graph import EntityRef, LineageEntity
from sync_core.purview.lineage_wire import (
    StoredEntity,
    check_written,
    format_entity,
    parse_stored_entities,
    parse_stored_entity,
    parse_written,
)
from sync_core.purview.type_registration import VERSIONED, Definitions, register_types

# Of what an entity owns its name is enough: all of it is twice the bytes. Source: docs/vendors/purview.md, section 3.
BRIEFLY = {**VERSIONED, "minExtInfo": "true"}


@dataclass(frozen=True)
class PurviewLineageClient:
    """Typed calls on one Purview account. All errors are those of `HttpClient.send`; all calls may be repeated."""

    http: HttpClient

    def register_types(self, definitions: Definitions) -> bool:
        """Register type definitions, by kind (`entityDefs`, `relationshipDefs`), whichever of them are known already.

        Return whether none was: then nothing stands in Purview that is of one of these types.

        Entity types must be registered before the relationships between them (docs/vendors/purview.md, section 4).

        Raises:
            RejectedError: Purview refuses a definition.
        """
        return register_types(self.http, definitions)

    def knows_type(self, name: str) -> bool:
        """Whether Purview has a type of that name."""
        path = f"{ATLAS}/types/typedef/name/{quote(name, safe='')}"
        try:
            found = self.http.send(Call("GET", path, VERSIONED, operation="find_type")).json()
        except NotFoundError:
            return False
        if member(found, "name") != name:
            raise to_shape_error(PURVIEW, f"the type {name}", found)
        return True

    def write(self, entities: Sequence[LineageEntity], collection: str) -> dict[EntityRef, str]:
        """Create or update entities in one bulk call, all or none, and return the guids that Purview tells.

        References between them go by the guids of the call itself, all others by type and qualified name.

        Raises:
            TransientError: also for a conflict. A write that creates or updates meets one only when another writer
                creates the same at that moment, e.g. the golden records of two data sets.
        """
        placeholders = {entity.ref: f"-{number}" for number, entity in enumerate(entities, start=1)}
        body = {"entities": [format_entity(entity, placeholders) for entity in entities], "referredEntities": {}}
        params = {**VERSIONED, "collectionId": collection}
        try:
            answer = self.http.send(Call("POST", f"{ATLAS}/entity/bulk", params, json=body, operation="write_lineage"))
        except AlreadyExistsError as error:
            raise TransientError(str(error), service=PURVIEW.name) from error
        return parse_written(answer.json(), placeholders)

    def find(self, ref: EntityRef) -> StoredEntity | None:
        """Return an entity as it stands in the store, which does not lag, or None."""
        path = f"{ATLAS}/entity/uniqueAttribute/type/{quote(ref.type_name, safe='')}"
        params = {**BRIEFLY, "attr:qualifiedName": ref.qualified_name}
        return self._find(path, params)

    def find_by_guid(self, guid: str) -> StoredEntity | None:
        """Return an entity by its guid, or None."""
        return self._find(f"{ATLAS}/entity/guid/{quote(guid, safe='')}", BRIEFLY)

    def find_alone(self, guid: str) -> StoredEntity | None:
        """Return an entity by its guid without all that it is related to, or None."""
        return self._find(f"{ATLAS}/entity/guid/{quote(guid, safe='')}", {**BRIEFLY, "ignoreRelationships": "true"})

    def find_all(self, guids: Sequence[str]) -> list[StoredEntity]:
        """Return those of some entities that are there."""
        found: list[StoredEntity] = []
        for chunk in chunks(guids, ENTITIES_A_CALL):
            try:
                found += self.find_many(chunk)
            except NotFoundError:  # one that is gone fails the whole call
                found += filter(None, map(self.find_by_guid, chunk))
        return found

    def find_many(self, guids: Sequence[str], hold: Callable[[], None] = lambda: None) -> list[StoredEntity]:
        """Return some entities, as many a call as Purview takes; `hold` is called before each.

        Raises:
            NotFoundError: one of them is gone without a trace; then the others of its call are not told.
        """
        found: list[StoredEntity] = []
        for chunk in chunks(guids, ENTITIES_A_CALL):
            hold()
            params = {**BRIEFLY, "guid": list(chunk)}
            call = Call("GET", f"{ATLAS}/entity/bulk", params, operation="find_entities")
            found += parse_stored_entities(self.http.send(call).json())
        return found

    def delete(self, guids: Sequence[str]) -> None:
        """Delete entities, and with a process its edges; those that are gone already do not matter."""
        for chunk in chunks(guids, ENTITIES_A_CALL):
            params = {**VERSIONED, "guid": list(chunk)}
            call = Call("DELETE", f"{ATLAS}/entity/bulk", params, operation="delete_lineage")
            try:
                check_written(self.http.send(call).json())
            except NotFoundError:
                if len(chunk) > 1:
                    for guid in chunk:
                        self.delete([guid])

    def move(self, guids: Sequence[str], collection: str) -> None:
        """Put entities into a collection."""
        for chunk in chunks(guids, ENTITIES_A_CALL):
            body = {"entityGuids": list(chunk)}
            params = {**VERSIONED, "collectionId": collection}
            call = Call("POST", f"{DATA_MAP}/entity/moveTo", params, json=body, operation="move_lineage")
            check_written(self.http.send(call).json())

    def _find(self, path: str, params: Mapping[str, Any]) -> StoredEntity | None:
        try:
            answer = self.http.send(Call("GET", path, params, operation="find_entity"))
        except NotFoundError:
            return None
        return parse_stored_entity(answer.json())

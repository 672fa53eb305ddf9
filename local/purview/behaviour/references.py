"""Object ids: references to entities by guid, by negative guid within a batch, or by unique attribute.

Source: docs/vendors/purview.md, section 3 "Write" and errors 404-00-00A, 400-00-014;
resolution order as in Apache Atlas.
"""

from collections.abc import Mapping
from typing import Any

from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.types import EntityType
from local.purview.errors import PurviewError, atlas_error
from local.purview.model import Json


def known_type(catalog: Catalog, name: str | None) -> EntityType:
    """An entity type as writes look it up: an unknown one is a bad request, not a missing thing."""
    if name is None or name not in catalog.types or catalog.types.get(name)["category"] != "ENTITY":
        raise atlas_error("400-00-014", "ENTITY", name)
    return catalog.types.entity_type(name)


def is_negative(guid: object) -> bool:
    """A guid of the batch only, such as "-1"."""
    return str(guid).startswith("-")


class References:
    """Resolves references of one write.

    `batch`: negative guid to final guid. `batch_names`: (type, qualified name) to final guid of what the batch
    creates; empty where a batch may not refer to its own entities by name.
    """

    def __init__(self, catalog: Catalog, batch: Mapping[str, str], batch_names: Mapping[tuple[str, str], str]) -> None:
        self._catalog, self._batch, self._batch_names = catalog, batch, batch_names

    def resolve(self, reference: Any) -> str:
        """The guid of the entity that is meant.

        Raises:
            PurviewError: 400-00-021 no object id, 400-00-014 unknown type, 404-00-00A not found.
        """
        if not isinstance(reference, dict):
            raise atlas_error("400-00-021", reference)
        guid = reference.get("guid")
        if guid is not None:
            return self._by_guid(str(guid), reference)
        return self._by_name(reference)

    def _by_guid(self, guid: str, reference: Json) -> str:
        if is_negative(guid) and guid in self._batch:
            return self._batch[guid]
        entity = self._catalog.entities.get(guid)
        if entity is not None and entity.is_active:
            return guid
        if guid in self._batch.values():
            return guid
        raise not_found(reference)

    def _by_name(self, reference: Json) -> str:
        qualified_name = (reference.get("uniqueAttributes") or {}).get("qualifiedName")
        if qualified_name is None:
            raise atlas_error("400-00-021", reference)
        type_name = known_type(self._catalog, reference.get("typeName")).name
        entity = self._catalog.find(type_name, qualified_name)
        if entity is not None:
            return entity.guid
        for (batch_type, name), guid in self._batch_names.items():
            if name == qualified_name and self._catalog.types.is_a(batch_type, type_name):
                return guid
        raise not_found(reference)


def not_found(reference: Json) -> PurviewError:
    """404-00-00A with the text of the service. Source: pyapacheatlas issue 249."""
    names = reference.get("uniqueAttributes") or {}
    inner = ", ".join(f"{key}:{value}" for key, value in names.items())
    guid, type_name = reference.get("guid"), reference.get("typeName")
    text = f"AtlasObjectId{{guid='{guid or 'null'}', typeName='{type_name}', uniqueAttributes={{{inner}}}}}"
    return atlas_error("404-00-00A", text)

"""The order of results.

Source: docs/vendors/purview.md, section 1: by score unless `orderby` is given, no documented tie-break.

All scores are equal here, so the order without `orderby` is that in which documents were first indexed.
"""

from collections.abc import Callable
from typing import Any

from local.purview.model import Json
from local.purview.search.documents import Document
from local.purview.search.filters import bad_request

_FIELDS: dict[str, Callable[[Document], Any]] = {
    "name": lambda document: document.name.casefold(),
    "qualifiedName": lambda document: document.qualified_name,
    "createTime": lambda document: document.create_time or 0,
    "updateTime": lambda document: document.update_time or 0,
    "id": lambda document: document.id,
    "entityType": lambda document: document.entity_type,
    "objectType": lambda document: document.object_type or "",
}


def order(documents: list[Document], orderby: list[Json]) -> list[Document]:
    """Sort by `[{"name": "ASC"}, {"updateTime": "DESC"}]`, the first key first."""
    for item in reversed(orderby):
        for field, direction in item.items():
            if field not in _FIELDS:
                raise bad_request(f"cannot order by {field}")
            if str(direction).lower() not in {"asc", "desc"}:
                raise bad_request(f"unknown direction {direction}")
            documents = sorted(documents, key=_FIELDS[field], reverse=str(direction).lower() == "desc")
    return documents

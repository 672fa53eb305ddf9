"""Counting the values of a result.

Source: docs/vendors/purview.md, section 1 "Facets", example Discovery_Query_Facet.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from local.purview.model import Json
from local.purview.search.documents import Document
from local.purview.search.filters import bad_request

DEFAULT_COUNT = 10


def _contact_ids(document: Document) -> Iterator[str]:
    for contacts in (document.contacts or {}).values():
        yield from (str(each.get("id")) for each in contacts)


_VALUES: dict[str, Callable[[Document], Iterable[str]]] = {
    "assetType": lambda document: document.asset_types,
    "classification": lambda document: document.classifications,
    "collectionId": lambda document: (document.collection_id,),
    "contactId": _contact_ids,
    "contactType": lambda document: document.contacts or (),
    "entityType": lambda document: (document.entity_type,),
    "fileExtension": lambda document: (document.name.rpartition(".")[2],) if "." in document.name else (),
    "glossaryType": lambda document: (document.glossary,) if document.glossary else (),
    "label": lambda document: document.labels,
    "objectType": lambda document: (document.object_type,) if document.object_type else (),
    "sensitiveInfoType": lambda _: (),
    "sensitivityLabelId": lambda _: (),
    "tag": lambda document: document.labels,
    "term": lambda document: (term.name for term in document.terms),
    "termGuid": lambda document: (term.guid for term in document.terms),
    "termStatus": lambda document: (document.attributes["status"],) if document.attributes.get("status") else (),
    "termTemplate": lambda _: (),
}


def count_facets(documents: list[Document], requests: Iterable[Json]) -> Json:
    """Facet name to `[{"count", "value"}]`; a `count` of 0 in a request means the default number of values."""
    return {str(each.get("facet")): _count(documents, each) for each in requests}


def _count(documents: list[Document], request: Json) -> list[Json]:
    name = str(request.get("facet"))
    if name not in _VALUES:
        raise bad_request(f"unknown facet {name}")
    counts = Counter(value for document in documents for value in _VALUES[name](document))
    field, direction = next(iter((request.get("sort") or {"count": "desc"}).items()))
    key = {"count": lambda pair: pair[1], "value": lambda pair: pair[0]}.get(field)
    if key is None:
        raise bad_request(f"unknown facet sort {field}")
    by_value = sorted(counts.items())
    pairs = sorted(by_value, key=key, reverse=str(direction).lower() == "desc")
    return [{"count": count, "value": value} for value, count in pairs[: int(request.get("count") or DEFAULT_COUNT)]]

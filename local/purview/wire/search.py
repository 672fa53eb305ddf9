"""Handler for search. Source: docs/vendors/purview.md, section 1."""

from collections.abc import Iterator
from typing import Any

from local.purview.model import Json
from local.purview.search.documents import Document
from local.purview.search.query import Page
from local.purview.switches import PurviewSwitches
from local.purview.wire.call import Call


def query(call: Call) -> Json:
    """POST /search/query."""
    purview = call.purview
    purview.catch_up_index()
    readable = purview.access.readable(call.caller)
    page = purview.search.query(call.object(), readable, purview.switches, purview.clock.now_ms())
    return _format_page(page, purview.switches)


def _format_page(page: Page, switches: PurviewSwitches) -> Json:
    live = switches.search_shape == "live"
    counts = {"exact": page.total, "more": page.total + 1, "less": max(page.total - 1, 0), "page": len(page.documents)}
    formatted: Json = {} if switches.search_count == "absent" else {"@search.count": counts[switches.search_count]}
    if not switches.omit_count_approximate:
        formatted["@search.count.approximate"] = False
    if page.facets is not None or live:
        formatted["@search.facets"] = page.facets
    if page.token is not None:
        formatted["continuationToken"] = page.token
    elif switches.last_page_token != "absent":
        formatted["continuationToken"] = None if switches.last_page_token == "null" else ""
    make = _format_live if live else _format_sample
    formatted["value"] = [
        _without(document.omitted, make(document, with_guid=not switches.omit_term_guid)) for document in page.documents
    ]
    return formatted


def _without(omitted: frozenset[str], hit: Json) -> Json:
    return {key: value for key, value in hit.items() if key not in omitted}


def _format_sample(document: Document, *, with_guid: bool) -> Json:
    """As in Microsoft's examples: no times, no objectType, no collectionId; empties are there."""
    return {
        "@search.score": 1.0,
        "id": document.id,
        "qualifiedName": document.qualified_name,
        "name": document.attributes.get("name"),
        "description": document.attributes.get("description"),
        "owner": document.attributes.get("owner"),
        "entityType": document.entity_type,
        "classification": list(document.classifications),
        "label": list(document.labels),
        "assetType": list(document.asset_types),
        "term": _terms(document, with_guid=with_guid),
        "contact": _contacts(document),
    }


def _format_live(document: Document, *, with_guid: bool) -> Json:
    """As the live service: more fields, empty ones omitted. Source: docs/vendors/purview.md, section 1 (FLT)."""
    fixed: Json = {
        "@search.score": 1.0,
        "id": document.id,
        "displayText": document.name,
        "qualifiedName": document.qualified_name,
        "entityType": document.entity_type,
        "collectionId": document.collection_id,
        "isIndexed": True,
        "createTime": document.create_time,
        "updateTime": document.update_time,
        "createBy": document.created_by,
        "updateBy": document.updated_by,
    }
    optional = {
        "name": document.attributes.get("name"),
        "objectType": document.object_type,
        "assetType": document.asset_types,
        "description": document.attributes.get("description"),
        "owner": document.attributes.get("owner"),
        "classification": document.classifications,
        "label": document.labels,
        "term": _terms(document, with_guid=with_guid),
        "contact": _contacts(document),
        **dict(_glossary_fields(document)),
    }
    return fixed | {key: value for key, value in optional.items() if value}


def _glossary_fields(document: Document) -> Iterator[tuple[str, Any]]:
    if document.glossary is not None:
        yield "glossary", document.glossary
        yield "glossaryType", "AtlasGlossaryTerm"
        yield "termStatus", document.attributes.get("status")
        yield "longDescription", document.attributes.get("longDescription")


def _terms(document: Document, *, with_guid: bool) -> list[Json]:
    return [
        {"name": term.name, "glossaryName": term.glossary} | ({"guid": term.guid} if with_guid else {})
        for term in document.terms
    ]


def _contacts(document: Document) -> list[Json]:
    return [
        {"id": contact.get("id"), "info": contact.get("info"), "contactType": contact_type}
        for contact_type, contacts in (document.contacts or {}).items()
        for contact in contacts
    ]

"""Handlers for glossaries, terms and their assignments. Source: docs/vendors/purview.md, section 2."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from local.purview.behaviour.access import Right
from local.purview.errors import atlas_error, hierarchy_error, timeout_error
from local.purview.model import Entity, Json
from local.purview.wire.call import Call
from local.purview.wire.formats import format_related

T = TypeVar("T")


def list_glossaries(call: Call) -> list[Json]:
    """GET glossary: a bare array; with all term headers unless told otherwise, which times out on big ones."""
    call.require(Right.READ)
    brief = call.flag("ignoreTermsAndCategories")
    glossaries = call.purview.glossary.glossaries()
    limit = call.purview.switches.glossary_timeout_terms
    if not brief and limit is not None and sum(len(call.purview.glossary.terms(each)) for each in glossaries) > limit:
        raise timeout_error()
    return [_format_glossary(call, each, brief=brief) for each in _cut(call, glossaries)]


def get_glossary(call: Call) -> Json:
    """GET glossary/{glossaryId}."""
    brief = call.flag("ignoreTermsAndCategories")
    return _format_glossary(call, _glossary(call), brief=brief)


def get_detailed(call: Call) -> Json:
    """GET glossary/{glossaryId}/detailed: with `termInfo`, the terms in full."""
    glossary = _glossary(call)
    terms = {term.guid: _format_term(call, term) for term, _ in call.purview.glossary.terms(glossary)}
    return _format_glossary(call, glossary, brief=False) | {"termInfo": terms, "categoryInfo": {}}


def create_glossary(call: Call) -> Json:
    """POST glossary."""
    call.require(Right.WRITE)
    return _format_glossary(call, call.purview.glossary.create_glossary(call.object(), call.by), brief=False)


def list_terms(call: Call) -> list[Json]:
    """GET glossary/{glossaryId}/terms: full terms."""
    return [_format_term(call, term) for term, _ in _cut(call, _listed(call, _glossary(call)))]


def list_term_headers(call: Call) -> list[Json]:
    """GET glossary/{glossaryId}/terms/headers."""
    return [_listed_term(call, *each) for each in _cut(call, _listed(call, _glossary(call)))]


def get_term(call: Call) -> Json:
    """GET glossary/term/{termId}."""
    return _format_term(call, _term(call))


def create_term(call: Call) -> Json:
    """POST glossary/term."""
    _prepare_term_write(call)
    return _format_term(call, call.purview.glossary.create_term(call.object(), call.by))


def create_terms(call: Call) -> list[Json]:
    """POST glossary/terms."""
    _prepare_term_write(call)
    return [_format_term(call, call.purview.glossary.create_term(body, call.by)) for body in call.objects()]


def update_term(call: Call) -> Json:
    """PUT glossary/term/{termId}."""
    _prepare_term_write(call)
    return _format_term(call, call.purview.glossary.update_term(call.path["termId"], call.object(), call.by))


def delete_term(call: Call) -> None:
    """DELETE glossary/term/{termId}."""
    call.require(Right.WRITE)
    call.purview.glossary.delete_term(call.path["termId"])


def list_assigned_entities(call: Call) -> list[Json]:
    """GET glossary/terms/{termId}/assignedEntities?limit=-1&offset=0&sort=ASC: columns too, no qualified names.

    The order is not documented; here it is that of assignment, so that DESC shows the newest first.
    """
    assigned = _assigned(call, _term(call))
    if call.purview.switches.assigned_entities_order == "shuffled":
        Random(call.purview.log.last_seq).shuffle(assigned)  # noqa: S311 - any order will do
    page = _cut(call, assigned)[: call.purview.switches.assigned_entities_page_limit]
    return [format_related(*call.purview.glossary.ends_of(each)) for each in page]


def _assigned(call: Call, term: Entity) -> list[str]:
    """What a term lists; what that is once asset curation is enabled, is a switch."""
    if call.purview.unified.curation.is_enabled:
        match call.purview.switches.classic_list_after:
            case "empty":
                return []
            case "not_found":
                raise atlas_error("404-00-005", term.guid)
    return call.purview.glossary.assignments(term)


def assign(call: Call) -> None:
    """POST glossary/terms/{termId}/assignedEntities, body `[{"guid"}]`."""
    term = _term(call)
    guids = [str(each.get("guid")) for each in call.objects()]
    for guid in guids:
        call.require_on(Right.WRITE, call.purview.catalog.get_active(guid))
    call.purview.glossary.assign(term, guids, call.by)


def unassign(call: Call) -> None:
    """DELETE glossary/terms/{termId}/assignedEntities, body `[{"guid", "relationshipGuid"}]`."""
    term = _term(call)
    pairs = [(str(each.get("guid")), each.get("relationshipGuid")) for each in call.objects()]
    for guid, _ in pairs:
        call.require_on(Right.WRITE, call.purview.catalog.get_active(guid))
    call.purview.glossary.unassign(term, pairs, call.by)


def _glossary(call: Call) -> Entity:
    """Glossary reads need Data Reader on the root collection. Source: docs/vendors/purview.md, section 6 (QAGL)."""
    call.require(Right.READ)
    return call.purview.glossary.get_glossary(call.path["glossaryId"])


def _term(call: Call) -> Entity:
    call.require(Right.READ)
    if _are_terms_gone(call):
        raise atlas_error("404-00-005", call.path["termId"])
    return call.purview.glossary.get_term(call.path["termId"])


def _are_terms_gone(call: Call) -> bool:
    return call.purview.unified.curation.is_enabled and call.purview.switches.classic_terms_after == "gone"


def _listed(call: Call, glossary: Entity) -> list[tuple[Entity, str]]:
    return [] if _are_terms_gone(call) else call.purview.glossary.terms(glossary)


def _prepare_term_write(call: Call) -> None:
    call.require(Right.WRITE)
    if call.purview.switches.term_hierarchy_parameter_required and call.text("includeTermHierarchy") is None:
        raise hierarchy_error()


def _cut(call: Call, items: Sequence[T]) -> Sequence[T]:
    """Apply limit (-1: all), offset and sort."""
    limit, offset = call.number("limit", -1), call.number("offset", 0)
    ordered = items[::-1] if (call.text("sort") or "ASC").upper() == "DESC" else items
    return ordered[offset:] if limit < 0 else ordered[offset : offset + limit]


def _format_glossary(call: Call, glossary: Entity, *, brief: bool) -> Json:
    formatted = {key: value for key, value in glossary.attributes.items() if value is not None} | _format_origin(
        glossary
    )
    if brief:
        return formatted
    headers = [_listed_term(call, *each) for each in call.purview.glossary.terms(glossary)]
    return formatted | {"terms": headers, "categories": []}


def _format_origin(entity: Entity) -> Json:
    return {
        "guid": entity.guid,
        "lastModifiedTS": str(entity.last_modified),
        "createdBy": entity.created_by,
        "updatedBy": entity.updated_by,
        "createTime": entity.create_time,
        "updateTime": entity.update_time,
    }


def _listed_term(call: Call, term: Entity, relationship: str) -> Json:
    """A term as its glossary lists it; whether a child shows its parent's name there is not documented."""
    header = _term_header(term, relationship)
    if call.purview.switches.term_headers == "short" and call.purview.glossary.parent(term):
        header["displayText"] = term.attributes["nickName"]
    return header


def _term_header(term: Entity, relationship: str) -> Json:
    return {"termGuid": term.guid, "relationGuid": relationship, "displayText": term.display_text}


def _format_term(call: Call, term: Entity) -> Json:
    glossary, relationship = call.purview.glossary.anchor(term)
    formatted = {key: value for key, value in term.attributes.items() if value is not None} | _format_origin(term)
    formatted["anchor"] = {"glossaryGuid": glossary.guid, "relationGuid": relationship}
    parent = call.purview.glossary.parent(term)
    if parent is not None:
        formatted["parentTerm"] = _term_header(*parent)
    if term.contacts is not None:
        formatted["contacts"] = term.contacts
    assigned = call.purview.glossary.assigned(term)
    return formatted | ({"assignedEntities": [format_related(*pair) for pair in assigned]} if assigned else {})

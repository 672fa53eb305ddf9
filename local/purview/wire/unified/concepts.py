"""Handlers for terms and data products, which differ in little."""

from collections.abc import Callable
from typing import Any

from local.purview.model import Json
from local.purview.unified.concepts import Concepts
from local.purview.unified.errors import invalid
from local.purview.unified.links import read_entity_type
from local.purview.unified.model import Concept, Kind, Link
from local.purview.wire.call import Call, Created, Handler
from local.purview.wire.unified.door import read_body
from local.purview.wire.unified.lists import cut, has_name, has_status, order, write_origin, write_status, write_time

Select = Callable[[Call], Concepts]


def terms(call: Call) -> Concepts:
    """The terms."""
    return call.purview.unified.terms


def products(call: Call) -> Concepts:
    """The data products."""
    return call.purview.unified.products


def lister(select: Select) -> Handler:
    """GET: `skip, top, domainId, parentId, keyword`."""

    def list_all(call: Call) -> Json:
        wanted = {"domainIds": [call.text("domainId")]} if call.text("domainId") else {}
        found = _filter(call, select(call), {**wanted, "nameKeyword": call.text("keyword")})
        if call.text("parentId"):
            found = [each for each in found if each.parent_id == call.text("parentId")]
        return cut(call, {}, order(found, None), lambda concept: write_concept(call, concept))

    return list_all


def querier(select: Select) -> Handler:
    """POST query."""

    def query(call: Call) -> Json:
        body = read_body(call)
        found = order(_filter(call, select(call), body), body.get("orderby"))
        return cut(call, body, found, lambda concept: write_concept(call, concept))

    return query


def counter(select: Select) -> Handler:
    """POST query/count: a float."""

    def count(call: Call) -> Json:
        return {"count": float(len(_filter(call, select(call), read_body(call))))}

    return count


def getter(select: Select, parameter: str) -> Handler:
    """GET one."""

    def get(call: Call) -> Json:
        return write_concept(call, select(call).get(call.caller, call.path[parameter]))

    return get


def creator(select: Select) -> Handler:
    """POST one."""

    def create(call: Call) -> Created:
        return Created(write_concept(call, select(call).create(call.caller, read_body(call), call.by)))

    return create


def replacer(select: Select, parameter: str) -> Handler:
    """PUT one."""

    def replace(call: Call) -> Json:
        changed = select(call).replace(call.caller, call.path[parameter], read_body(call), call.by)
        return write_concept(call, changed)

    return replace


def deleter(select: Select, parameter: str) -> Handler:
    """DELETE one."""

    def delete(call: Call) -> None:
        select(call).delete(call.caller, call.path[parameter])

    return delete


def hierarchy(call: Call) -> Json:
    """GET terms/{termId}/hierarchies: the subtree, which is a guess."""
    root = terms(call).get(call.caller, call.path["termId"])
    below, found = [root], []
    while below:
        found += below
        parents = {each.id for each in below}
        below = [each for each in terms(call).visible(call.caller) if each.parent_id in parents]
    return cut(call, {}, found, lambda concept: write_concept(call, concept))


def link_lister(select: Select, parameter: str) -> Handler:
    """GET relationships?entityType: no paging is documented."""

    def list_links(call: Call) -> Json:
        kind = read_entity_type(call.text("entityType")) if call.text("entityType") else None
        links = select(call).links(call.caller, call.path[parameter], kind)
        wanted = (call.text("relationshipType") or "").lower()
        return {"value": [write_link(each) for each in links if wanted in {"", each.relationship_type.lower()}]}

    return list_links


def linker(select: Select, parameter: str) -> Handler:
    """POST relationships?entityType."""

    def link(call: Call) -> Json:
        concept = select(call).get(call.caller, call.path[parameter])
        kind = read_entity_type(call.text("entityType"))
        made = call.purview.unified.links.add(call.caller, concept, kind, read_body(call), call.by)
        return write_link(made) | {
            "systemData": {"createdAt": write_time(made.created_at), "createdBy": made.created_by}
        }

    return link


def unlinker(select: Select, parameter: str) -> Handler:
    """DELETE relationships?entityType&entityId, where the query counts."""

    def unlink(call: Call) -> None:
        concept = select(call).get(call.caller, call.path[parameter])
        kind, entity_id = read_entity_type(call.text("entityType")), call.text("entityId")
        if not entity_id:
            raise invalid("The entityId parameter is required.")
        if call.purview.switches.unified_unlink == "query":
            call.purview.unified.links.remove(call.caller, concept, kind, entity_id)

    return unlink


def path_unlinker(select: Select, parameter: str) -> Handler:
    """DELETE relationships/{entityId}, where the path counts."""

    def unlink(call: Call) -> None:
        if call.purview.switches.unified_unlink != "path":
            raise invalid("The entityType and entityId parameters are required.")
        concept = select(call).get(call.caller, call.path[parameter])
        for kind, entity_id in list(concept.links):
            if entity_id == call.path["entityId"].lower():
                call.purview.unified.links.remove(call.caller, concept, kind, entity_id)

    return unlink


def write_concept(call: Call, concept: Concept) -> Json:
    """As answered; what is not set is left out."""
    written: Json = {
        **concept.body,
        "id": concept.id,
        "name": concept.name,
        "domain": concept.domain_id,
        "status": write_status(call, concept.status),
        "systemData": write_origin(concept),
    }
    if concept.parent_id:
        written["parentId"] = concept.parent_id
    if concept.kind is Kind.TERM:
        shelf = call.purview.unified.terms.shelf
        return written | {"isLeaf": not any(each.parent_id == concept.id for each in shelf)}
    return written | {"additionalProperties": {"assetCount": len(concept.links_of(Kind.ASSET))}}


def write_link(link: Link) -> Json:
    """As listed: no name, no times."""
    return {
        "description": link.description,
        "relationshipType": link.relationship_type,
        "entityId": link.entity_id,
    }


def _filter(call: Call, concepts: Concepts, body: Json) -> list[Concept]:
    statuses = [*([body["status"]] if body.get("status") else []), *(body.get("multiStatus") or [])]
    return [
        concept
        for concept in concepts.visible(call.caller)
        if _is_among(concept.id, body.get("ids"))
        and _is_among(concept.domain_id, body.get("domainIds"))
        and has_name(call, concept, body.get("nameKeyword"))
        and has_status(call, concept, statuses)
        and _has_type(concept, body)
        and _has_owner(concept, body.get("owners"))
        and _overlaps(concept.body.get("acronyms"), body.get("acronyms"))
    ]


def _is_among(found: str, wanted: Any) -> bool:
    return not wanted or found in {str(each).lower() for each in wanted}


def _has_type(concept: Concept, body: Json) -> bool:
    types = [*([body["type"]] if body.get("type") else []), *(body.get("types") or [])]
    return concept.kind is Kind.TERM or _overlaps([concept.body.get("type")], types)


def _has_owner(concept: Concept, wanted: Any) -> bool:
    owners = (concept.body.get("contacts") or {}).get("owner") or []
    return _overlaps([each.get("id") for each in owners], wanted)


def _overlaps(found: Any, wanted: Any) -> bool:
    return not wanted or bool({str(each).lower() for each in found or []} & {str(each).lower() for each in wanted})

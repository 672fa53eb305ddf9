"""What stewards do in the Unified Catalog, named by what they see.

A domain is named by name or id; a term or data product by `Name`, `Name@Domain` or id. These acts need no role, and go
beyond a rule where a person could not: `force` links in any state.
"""

from collections.abc import Iterable
from uuid import uuid4

from local.purview.admin.actions import STEWARD, find_asset
from local.purview.admin.curation import advance
from local.purview.behaviour.access import ANYONE
from local.purview.dump import show_concept, show_domain
from local.purview.model import Entity, Json
from local.purview.simulator import Purview
from local.purview.unified.concepts import Concepts
from local.purview.unified.curation import Phase
from local.purview.unified.lifetimes import only_one
from local.purview.unified.links import read_entity_type
from local.purview.unified.model import Concept, Domain, Kind, Status
from local.purview.unified.roles import Role


def find_domain(purview: Purview, name: str) -> Domain:
    """The one domain of that name or id."""
    domains = purview.unified.domains.shelf
    return only_one((each for each in domains if name in {each.id, each.name}), "domains", name)


def find_concept(purview: Purview, body: Json) -> Concept:
    """The one that `{"term"}` or `{"product"}` names."""
    concepts, name = _concepts(purview, body), str(body.get("term") or body["product"])
    plain, _, domain = name.rpartition("@")
    wanted = find_domain(purview, domain).id if plain else None
    return only_one(
        (
            each
            for each in concepts.shelf
            if each.id == name or (each.name == (plain or name) and wanted in {None, each.domain_id})
        ),
        f"{concepts.title}s",
        name,
    )


def add_domain(purview: Purview, body: Json) -> Json:
    """`{"name", "status"?: "Published", "parent"?}`: a new governance domain."""
    parent = {"parentId": find_domain(purview, body["parent"]).id} if body.get("parent") else {}
    made = purview.unified.domains.create({"status": "Published", **body, **parent}, STEWARD)
    return show_domain(made)


def add_concept(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "domain", "status"?: "Published", "assets"?: []}`: made, and linked with assets."""
    name = str(body.get("term") or body["product"])
    domain = find_domain(purview, body["domain"])
    owner = {"contacts": {"owner": [{"id": str(uuid4())}]}}
    more = {"type": body.get("type", "Master"), **owner} if "product" in body else {}
    status = body.get("status", "Published")
    said = {**more, **body.get("fields", {}), "name": name, "domain": domain.id, "status": status}
    concept = _concepts(purview, body).add(said, STEWARD)
    return link(purview, {**_by_id(concept), "assets": body.get("assets", ())})


def set_status(purview: Purview, body: Json) -> Json:
    """`{"term"|"product"|"domain", "status"}`: publish, unpublish (Draft) or expire."""
    status = Status(str(body["status"]).upper())
    if "domain" in body:
        domain = find_domain(purview, body["domain"])
        domain.status = status
        return show_domain(domain)
    concept = find_concept(purview, body)
    concept.status = status
    return show_concept(purview, concept)


def rename(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "name"}`, or `{"domain", "name"}`: another name, the same id."""
    if "domain" in body:
        domain = find_domain(purview, body["domain"])
        domain.name = str(body["name"])
        return show_domain(domain)
    concept = find_concept(purview, body)
    concept.name = str(body["name"])
    return show_concept(purview, concept)


def move(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "to"}`: to another domain, with all below it; the ids stay."""
    concept, target = find_concept(purview, body), find_domain(purview, body["to"])
    moving = [concept]
    while moving:
        for each in moving:
            each.domain_id = target.id
        parents = {each.id for each in moving}
        moving = [each for each in _concepts(purview, body).shelf if each.parent_id in parents]
    return show_concept(purview, concept)


def delete(purview: Purview, body: Json) -> None:
    """`{"term"|"product"}`: gone, with its links."""
    concept = find_concept(purview, body)
    concept.links.clear()
    _concepts(purview, body).shelf.remove(concept)


def link(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "assets": [...], "force"?: false}`: link it with assets; needs asset curation for a term."""
    concept, entities = find_concept(purview, body), _find_all(purview, body)
    works = purview.switches.unified_link_before_curation == "works" or body.get("force")
    if entities and concept.kind is Kind.TERM and not works and not purview.unified.curation.is_enabled:
        raise ValueError("no term can be put on an asset before asset curation is enabled: POST /_simulator/curation")
    for entity in entities:
        purview.unified.link_entity(concept, entity, STEWARD)
    return show_concept(purview, concept)


def unlink(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "assets"?: [...]}`: take the links to these assets away, or all."""
    concept = find_concept(purview, body)
    if "assets" not in body:
        concept.links.clear()
    for entity in _find_all(purview, body):
        asset = purview.unified.assets.register(entity, STEWARD)
        concept.links.pop((Kind.ASSET, asset.id), None)
    return show_concept(purview, concept)


def link_id(purview: Purview, body: Json) -> Json:
    """`{"term"|"product", "entityType", "entityId"}`: a link with anything, also with what does not exist."""
    concept = find_concept(purview, body)
    purview.unified.links.put(concept, read_entity_type(body["entityType"]), str(body["entityId"]).lower(), STEWARD)
    return show_concept(purview, concept)


def curate(purview: Purview, body: Json) -> Json:
    """`{"phase": "sample|running|staged|moved|published|direct", "domain"?}`: enable asset curation, go on with it."""
    domain = find_domain(purview, body["domain"]) if body.get("domain") else None
    touched = advance(purview, Phase(body["phase"]), domain)
    return {"phase": purview.unified.curation.phase, "terms": [show_concept(purview, each) for each in touched]}


def set_roles(purview: Purview, body: Json) -> Json:
    """`{"principal"?: "*", "roles": ["global-catalog-reader"], "domains"?: {"Sales": ["data-steward"]}}`: no others."""
    principal, access = str(body.get("principal", ANYONE)), purview.unified.access
    access.revoke_all(principal)
    access.grant(principal, [Role(each) for each in body["roles"]])
    for name, roles in body.get("domains", {}).items():
        access.grant(principal, [Role(each) for each in roles], find_domain(purview, name).id)
    return {"principal": principal, "roles": body["roles"], "domains": body.get("domains", {})}


def _concepts(purview: Purview, body: Json) -> Concepts:
    return purview.unified.products if "product" in body else purview.unified.terms


def _by_id(concept: Concept) -> Json:
    return {"term" if concept.kind is Kind.TERM else "product": concept.id}


def _find_all(purview: Purview, body: Json) -> list[Entity]:
    return [find_asset(purview, name) for name in _names(body)]


def _names(body: Json) -> Iterable[str]:
    names = body.get("assets", ())
    if isinstance(names, str):
        raise ValueError("assets must be a list")  # noqa: TRY004 - answered as 400
    return [str(each) for each in names]

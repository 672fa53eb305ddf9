"""Handlers for governance domains and policies."""

from typing import Any

from local.purview.model import Json
from local.purview.unified.errors import unauthorized
from local.purview.unified.model import Domain
from local.purview.unified.roles import Role
from local.purview.wire.call import Call, Created
from local.purview.wire.unified.door import read_body
from local.purview.wire.unified.lists import cut_by_token, list_by_token, order, write_origin, write_status


def list_domains(call: Call) -> Json:
    """GET businessdomains?$skipToken."""
    visible = order(call.purview.unified.domains.visible(call.caller), None)
    return list_by_token(call, visible, lambda domain: write_domain(call, domain))


def get_domain(call: Call) -> Json:
    """GET businessdomains/{domainId}."""
    return write_domain(call, call.purview.unified.domains.get(call.caller, call.path["domainId"]))


def create_domain(call: Call) -> Created:
    """POST businessdomains."""
    if not call.purview.unified.access.has(call.caller, Role.DOMAIN_CREATOR):
        raise unauthorized("Not authorized to create a business domain")
    return Created(write_domain(call, call.purview.unified.domains.create(read_body(call), call.by)))


def put_domain(call: Call) -> Json:
    """PUT businessdomains/{domainId}."""
    domains = call.purview.unified.domains
    return write_domain(call, domains.replace(call.caller, call.path["domainId"], read_body(call), call.by))


def delete_domain(call: Call) -> None:
    """DELETE businessdomains/{domainId}."""
    call.purview.unified.domains.delete(call.caller, call.path["domainId"])


def write_domain(call: Call, domain: Domain) -> Json:
    """As answered; what is not set is left out."""
    written: Json = {
        "id": domain.id,
        "name": domain.name,
        "status": write_status(call, domain.status),
        "type": domain.type,
        "isRestricted": False,
        **domain.body,
        "systemData": write_origin(domain),
    }
    return written | {"parentId": domain.parent_id} if domain.parent_id else written


def list_policies(call: Call) -> Json:
    """GET policies?skipToken: `values`, not `value`."""
    page, token = cut_by_token(call, "skipToken", call.purview.unified.access.policies(call.caller))
    return {"values": list(page)} | ({"skipToken": token} if token else {})


def put_policy(call: Call) -> Any:
    """PUT policies/{policyId}: the whole policy with its current version."""
    return call.purview.unified.access.put(call.caller, call.path["policyId"], read_body(call))

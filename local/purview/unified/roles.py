"""The roles of the Unified Catalog, and the policy documents that give them.

A role counts when its rule names the member and something follows from that rule: the permission, or a decision.
Source: docs/vendors/unified-catalog.md, section 7; example answers Policies_*.
"""

from collections.abc import Iterator
from enum import StrEnum

from local.purview.model import Json

RULE_PREFIX = "purviewdatagovernancerole_builtin_"


class Role(StrEnum):
    """The slugs that stand in rules."""

    ADMINISTRATOR = "datagovernance-administrator"
    GLOBAL_READER = "global-catalog-reader"
    ASSET_CURATOR = "governance-asset-curator"
    DOMAIN_CREATOR = "business-domain-creator"
    DOMAIN_OWNER = "business-domain-owner"
    DOMAIN_READER = "business-domain-reader"
    STEWARD = "data-steward"
    PRODUCT_OWNER = "data-product-owner"


class Scope(StrEnum):
    """What a policy is about, as its `entity.type` names it."""

    APP = "DataGovernanceAppReference"
    DOMAIN = "BusinessDomainReference"
    QUALITY = "DGDataQualityScopeReference"


ROLES_OF = {
    Scope.APP: (Role.ADMINISTRATOR, Role.GLOBAL_READER, Role.ASSET_CURATOR, Role.DOMAIN_CREATOR, Role.DOMAIN_OWNER),
    Scope.DOMAIN: (Role.DOMAIN_OWNER, Role.DOMAIN_READER),
    Scope.QUALITY: (Role.STEWARD, Role.PRODUCT_OWNER),
}
_NAMES = {Scope.APP: "datagovernanceapp", Scope.DOMAIN: "businessdomain", Scope.QUALITY: "dgdataqualityscope"}


def rule_id(role: Role, scope_id: str) -> str:
    """How a role's rule is called."""
    return f"{RULE_PREFIX}{role}:{scope_id}"


def new_policy(policy_id: str, scope: Scope, scope_id: str, members: dict[Role, list[str]], parent: str = "") -> Json:
    """A policy in which these have these roles; a role without members has no rule."""
    name = _NAMES[scope]
    permission = f"permission_dg:{name}_{scope_id}"
    rules = [_role_rule(role, scope_id, who) for role, who in members.items()]
    clauses = [[_derived(rule["id"], "permission")] for rule in rules]
    properties: Json = {
        "description": "",
        "decisionRules": [_decision(f"{parent}/{scope_id}".strip("/"), permission)],
        "attributeRules": [*rules, {**_named(permission), "dnfCondition": clauses}],
        "entity": {"type": str(scope), "referenceName": scope_id},
    }
    if parent:
        properties["parentEntityName"] = parent
    return {"name": f"dgpolicy_{name}_{scope_id}", "id": policy_id, "version": 0, "properties": properties}


def read_members(policy: Json) -> Iterator[tuple[Role, str]]:
    """Who has which role by this policy."""
    rules = policy["properties"].get("attributeRules", [])
    scope_id = policy["properties"]["entity"]["referenceName"]
    effective = set(_followed(policy))
    known = {rule_id(role, scope_id): role for role in Role}
    for rule in rules:
        if rule.get("id") in known and rule["id"] in effective:
            for clause in rule.get("dnfCondition", []):
                yield from ((known[rule["id"]], member) for member in _members(clause))


def _followed(policy: Json) -> Iterator[str]:
    properties = policy["properties"]
    permissions = [
        each for each in properties.get("attributeRules", []) if str(each.get("id")).startswith("permission_dg")
    ]
    for rule in (*permissions, *properties.get("decisionRules", [])):
        yield from (str(each.get("fromRule")) for clause in rule.get("dnfCondition", []) for each in clause)


def _members(clause: list[Json]) -> Iterator[str]:
    for condition in clause:
        if condition.get("attributeName") == "principal.microsoft.id":
            yield from (str(member) for member in condition.get("attributeValueIncludedIn", []))


def _role_rule(role: Role, scope_id: str, members: list[str]) -> Json:
    principals = {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": members}
    return {**_named(rule_id(role, scope_id)), "dnfCondition": [[principals, _derived(RULE_PREFIX + role, "role")]]}


def _named(name: str) -> Json:
    return {"kind": "attributerule", "id": name, "name": name}


def _derived(rule: str, what: str) -> Json:
    return {"fromRule": rule, "attributeName": f"derived.purview.{what}", "attributeValueIncludes": rule}


def _decision(path: str, permission: str) -> Json:
    resource = {"attributeName": "resource.purview.datagovernancepath", "attributeValueIncludes": path}
    return {
        "kind": "decisionrule",
        "effect": "Permit",
        "dnfCondition": [[resource, _derived(permission, "permission")]],
    }

"""Purview's role assignments: a policy of a collection or of the Unified Catalog, with one more member in a role.

Source: Microsoft's tutorial on the metadata policy API of collections; docs/vendors/unified-catalog.md, section 7.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sync_core.errors import RejectedError

DATA_READER = "purview-reader"
DATA_CURATOR = "data-curator"
GLOBAL_CATALOG_READER = "global-catalog-reader"
MEMBERS = "attributeValueIncludedIn"
PRINCIPAL = "principal.microsoft.id"
Policy = dict[str, Any]
Kind = TypeVar("Kind", dict[str, Any], list[Any])


@dataclass(frozen=True, slots=True)
class Names:
    """How rules are called in one sort of policy: before a role's name, and before the scope's in the permission."""

    role: str
    permission: str


OF_COLLECTION = Names("purviewmetadatarole_builtin_", "permission:")
OF_CATALOG = Names("purviewdatagovernancerole_builtin_", "permission_dg:datagovernanceapp_")


def to_object_id(given: str) -> str:
    """Return an object id as Purview writes it: lower-case, with hyphens.

    Raises:
        ValueError: it is none.
    """
    return str(UUID(given.strip()))


def has_member(policy: Policy, scope: str, role: str, principal: str, names: Names = OF_COLLECTION) -> bool:
    """Tell whether the principal has the role by assignment in this very policy."""
    return with_member(policy, scope, role, principal, names) == policy


def with_member(policy: Policy, scope: str, role: str, principal: str, names: Names = OF_COLLECTION) -> Policy:
    """Return the policy with the principal (an object id) in the role; an equal one if it has the role already.

    `scope` is the collection's name, or the catalog's id. All else stays as it is: the service takes the whole policy
    back, and what is left out would be lost. A policy may lack the role's rule, or the permission may not follow from
    it; then it is added.
    """
    changed = copy.deepcopy(policy)
    rules = _member(_member(changed, "properties", dict), "attributeRules", list)
    rule_id = f"{names.role}{role}:{scope}"
    rule = _find(rules, rule_id)
    if rule is None:
        rules.append(_new_rule(rule_id, names.role + role, principal))
    else:
        _add_member(rule, names.role + role, principal)
    _derive_permission(rules, rule_id, names.permission + scope)
    return changed


def _find(rules: list[Policy], rule_id: str) -> Policy | None:
    return next((rule for rule in rules if isinstance(rule, dict) and rule.get("id") == rule_id), None)


def _member(parent: Policy, name: str, kind: type[Kind]) -> Kind:
    """Return the object or list of that name; null or none becomes an empty one."""
    if parent.get(name) is None:
        parent[name] = kind()
    found = parent[name]
    if not isinstance(found, kind):
        raise RejectedError(f"A policy of Purview holds '{name}' in a form that is not known: nothing was changed.")
    return found


def _conditions(rule: Policy) -> Iterator[Policy]:
    for clause in _member(rule, "dnfCondition", list):
        yield from (one for one in clause or () if isinstance(one, dict))


def _add_member(rule: Policy, role: str, principal: str) -> None:
    conditions = list(_member_conditions(rule))
    members = [str(member).lower() for condition in conditions for member in condition[MEMBERS]]
    if principal in members:
        return
    if conditions:
        conditions[0][MEMBERS].append(principal)
    else:
        _member(rule, "dnfCondition", list).append(_clause(role, principal))


def _member_conditions(rule: Policy) -> Iterator[Policy]:
    for condition in _conditions(rule):
        if condition.get("attributeName") == PRINCIPAL and isinstance(condition.get(MEMBERS), list):
            yield condition


def _new_rule(rule_id: str, role: str, principal: str) -> Policy:
    return {"kind": "attributerule", "id": rule_id, "name": rule_id, "dnfCondition": [_clause(role, principal)]}


def _clause(role: str, principal: str) -> list[Policy]:
    return [
        {"attributeName": PRINCIPAL, MEMBERS: [principal]},
        {"fromRule": role, "attributeName": "derived.purview.role", "attributeValueIncludes": role},
    ]


def _derive_permission(rules: list[Policy], rule_id: str, permission_id: str) -> None:
    """Let the permission follow from the rule, as it follows from the others."""
    permission = _find(rules, permission_id)
    if permission is None:
        return
    if not any(condition.get("fromRule") == rule_id for condition in _conditions(permission)):
        condition = {
            "fromRule": rule_id,
            "attributeName": "derived.purview.permission",
            "attributeValueIncludes": rule_id,
        }
        _member(permission, "dnfCondition", list).append([condition])

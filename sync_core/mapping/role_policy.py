"""Purview's role assignments: a collection's metadata policy, with one more member in one of its roles.

Source: Microsoft's tutorial on the metadata policy API of collections.
"""

import copy
from collections.abc import Iterator
from typing import Any
from uuid import UUID

DATA_READER = "purview-reader"
DATA_CURATOR = "data-curator"
RULE_PREFIX = "purviewmetadatarole_builtin_"
MEMBERS = "attributeValueIncludedIn"
PRINCIPAL = "principal.microsoft.id"
Policy = dict[str, Any]


def to_object_id(given: str) -> str:
    """Return an object id as Purview writes it: lower-case, with hyphens.

    Raises:
        ValueError: it is none.
    """
    return str(UUID(given.strip()))


def has_member(policy: Policy, collection: str, role: str, principal: str) -> bool:
    """Tell whether the principal has the role by assignment on this very collection."""
    return with_member(policy, collection, role, principal) == policy


def with_member(policy: Policy, collection: str, role: str, principal: str) -> Policy:
    """Return the policy with the principal (an object id) in the role; an equal one if it has the role already.

    All else stays as it is: the service takes the whole policy back, and what is left out would be lost. The policy of
    a sub-collection may lack the role's rule, or the permission may not follow from it; then it is added.
    """
    changed = copy.deepcopy(policy)
    rules = changed.setdefault("properties", {}).setdefault("attributeRules", [])
    rule_id = f"{RULE_PREFIX}{role}:{collection}"
    rule = _find(rules, rule_id)
    if rule is None:
        rules.append(_new_rule(rule_id, role, principal))
    else:
        _add_member(rule, role, principal)
    _derive_permission(rules, rule_id, collection)
    return changed


def _find(rules: list[Policy], rule_id: str) -> Policy | None:
    return next((rule for rule in rules if rule.get("id") == rule_id), None)


def _add_member(rule: Policy, role: str, principal: str) -> None:
    conditions = list(_member_conditions(rule))
    members = [str(member).lower() for condition in conditions for member in condition[MEMBERS]]
    if principal in members:
        return
    if conditions:
        conditions[0][MEMBERS].append(principal)
    else:
        rule.setdefault("dnfCondition", []).append(_clause(role, principal))


def _member_conditions(rule: Policy) -> Iterator[Policy]:
    for clause in rule.get("dnfCondition", []):
        for condition in clause:
            if condition.get("attributeName") == PRINCIPAL and isinstance(condition.get(MEMBERS), list):
                yield condition


def _new_rule(rule_id: str, role: str, principal: str) -> Policy:
    return {"kind": "attributerule", "id": rule_id, "name": rule_id, "dnfCondition": [_clause(role, principal)]}


def _clause(role: str, principal: str) -> list[Policy]:
    rule = RULE_PREFIX + role
    return [
        {"attributeName": PRINCIPAL, MEMBERS: [principal]},
        {"fromRule": rule, "attributeName": "derived.purview.role", "attributeValueIncludes": rule},
    ]


def _derive_permission(rules: list[Policy], rule_id: str, collection: str) -> None:
    """Let the collection's permission follow from the rule, as it follows from the others."""
    permission = _find(rules, f"permission:{collection}")
    if permission is None:
        return
    clauses = permission.setdefault("dnfCondition", [])
    if not any(condition.get("fromRule") == rule_id for clause in clauses for condition in clause):
        condition = {
            "fromRule": rule_id,
            "attributeName": "derived.purview.permission",
            "attributeValueIncludes": rule_id,
        }
        clauses.append([condition])

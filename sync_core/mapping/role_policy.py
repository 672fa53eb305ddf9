"""Purview's role assignments: a collection's metadata policy, with one more member in one of its roles.

Source: Microsoft's tutorial on the metadata policy API of collections.
"""

import copy
from collections.abc import Iterator
from typing import Any

DATA_READER = "purview-reader"
DATA_CURATOR = "data-curator"
RULE_PREFIX = "purviewmetadatarole_builtin_"
MEMBERS = "attributeValueIncludedIn"
PRINCIPAL = "principal.microsoft.id"
Policy = dict[str, Any]


def with_member(policy: Policy, collection: str, role: str, principal: str) -> tuple[Policy, bool]:
    """Return the policy with the principal (an object id) in the role, and whether that changed it.

    All else stays as it is: the service takes the whole policy back, and what is left out would be lost. The policy of
    a sub-collection may lack the role's rule; then it is added.
    """
    changed = copy.deepcopy(policy)
    rules = changed.setdefault("properties", {}).setdefault("attributeRules", [])
    rule_id = f"{RULE_PREFIX}{role}:{collection}"
    rule = next((rule for rule in rules if rule.get("id") == rule_id), None)
    if rule is None:
        rules.append(_new_rule(role, collection, principal))
        _derive_permission(rules, rule_id, collection)
        return changed, True
    conditions = list(_member_conditions(rule))
    if any(principal in condition[MEMBERS] for condition in conditions):
        return policy, False
    if conditions:
        conditions[0][MEMBERS].append(principal)
    else:
        rule.setdefault("dnfCondition", []).append(_clause(role, principal))
    return changed, True


def _member_conditions(rule: Policy) -> Iterator[Policy]:
    for clause in rule.get("dnfCondition", []):
        for condition in clause:
            if condition.get("attributeName") == PRINCIPAL and isinstance(condition.get(MEMBERS), list):
                yield condition


def _new_rule(role: str, collection: str, principal: str) -> Policy:
    rule_id = f"{RULE_PREFIX}{role}:{collection}"
    return {"kind": "attributerule", "id": rule_id, "name": rule_id, "dnfCondition": [_clause(role, principal)]}


def _clause(role: str, principal: str) -> list[Policy]:
    rule = RULE_PREFIX + role
    return [
        {"attributeName": PRINCIPAL, MEMBERS: [principal]},
        {"fromRule": rule, "attributeName": "derived.purview.role", "attributeValueIncludes": rule},
    ]


def _derive_permission(rules: list[Policy], rule_id: str, collection: str) -> None:
    """Let the collection's permission follow from the new rule, as it follows from the others."""
    permission = next((rule for rule in rules if rule.get("id") == f"permission:{collection}"), None)
    if permission is not None:
        condition = {
            "fromRule": rule_id,
            "attributeName": "derived.purview.permission",
            "attributeValueIncludes": rule_id,
        }
        permission.setdefault("dnfCondition", []).append([condition])

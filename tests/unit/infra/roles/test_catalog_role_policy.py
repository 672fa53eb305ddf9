"""A role of the Unified Catalog in the specification's own example of a policy."""

import json
from typing import Any

import pytest

from infra.roles.role_policy import GLOBAL_CATALOG_READER, OF_CATALOG, Policy, has_member, with_member
from tests.unit.infra.template import REPOSITORY

IDENTITY = "5f0c7a52-3b1d-4c5e-9f57-2f1c2f5f6a11"
READERS = "purviewdatagovernancerole_builtin_global-catalog-reader"
EXAMPLE = REPOSITORY / "tests" / "data" / "unified-catalog" / "Policies_List_Gen.json"


@pytest.fixture
def policy() -> Policy:
    """The policy of the tenant, version 1312."""
    policies: list[dict[str, Any]] = json.loads(EXAMPLE.read_text(encoding="utf-8"))["responses"]["200"]["body"][
        "values"
    ]
    return next(each for each in policies if each["name"].startswith("dgpolicy_datagovernanceapp_"))


def scope_of(policy: Policy) -> str:
    return str(policy["properties"]["entity"]["referenceName"])


def rules(policy: Policy) -> dict[str, Any]:
    return {rule["id"].partition(":")[0]: rule for rule in policy["properties"]["attributeRules"]}


def granted(policy: Policy) -> Policy:
    return with_member(policy, scope_of(policy), GLOBAL_CATALOG_READER, IDENTITY, OF_CATALOG)


def test_a_member_joins_the_others_wherever_they_stand_in_the_condition(policy: Policy) -> None:
    changed = granted(policy)
    (clause,) = rules(changed)[READERS]["dnfCondition"]
    members = next(
        each["attributeValueIncludedIn"] for each in clause if each["attributeName"] == "principal.microsoft.id"
    )
    assert (len(members), members[-1]) == (3, IDENTITY)
    members.remove(IDENTITY)
    assert changed == policy


def test_a_role_that_nobody_has_gets_its_rule_and_the_permission_follows_from_it(policy: Policy) -> None:
    scope = scope_of(policy)
    properties = policy["properties"]
    properties["attributeRules"] = [each for each in properties["attributeRules"] if not each["id"].startswith(READERS)]
    for each in properties["attributeRules"]:
        each["dnfCondition"] = [
            clause for clause in each["dnfCondition"] if not any(READERS in str(one.get("fromRule")) for one in clause)
        ]
    changed = granted(policy)
    assert rules(changed)[READERS]["id"] == f"{READERS}:{scope}"
    sources = [one["fromRule"] for clause in rules(changed)["permission_dg"]["dnfCondition"] for one in clause]
    assert f"{READERS}:{scope}" in sources


def test_a_member_stays_one(policy: Policy) -> None:
    changed = granted(policy)
    assert granted(changed) == changed
    assert has_member(changed, scope_of(policy), GLOBAL_CATALOG_READER, IDENTITY, OF_CATALOG)
    assert changed["version"] == policy["version"] == 1312

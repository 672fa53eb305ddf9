import copy
from typing import Any

import pytest

from infra.roles.role_policy import DATA_CURATOR, DATA_READER, has_member, to_object_id, with_member
from sync_core.errors import RejectedError

IDENTITY = "5f0c7a52-3b1d-4c5e-9f57-2f1c2f5f6a11"
OTHER = "00000000-1111-2222-3333-444455556666"
CURATORS = "purviewmetadatarole_builtin_data-curator"
RULE = "purviewmetadatarole_builtin_purview-reader:contoso"
ADMINS = "purviewmetadatarole_builtin_collection-administrator:clu3dn"


def derived(rule: str) -> list[dict[str, str]]:
    """Return a clause of a permission: it follows from a rule."""
    return [{"fromRule": rule, "attributeName": "derived.purview.permission", "attributeValueIncludes": rule}]


def members(*ids: str, attribute: str = "principal.microsoft.id") -> list[dict[str, Any]]:
    """Return a clause of a role: who has it."""
    role = {"fromRule": CURATORS, "attributeName": "derived.purview.role", "attributeValueIncludes": CURATORS}
    return [{"attributeName": attribute, "attributeValueIncludedIn": list(ids)}, role]


def policy(*curators: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the policy of a sub-collection, as in Microsoft's tutorial; without curators it has no rule for them."""
    permission = [derived(ADMINS), derived("permission:contoso")]
    rules: list[dict[str, Any]] = [{"id": ADMINS, "name": ADMINS, "dnfCondition": [members(OTHER)]}]
    if curators:
        rule = f"{CURATORS}:clu3dn"
        rules.append({"id": rule, "name": rule, "dnfCondition": list(curators)})
        permission.append(derived(rule))
    rules.append({"id": "permission:clu3dn", "name": "permission:clu3dn", "dnfCondition": permission})
    return {"id": "1", "version": 7, "properties": {"attributeRules": rules, "decisionRules": [{"effect": "Permit"}]}}


def rule_of(changed: dict[str, Any], rule_id: str) -> dict[str, Any]:
    """Return a rule of a policy by its id."""
    [found] = [rule for rule in changed["properties"]["attributeRules"] if rule["id"] == rule_id]
    rule: dict[str, Any] = found
    return rule


def test_a_role_without_a_rule_gets_one_that_the_permission_follows_from() -> None:
    changed = with_member(policy(), "clu3dn", DATA_CURATOR, IDENTITY)

    rule = rule_of(changed, f"{CURATORS}:clu3dn")
    assert (rule["kind"], rule["name"]) == ("attributerule", f"{CURATORS}:clu3dn")
    assert rule["dnfCondition"] == [members(IDENTITY)]
    permission = rule_of(changed, "permission:clu3dn")["dnfCondition"]
    assert permission == [derived(ADMINS), derived("permission:contoso"), derived(f"{CURATORS}:clu3dn")]


def test_a_rule_with_members_gets_one_more_and_keeps_all_else() -> None:
    before = policy(members(OTHER))
    changed = with_member(before, "clu3dn", DATA_CURATOR, IDENTITY)

    assert rule_of(changed, f"{CURATORS}:clu3dn")["dnfCondition"] == [members(OTHER, IDENTITY)]
    rule_of(changed, f"{CURATORS}:clu3dn")["dnfCondition"] = [members(OTHER)]
    assert changed == before


def test_a_rule_that_holds_groups_only_gets_a_clause_of_its_own() -> None:
    groups = members(OTHER, attribute="principal.microsoft.groups")
    changed = with_member(policy(groups), "clu3dn", DATA_CURATOR, IDENTITY)

    assert rule_of(changed, f"{CURATORS}:clu3dn")["dnfCondition"] == [groups, members(IDENTITY)]


@pytest.mark.parametrize("spelling", [IDENTITY, IDENTITY.upper()])
def test_who_is_a_member_already_changes_nothing(spelling: str) -> None:
    before = policy(members(OTHER), members(spelling))

    assert with_member(before, "clu3dn", DATA_CURATOR, IDENTITY) == before
    assert has_member(before, "clu3dn", DATA_CURATOR, IDENTITY)


def test_a_member_of_a_rule_that_gives_no_permission_has_no_role() -> None:
    useless = policy(members(IDENTITY))
    rule_of(useless, "permission:clu3dn")["dnfCondition"].pop()

    assert not has_member(useless, "clu3dn", DATA_CURATOR, IDENTITY)
    permission = rule_of(with_member(useless, "clu3dn", DATA_CURATOR, IDENTITY), "permission:clu3dn")
    assert permission["dnfCondition"][-1] == derived(f"{CURATORS}:clu3dn")


def test_another_role_and_another_collection_are_not_the_same() -> None:
    before = policy(members(IDENTITY))

    assert not has_member(before, "clu3dn", DATA_READER, IDENTITY)
    assert not has_member(before, "contoso", DATA_CURATOR, IDENTITY)


def test_the_policy_that_is_given_is_left_as_it_is() -> None:
    before = policy()
    kept = copy.deepcopy(before)
    with_member(before, "clu3dn", DATA_CURATOR, IDENTITY)

    assert before == kept


def test_an_object_id_is_written_in_one_way() -> None:
    assert to_object_id(f" {IDENTITY.upper()}\n") == IDENTITY
    with pytest.raises(ValueError, match="badly formed"):
        to_object_id("id-cluedin-sync")


@pytest.mark.parametrize(
    "odd",
    [
        {"properties": None},
        {"properties": {"attributeRules": None}},
        {"properties": {"attributeRules": [None]}},
        {"properties": {"attributeRules": [{"id": RULE, "dnfCondition": None}]}},
        {"properties": {"attributeRules": [{"id": RULE, "dnfCondition": [None, [None]]}]}},
        {"properties": {"attributeRules": [{"id": RULE}, {"id": "permission:contoso", "dnfCondition": None}]}},
    ],
)
def test_what_a_policy_holds_as_null_is_as_good_as_none(odd: dict[str, Any]) -> None:
    changed = with_member(odd, "contoso", DATA_READER, IDENTITY)
    assert has_member(changed, "contoso", DATA_READER, IDENTITY)
    assert not has_member(odd, "contoso", DATA_READER, IDENTITY)


@pytest.mark.parametrize("odd", [{"properties": []}, {"properties": {"attributeRules": {"a": 1}}}])
def test_a_policy_of_another_form_is_not_changed(odd: dict[str, Any]) -> None:
    with pytest.raises(RejectedError, match="nothing was changed"):
        with_member(odd, "contoso", DATA_READER, IDENTITY)

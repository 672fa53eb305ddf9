from collections.abc import Callable
from typing import Any

import pytest

from infra.roles.role_policy import with_member
from infra.scripts.grant_purview_roles import main
from local.purview import Purview
from local.purview.admin.unified import add_domain
from local.purview.behaviour.access import Caller, Right
from local.purview.unified.roles import Role
from tests.kit.estate import NewEstate
from tests.kit.services import Services

IDENTITY = "5f0c7a52-3b1d-4c5e-9f57-2f1c2f5f6a11"


@pytest.fixture
def grant(services: Services, new_estate: NewEstate) -> Callable[..., int]:
    """Run the script as an administrator would; the estate's environment signs it in."""
    new_estate()

    def run(*options: str, collection: str = "Contoso/MDM/CluedIn", principal: str = IDENTITY) -> int:
        required = ["--endpoint", services.purview_url, "--collection", collection, "--principal", principal]
        return main([*required, *options])

    return run


def roles_of(purview: Purview) -> set[tuple[str, str]]:
    """Return the roles that the identity has, as pairs of collection and role."""
    policies = purview.policies.list()
    return {
        (
            policy["properties"]["collection"]["referenceName"],
            rule["id"].partition(":")[0].removeprefix("purviewmetadatarole_builtin_"),
        )
        for policy in policies
        for rule in policy["properties"]["attributeRules"]
        if IDENTITY in repr(rule)
    }


def test_the_identity_gets_exactly_the_two_roles(grant: Callable[..., int], purview: Purview) -> None:
    assert grant() == 0

    assert roles_of(purview) == {("contoso", "purview-reader"), ("clu3dn", "data-curator")}


def test_a_second_run_changes_nothing(
    grant: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str]
) -> None:
    grant()
    before = purview.policies.list()

    assert grant() == 0

    assert purview.policies.list() == before
    assert "is there already" in capsys.readouterr().out


def test_a_dry_run_only_says_what_would_be_done(
    grant: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant("--dry-run") == 0

    assert roles_of(purview) == set()
    assert "data-curator on clu3dn: would be given" in capsys.readouterr().out


def test_other_members_keep_their_roles(grant: Callable[..., int], purview: Purview) -> None:
    purview.access.grant("a curator", {"clu3dn": ["data-curator"]})  # type: ignore[list-item]

    grant()

    assert "a curator" in repr(purview.policies.of_collection("clu3dn"))


def test_the_identity_may_then_do_what_the_roles_allow(grant: Callable[..., int], purview: Purview) -> None:
    purview.access.grant("*", {"contoso": ["collection-administrator"]})  # type: ignore[list-item]
    assert grant() == 0

    identity = Caller(IDENTITY)
    assert purview.access.may(identity, Right.READ, "contoso")
    assert purview.access.may(identity, Right.WRITE, "clu3dn")
    assert not purview.access.may(identity, Right.WRITE, "contoso")


def test_types_on_root_gives_the_curator_there_too(grant: Callable[..., int], purview: Purview) -> None:
    assert grant("--types-on-root") == 0

    expected = {("contoso", "purview-reader"), ("contoso", "data-curator"), ("clu3dn", "data-curator")}
    assert roles_of(purview) == expected


def test_an_id_in_another_spelling_is_the_same_member(grant: Callable[..., int], purview: Purview) -> None:
    grant(principal=f" {IDENTITY.upper()} ")
    before = purview.policies.list()

    assert grant() == 0

    assert purview.policies.list() == before
    assert IDENTITY.upper() not in repr(before)


def test_what_is_no_object_id_is_an_error_that_says_where_it_stands(
    grant: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str]
) -> None:
    before = purview.policies.list()

    assert grant(principal="id-cluedin-sync") == 1

    assert "APP_IDENTITY_PRINCIPAL_ID" in capsys.readouterr().err
    assert purview.policies.list() == before


def test_a_policy_that_was_saved_over_at_once_is_an_error(
    grant: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purview.policies, "put", lambda policy_id, _: purview.policies.get(policy_id))

    assert grant() == 1

    assert "does not show it" in capsys.readouterr().err


Put = Callable[[str, dict[str, Any]], dict[str, Any]]


def overtaken(purview: Purview, times: int) -> Put:
    """Another administrator saves the policy between the reading and the writing, so many times."""
    put, members = purview.policies.put, list[str]()

    def put_late(policy_id: str, body: dict[str, Any]) -> dict[str, Any]:
        if len(members) < times:
            members.append(f"another {len(members)}")
            before = purview.policies.get(policy_id)
            name = before["properties"]["collection"]["referenceName"]
            put(policy_id, with_member(before, name, "data-curator", members[-1]))
        return put(policy_id, body)

    return put_late


@pytest.mark.parametrize("how", ["conflict", "precondition"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_collections_policy_that_was_saved_meanwhile_is_read_anew(
    grant: Callable[..., int], purview: Purview, monkeypatch: pytest.MonkeyPatch, how: str, times: int
) -> None:
    purview.patch_switches({"stale_policy": how})
    monkeypatch.setattr(purview.policies, "put", overtaken(purview, times))

    assert grant() == 0

    assert roles_of(purview) == {("contoso", "purview-reader"), ("clu3dn", "data-curator")}
    assert all(f"another {number}" in repr(purview.policies.list()) for number in range(times))


@pytest.mark.parametrize("how", ["conflict", "precondition"])
def test_a_collections_policy_that_others_save_again_and_again_is_an_error(
    grant: Callable[..., int],
    purview: Purview,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    purview.patch_switches({"stale_policy": how})
    monkeypatch.setattr(purview.policies, "put", overtaken(purview, 100))

    assert grant() == 1

    assert "others save the same policy" in capsys.readouterr().err


def test_an_unknown_collection_is_an_error_that_lists_the_others(
    grant: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant(collection="No/Such") == 1

    assert "clu3dn" in capsys.readouterr().err


def catalog_members(purview: Purview) -> set[str]:
    """Return the roles that the identity has in the Unified Catalog."""
    return {role for role, _, member in purview.unified.access._given_at if member == IDENTITY}


@pytest.fixture
def grant_in_catalog(grant: Callable[..., int], services: Services, purview: Purview) -> Callable[..., int]:
    """Run the script with --catalog, as anyone who has the administrator's role and no other."""
    purview.access.grant("*", {"contoso": ["collection-administrator"]})  # type: ignore[list-item]
    purview.unified.access.revoke_all("*")
    purview.unified.access.grant("*", [Role.ADMINISTRATOR])
    return lambda *options: grant("--catalog", services.purview_url, *options)


def test_the_catalogs_role_is_given_once_and_works(grant_in_catalog: Callable[..., int], purview: Purview) -> None:
    assert grant_in_catalog() == grant_in_catalog() == 0

    assert catalog_members(purview) == {Role.GLOBAL_READER}
    assert purview.unified.access.may_read(Caller(IDENTITY), "any")
    assert [each["version"] for each in purview.unified.access.policies(Caller(""))] == [1]


def test_the_tenants_policy_is_found_behind_those_of_many_domains(
    grant_in_catalog: Callable[..., int], purview: Purview
) -> None:
    purview.patch_switches({"unified_token_page_size": 1})
    purview.unified.access.grant("*", [Role.DOMAIN_CREATOR])
    for number in range(3):
        add_domain(purview, {"name": f"Domain {number}"})
    before = {each["id"]: each for each in purview.unified.access.policies(Caller(""))}

    assert grant_in_catalog() == 0

    changed = [each for each in purview.unified.access.policies(Caller("")) if each != before[each["id"]]]
    assert [each["properties"]["entity"]["type"] for each in changed] == ["DataGovernanceAppReference"]
    assert catalog_members(purview) == {Role.GLOBAL_READER}


def test_a_dry_run_gives_no_role_in_the_catalog(
    grant_in_catalog: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant_in_catalog("--dry-run") == 0

    assert catalog_members(purview) == set()
    assert "global-catalog-reader on the Unified Catalog: would be given" in capsys.readouterr().out


def test_other_members_of_the_catalog_keep_their_roles(grant_in_catalog: Callable[..., int], purview: Purview) -> None:
    purview.unified.access.grant("a steward", [Role.GLOBAL_READER, Role.DOMAIN_CREATOR])

    grant_in_catalog()

    kept = {role for role, _, member in purview.unified.access._given_at if member == "a steward"}
    assert kept == {Role.GLOBAL_READER, Role.DOMAIN_CREATOR}


@pytest.mark.parametrize("how", ["conflict", "precondition"])
def test_a_policy_that_another_administrator_saved_meanwhile_is_read_anew(
    grant_in_catalog: Callable[..., int], purview: Purview, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    purview.patch_switches({"unified_stale_policy": how})
    put, overtaken = purview.unified.access.put, list[bool]()

    def put_late(caller: Caller, policy_id: str, body: dict[str, Any]) -> dict[str, Any]:
        if not overtaken:
            overtaken.append(True)
            purview.unified.access.grant("another", [Role.GLOBAL_READER])
        return put(caller, policy_id, body)

    monkeypatch.setattr(purview.unified.access, "put", put_late)

    assert grant_in_catalog() == 0

    assert catalog_members(purview) == {Role.GLOBAL_READER}
    assert any(member == "another" for _, _, member in purview.unified.access._given_at)


def test_a_catalogs_policy_that_is_saved_over_again_and_again_is_an_error(
    grant_in_catalog: Callable[..., int],
    purview: Purview,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purview.unified.access, "put", lambda *_: {})

    assert grant_in_catalog() == 1

    assert "does not show it" in capsys.readouterr().err


def test_who_is_no_administrator_of_the_catalog_is_told_so(
    grant_in_catalog: Callable[..., int], purview: Purview, capsys: pytest.CaptureFixture[str]
) -> None:
    purview.unified.access.revoke_all("*")
    purview.unified.access.grant("*", [Role.GLOBAL_READER])

    assert grant_in_catalog() == 1

    assert "sign in as a Data Governance Administrator" in capsys.readouterr().err

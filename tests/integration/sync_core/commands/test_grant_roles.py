from collections.abc import Callable

import pytest

from infra.scripts.grant_purview_roles import main
from local.purview import Purview
from local.purview.behaviour.access import Caller, Right
from tests.integration.sync_core.flows.conftest import NewEstate, Services

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


def test_an_unknown_collection_is_an_error_that_lists_the_others(
    grant: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant(collection="No/Such") == 1

    assert "clu3dn" in capsys.readouterr().err

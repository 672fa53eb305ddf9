from collections.abc import Callable

import pytest

from infra.scripts.grant_purview_roles import main
from local.purview import Purview
from tests.integration.sync_core.flows.conftest import NewEstate, Services

IDENTITY = "5f0c7a52-3b1d-4c5e-9f57-2f1c2f5f6a11"


@pytest.fixture
def grant(services: Services, new_estate: NewEstate) -> Callable[..., int]:
    """Run the script as an administrator would; the estate's environment signs it in."""
    new_estate()

    def run(*options: str, collection: str = "Contoso/MDM/CluedIn") -> int:
        required = ["--endpoint", services.purview_url, "--collection", collection, "--principal", IDENTITY]
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


def test_an_unknown_collection_is_an_error_that_lists_the_others(
    grant: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grant(collection="No/Such") == 1

    assert "clu3dn" in capsys.readouterr().err

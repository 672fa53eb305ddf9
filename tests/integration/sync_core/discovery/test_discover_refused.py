"""When a service refuses or does not answer, the run's record says which setting, role or remedy is meant."""

from typing import Any

import pytest

from local.purview import Purview
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError, SyncError, TransientError
from tests.kit.estate import ASSIGNMENTS, DETAILS, Estate, NewEstate

CLOSED_PORT = "http://127.0.0.1:9"


@pytest.mark.parametrize("access", ["gateway_403", "atlas_403"])
def test_a_missing_role_is_named_with_where_to_give_it(small_estate: Estate, access: str) -> None:
    small_estate.purview.patch_switches({"access": access})

    run = small_estate.failing_tick(ConfigError)

    assert run.error_class == "config"
    assert "403" in run.error
    assert "Give the app's identity the role Data Reader on the root collection" in run.error


def test_a_role_on_another_collection_only_is_as_good_as_none_for_the_glossary(small_estate: Estate) -> None:
    small_estate.act("set_roles", roles={"Sales": ["purview-reader"]})

    run = small_estate.failing_tick(ConfigError)

    assert "role Data Reader on the root collection" in run.error
    assert small_estate.records() == []


def test_a_refused_token_names_the_account_and_the_identity(small_estate: Estate) -> None:
    small_estate.purview.patch_switches({"access": "unauthorized"})

    run = small_estate.failing_tick(ConfigError)

    assert "401" in run.error
    assert "Check that PURVIEW_ENDPOINT is the account of the tenant in which the app's identity lives" in run.error
    assert "AZURE_CLIENT_ID" in run.error


def test_an_identity_that_gets_no_token_is_told_how_to_get_one(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")

    run = small_estate.failing_tick(ConfigError)

    assert "Azure gave no token for Purview" in run.error
    assert "give the app a managed identity and set AZURE_CLIENT_ID" in run.error


def test_purview_out_of_reach_names_its_address_and_is_tried_again(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(PURVIEW_ENDPOINT=CLOSED_PORT)

    run = estate.failing_tick(TransientError)

    assert run.error_class == "transient"
    assert "Microsoft Purview could not be reached" in run.error
    assert "check PURVIEW_ENDPOINT" in run.error


def test_an_address_without_the_api_names_the_setting(new_small_estate: NewEstate, purview: Purview) -> None:
    estate = new_small_estate()
    purview.faults.clear()
    estate.purview_fault(".*", times=None, status=404, body="<html>Not here</html>")

    assert "check PURVIEW_ENDPOINT" in estate.failing_tick(ConfigError).error


def test_a_wrong_cluedin_password_is_kept_with_the_asset_and_tried_again(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(CLUEDIN_PASSWORD="wrong-secret")

    estate.sync()

    record = estate.record_of("Orders")
    assert (record.status, record.attempts, record.last_error_class) == (AssetStatus.QUEUED, 1, "config")
    assert "Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD" in record.last_error
    assert "wrong-secret" not in record.model_dump_json()
    assert new_small_estate().groups() == []


def test_once_the_password_is_right_the_work_is_done(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(CLUEDIN_PASSWORD="wrong")
    estate.sync()
    mended = new_small_estate()

    mended.deliver_again()

    assert [name for name, _ in mended.groups()] == ["Customers", "Orders"]
    assert {record.status for record in mended.records()} == {AssetStatus.SYNCED}


@pytest.mark.parametrize(
    "effect", [{"body": "<html>Sign in</html>"}, {"body": {"message": "no list"}}, {"body": "null"}], ids=str
)
def test_an_answer_that_is_no_list_is_never_taken_for_an_empty_one(
    small_estate: Estate, effect: dict[str, Any]
) -> None:
    small_estate.tick()
    records = small_estate.records()
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.purview_fault(ASSIGNMENTS, times=None, status=200, **effect)

    run = small_estate.tick()
    assert any(f"The term {TERM} cannot be read" in note for note in run.notes)
    assert small_estate.records() == records

    small_estate.purview.faults.clear()
    assert small_estate.tick().counts["new"] == 1


def test_details_that_are_none_fail_the_run_and_change_nothing(small_estate: Estate) -> None:
    small_estate.tick()
    records = small_estate.records()
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.purview_fault(DETAILS, times=None, status=200, body="null")

    small_estate.failing_tick(SyncError)
    assert small_estate.records() == records

    small_estate.purview.faults.clear()
    assert small_estate.tick().counts["new"] == 1


def test_a_page_that_fails_pauses_the_term_what_was_read_counts_and_the_next_tick_reads_all(
    small_estate: Estate,
) -> None:
    small_estate.add_columns(1000)
    small_estate.act("tag", asset="Products", term=TERM)  # the very last of the list
    small_estate.purview_fault(ASSIGNMENTS, skip=1, times=3, status=503)

    run = small_estate.tick()
    assert any(f"The term {TERM} cannot be read" in note for note in run.notes)
    assert sorted(record.name for record in small_estate.records()) == ["Customers", "Orders"]

    assert small_estate.tick().counts["new"] == 1

"""What a discovery decides to write, given what Purview shows and what is recorded."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.assets.entry import entry_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.plan import (
    REFRESH_AFTER,
    REFRESH_REJECTED_AFTER,
    Plan,
    Sighting,
    guids_to_read,
    plan_assets,
)
from sync_core.purview.asset import Asset, asset_key, record_key
from tests.unit.sync_core.builders import NOW, make_asset, make_record, make_synced_record

LATER = NOW + timedelta(minutes=1)
NAMELESS = make_record(status=AssetStatus.REJECTED, reason="no name", queued_at=None).model_copy(update={"name": ""})
HAS_GROUP = ("group_id", "group_name", "source_id", "synced_at", "synced_name")


def plan(assets: list[Asset], *records: AssetRecord, **when: Any) -> Plan:
    return plan_assets(assets, {record.key: record for record in records}, **{"now": LATER, "run_id": "run-2", **when})


def sighting(record: AssetRecord, **fields: str) -> Sighting:
    seen = {"guid": record.guid, "type_name": record.type_name, "display_text": record.display_text, **fields}
    return Sighting(**seen)


def written(found: Plan) -> int:
    return len(found.new) + len(found.rejected) + len(found.changed) + len(found.returning)


def test_a_new_asset_is_recorded_as_waiting_with_the_run_that_saw_it() -> None:
    (record,) = plan([make_asset()]).new
    assert record == make_record(
        first_seen_at=LATER, first_seen_run_id="run-2", refreshed_at=LATER, queued_at=LATER, queued_run_id="run-2"
    )


@pytest.mark.parametrize("field", ["guid", "name", "display_text", "collection_id"])
def test_whatever_changes_of_an_asset_changes_its_fingerprint_and_is_written(field: str) -> None:
    asset, before = replace(make_asset(), **{field: "another"}), make_synced_record()  # type: ignore[arg-type]
    (changed,) = plan([asset], before).changed
    assert changed.fingerprint == asset.fingerprint != before.fingerprint


def test_an_asset_that_is_as_recorded_is_not_written() -> None:
    found = plan([make_asset()], make_synced_record())
    assert (written(found), len(found.unchanged)) == (0, 1)


def test_an_asset_that_was_not_read_for_a_day_is_noted_as_read() -> None:
    (record,) = plan([make_asset()], make_synced_record(), now=NOW + REFRESH_AFTER).changed
    assert record.refreshed_at == NOW + REFRESH_AFTER


@pytest.mark.parametrize(
    "change", [{"name": "Accounts.csv"}, {"guid": "new"}, {"collection_id": "xyz789"}, {"display_text": "Accounts"}]
)
def test_a_changed_asset_keeps_what_stands_in_cluedin(change: dict[str, str]) -> None:
    before = make_synced_record()
    asset = make_asset(**{"qualified_name": before.qualified_name, "name": before.name, **change})
    (after,) = plan([asset], before).changed
    assert {name: getattr(after, name) for name in change} == change
    assert [getattr(after, name) for name in HAS_GROUP] == [getattr(before, name) for name in HAS_GROUP]
    assert after.status is AssetStatus.SYNCED


def test_a_renamed_asset_is_known_by_the_name_of_its_group() -> None:
    before = make_synced_record()
    (after,) = plan([make_asset(name="Accounts.csv", qualified_name=before.qualified_name)], before).changed
    assert (before.is_renamed, after.is_renamed) == (False, True)


def test_a_recreated_asset_keeps_its_record_under_its_new_guid() -> None:
    before = make_synced_record()
    found = plan([make_asset(guid="made anew")], before)
    (after,) = found.changed
    assert (found.new, after.key, after.guid, after.group_id) == ([], before.key, "made anew", "3")


def test_assets_of_one_qualified_name_but_two_types_are_two() -> None:
    found = plan([make_asset(guid="1", type_name="path"), make_asset(guid="2", type_name="resource_set")])
    assert len({record.key for record in found.new}) == 2


def test_an_asset_that_is_shown_twice_is_written_once() -> None:
    assert len(plan([make_asset(), make_asset()]).new) == 1


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ({"name": ""}, "no name for asset g1"),
        ({"name": "  "}, "no name for asset g1"),
        ({"qualified_name": ""}, "no qualified name for asset g1"),
        ({"name": "", "qualified_name": ""}, "no name and no qualified name for asset g1"),
    ],
)
def test_an_asset_without_a_name_is_rejected_with_the_reason(missing: dict[str, str], told: str) -> None:
    found = plan([make_asset(**{"guid": "g1", **missing})])
    (record,) = found.rejected
    assert (found.new, record.status) == ([], AssetStatus.REJECTED)
    assert told in record.reason
    assert (record.queued_at, record.queued_run_id) == (None, "")


def test_assets_without_a_qualified_name_are_recorded_apart() -> None:
    found = plan([make_asset(guid=guid, qualified_name="") for guid in ("g1", "g2")])
    assert len({record.key for record in found.rejected}) == 2


def test_a_synced_asset_that_lost_its_name_stays_synced_and_tells_why() -> None:
    before = make_synced_record()
    found = plan([make_asset(name="", qualified_name=before.qualified_name)], before)
    (after,) = found.changed
    assert (found.rejected, after.status, after.name) == ([], AssetStatus.SYNCED, before.name)
    assert "no name" in after.reason


def test_a_rejected_asset_that_was_mended_comes_back_without_the_reason() -> None:
    (record,) = plan([make_asset()], NAMELESS).returning
    assert (record.name, record.reason) == ("Account.csv", "")


def test_a_rejected_asset_that_was_not_mended_stays_rejected_with_its_first_sight() -> None:
    (record,) = plan([make_asset(name="", qualified_name=NAMELESS.qualified_name)], NAMELESS).rejected
    assert (record.status, record.first_seen_at, record.refreshed_at) == (AssetStatus.REJECTED, NOW, LATER)


def test_a_retired_asset_that_is_tagged_again_returns_with_its_group() -> None:
    before = make_synced_record(status=AssetStatus.RETIRED)
    (record,) = plan([make_asset()], before).returning
    assert [getattr(record, name) for name in HAS_GROUP] == [getattr(before, name) for name in HAS_GROUP]


def test_carrying_out_a_plan_leaves_nothing_to_plan() -> None:
    assets = [make_asset(f"{number}.csv") for number in range(3)]
    records = plan(assets).new
    again = plan(assets, *records)
    assert (written(again), len(again.unchanged)) == (0, 3)


@given(st.lists(st.builds(make_asset, st.sampled_from(["", "a", "b"]), guid=st.sampled_from(["1", "2", "3"]))))
def test_every_asset_is_accounted_for_once(assets: list[Asset]) -> None:
    known = make_synced_record("a", guid="1")
    found = plan(assets, known)
    assert written(found) + len(found.unchanged) == len({record_key(asset) for asset in assets})


def test_a_key_is_that_of_type_and_qualified_name_and_survives_a_restart() -> None:
    assert asset_key("azure_sql_table", "mssql://a/b") == asset_key("azure_sql_table", "mssql://a/b")
    assert asset_key("azure_sql_table", "mssql://a/b") != asset_key("azure_sql_tab", "le mssql://a/b")
    assert len(asset_key("t", "q")) == 32


def test_details_are_read_of_what_is_new_or_shows_another_name() -> None:
    known = make_synced_record()
    seen = [sighting(known), sighting(known, guid="new"), sighting(known, display_text="renamed")]
    assert guids_to_read(seen, {known.guid: entry_of(known)}, LATER) == ["new", known.guid]


@pytest.mark.parametrize(
    ("status", "age", "is_due"),
    [
        (AssetStatus.SYNCED, timedelta(hours=23), False),
        (AssetStatus.SYNCED, REFRESH_AFTER, True),
        (AssetStatus.QUEUED, timedelta(hours=23), False),
        (AssetStatus.FAILED, timedelta(hours=23), False),
        (AssetStatus.REJECTED, timedelta(minutes=59), False),
        (AssetStatus.REJECTED, REFRESH_REJECTED_AFTER, True),
        (AssetStatus.RETIRED, timedelta(0), True),
    ],
)
def test_details_are_read_again_after_a_while(status: AssetStatus, age: timedelta, is_due: bool) -> None:  # noqa: FBT001
    record = make_record(status=status)
    found = guids_to_read([sighting(record)], {record.guid: entry_of(record)}, NOW + age)
    assert found == ([record.guid] if is_due else [])

"""The app on tables in which another version has written: after a rollback, or while two versions are at work."""

import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.purview.admin import unified
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.all_cursor import AllCursor
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.run import RunOutcome
from sync_core.runs.run_log import RunLog
from sync_core.storage.table import Table
from tests.integration.sync_core.discovery.unified_estate import ASSETS, do
from tests.kit.bench import Bench
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate
from tests.kit.virtual import AHEAD
from tests.unit.sync_core.builders import make_data_set, make_dead_job

pytestmark = pytest.mark.faults

NOT_OURS = "of a newer app"


def rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows("PartitionKey ne @none", {"none": "-"})]


def damage(table: Table, found: Iterable[dict[str, Any]], column: str = "") -> set[str]:
    """Let rows say in each column, or in one, what this version does not understand; return their partitions."""
    partitions = set()
    for row in found:
        kept = {name: row[name] for name in ("PartitionKey", "RowKey", AHEAD) if name in row}  # the last is the tests'
        table.merge({**dict.fromkeys([column] if column else row, NOT_OURS), **kept, "addedLater": "x"})
        partitions.add(row["PartitionKey"])
    return partitions


def notes_of(bench: Bench) -> list[dict[str, Any]]:
    return [row for row in rows(bench.app.leases.table) if row["PartitionKey"] != "lease"]


@pytest.mark.parametrize("term", [TERM, "*"])
def test_cursors_toggles_throttles_and_caches_of_another_version_stop_nothing(
    new_small_estate: NewEstate, term: str
) -> None:
    estate = new_small_estate(SYNC_TERM=term)
    estate.sync()
    estate.app.reconcile.run()
    estate.app.pauses.note("purview", 0.1)
    statuses = {record.key: record.status for record in estate.records()}
    assert damage(estate.app.leases.table, notes_of(estate)) >= {"cursor", "toggle", "throttle", "type"}
    restarted = new_small_estate(SYNC_TERM=term)  # nothing is kept in its memory
    estate.clock.advance(60)

    restarted.sync()
    restarted.app.reconcile.run()

    assert restarted.last_run().outcome is RunOutcome.SUCCEEDED
    assert {record.key: record.status for record in restarted.records()} == statuses
    assert restarted.status()["counts"]["synced"] == len(statuses)
    assert restarted.app.health.answer().status == 200


def test_rows_that_cannot_be_read_are_shown_and_isolate_only_themselves(small_estate: Estate) -> None:
    app, first = small_estate.app, small_estate.sync()
    lost, kept = small_estate.record_of("Orders"), small_estate.record_of("Customers")
    app.data_sets.save(make_data_set())
    jobs = app.asset_jobs
    dead = make_dead_job("dead")
    jobs.table.transact([jobs.inserting(dead)])
    asset_row = {"PartitionKey": "assets", "RowKey": f"record:{lost.key}"}
    damage(app.assets.table, [asset_row], "status")
    damage(app.data_sets.table, rows(app.data_sets.table), "status")
    damage(jobs.table, [{"PartitionKey": "assets", "RowKey": "job:dead"}], "attempts")
    damage(app.runs.table, rows(app.runs.table), "outcome")

    answer = small_estate.status()

    assert [(one["kind"], one["key"]) for one in answer["unreadable"]] == [
        ("asset", lost.key),
        ("data set", make_data_set().data_set_id),
        ("dead letter", "dead"),
    ]
    assert all(NOT_OURS in one["reason"] for one in answer["unreadable"])
    assert [item["name"] for item in answer["assets"]["items"]] == [kept.name]
    assert [(run["runId"], run["outcome"]) for run in answer["runs"]] == [(first.run_id, "unreadable")]
    assert "3 rows of the state cannot be read" in app.dashboard.answer({}).body
    assert app.health.answer().status == 200


def test_an_asset_whose_record_cannot_be_read_stops_no_other(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    estate.sync()
    (lost,) = [record for record in estate.records() if record.name == "Orders"]
    damage(estate.app.assets.table, [{"PartitionKey": "assets", "RowKey": f"record:{lost.key}"}], "status")
    estate.act("tag", asset="Products", term=TERM)
    groups = len(estate.groups())

    for _ in range(3):
        estate.clock.advance(60)
        estate.sync()
        estate.app.reconcile.run()

    assert {record.name for record in estate.records()} == {"Customers", "Products"}
    assert len(estate.groups()) == groups + 1


def test_a_pause_of_another_version_does_not_keep_the_next_one_from_being_noted(small_estate: Estate) -> None:
    damage(small_estate.app.leases.table, [{"PartitionKey": "throttle", "RowKey": "purview"}], "until")
    small_estate.purview_fault(ASSIGNMENTS, status=429, headers={"Retry-After": "1"})
    small_estate.tick()
    (throttle,) = small_estate.status()["throttles"]
    assert throttle["service"] == "purview"


def test_what_another_version_keeps_in_a_record_outlives_all_work_on_it(small_estate: Estate) -> None:
    small_estate.tick()
    table = small_estate.app.assets.table
    for row in rows(table):
        table.merge({"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"], "addedLater": json.dumps([1])})

    small_estate.work()

    kept = [row for row in rows(table) if row["RowKey"].startswith("record:")]
    assert [(row["status"], row["addedLater"]) for row in kept] == [("synced", "[1]")] * 2


def test_a_snapshot_that_another_version_packed_stops_no_asset(bench: Bench) -> None:
    first = bench.add_asset()
    bench.deliver(first)
    look = bench.app.look_at_cluedin
    for _ in range(2):
        look.run(RunLog("r", datetime.now(UTC)))
    table = bench.app.snapshots.table
    for row in [row for row in rows(table) if row["RowKey"].startswith("bucket-")]:
        items = [[*item, 0, 0.0, "added later"] for item in json.loads(zlib.decompress(row["packed_00"]))]
        keys = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
        table.merge({**keys, "packed_00": zlib.compress(json.dumps(items).encode())})

    second = bench.add_asset("Other.csv")
    bench.deliver(second)
    look.run(RunLog("r", datetime.now(UTC)))

    assert bench.record(second).status is AssetStatus.SYNCED


@pytest.mark.parametrize("links", [["a=b"], ["v2 a b"], ["a "], ["a", 7], {}])
def test_links_of_another_version_are_learned_anew(new_small_estate: NewEstate, links: object) -> None:
    estate = new_small_estate(SYNC_TERM="Tag")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    estate.tick()
    table = estate.app.leases.table
    found = [row for row in rows(table) if row["PartitionKey"] == "term-links"]
    assert found
    for row in found:
        keys = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
        table.merge({**keys, "links": json.dumps(links)})

    restarted = new_small_estate(SYNC_TERM="Tag")
    restarted.clock.advance(660)
    run = restarted.tick()

    assert run.outcome is RunOutcome.SUCCEEDED
    assert len(restarted.records()) == len(ASSETS)
    assert not run.counts.get("missing")


def test_a_term_of_a_kind_that_this_version_does_not_know_is_looked_up_anew(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    estate.sync()
    table = estate.app.leases.table
    keywords = json.dumps({"criticalColumns/1": ["Sync to CluedIn@Glossary"]})
    table.merge({"PartitionKey": "cursor", "RowKey": "terms", "keywords": keywords})

    restarted = new_small_estate()
    restarted.clock.advance(60)

    assert restarted.tick().outcome is RunOutcome.SUCCEEDED
    assert {record.name for record in restarted.records()} == {"Orders", "Customers"}


@pytest.mark.parametrize("window", ["createTime 0..1", "createTime zero 1", "scanTime 0 1", "createTime 0 1 open", "x"])
def test_a_window_of_another_version_is_dropped(new_small_estate: NewEstate, window: str) -> None:
    estate = new_small_estate(SYNC_TERM="*")
    estate.tick()
    now, app = estate.clock.now(), estate.app
    deferred = Deferred(kind=Kind.WINDOW, id=window, since=now, looked_at=now, next_look_at=now)
    app.deferred.notes_of(Kind.WINDOW).save("x", deferred)
    cursor = app.cursors.load(AllCursor, "all")
    assert cursor is not None
    app.cursors.save("all", cursor.model_copy(update={"next_look_at": now}))
    estate.clock.advance(60)

    assert estate.tick().outcome is RunOutcome.SUCCEEDED


@pytest.mark.parametrize("since_ms", [-1, 10**18])
def test_a_cursor_of_another_age_is_as_good_as_none(new_small_estate: NewEstate, since_ms: int) -> None:
    estate = new_small_estate(SYNC_TERM="*")
    estate.tick()
    cursor = estate.app.cursors.load(AllCursor, "all")
    assert cursor is not None
    estate.app.cursors.save("all", cursor.model_copy(update={"since_ms": since_ms}))
    estate.clock.advance(60)

    assert estate.tick().outcome is RunOutcome.SUCCEEDED


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "9999-12-31T00:00:00Z"])
def test_moments_that_nobody_can_reckon_with_stop_nothing(new_small_estate: NewEstate, moment: str) -> None:
    estate = new_small_estate()
    estate.sync()
    estate.app.reconcile.run()
    for row in [row for row in rows(estate.app.leases.table) if row["PartitionKey"] != "lease"]:
        keys = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
        moments = {name: moment for name, value in row.items() if name.endswith(("_at", "since")) and value}
        estate.app.leases.table.merge({**keys, **moments})
    (lost,) = [record for record in estate.records() if record.name == "Orders"]
    table = estate.app.assets.table
    table.merge({"PartitionKey": "assets", "RowKey": f"record:{lost.key}", "refreshed_at": moment, "synced_at": moment})

    restarted = new_small_estate()
    for _ in range(2):
        restarted.clock.advance(660)
        restarted.sync()
        restarted.app.reconcile.run()

    assert {record.name for record in restarted.records()} == {"Customers"}
    assert restarted.app.health.answer().status == 200


def test_a_reading_whose_part_cannot_be_read_begins_anew_and_nobody_is_missing(bench: Bench) -> None:
    key = bench.add_asset()
    bench.deliver(key)
    for number in range(30):
        bench.add_foreign_group(f"group {number}")
    bench.cluedin.patch_switches({"page_limit": 10})
    read = bench.app.look_at_cluedin.read
    assert read.read("r", timedelta(0)) is None
    table = bench.app.snapshots.table
    parts = [row for row in rows(table) if row["RowKey"].startswith("part-")]
    assert parts
    for row in parts:
        table.merge({"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"], "packed_00": b"of a newer app"})

    snapshot = read.read("r", timedelta(minutes=1))

    assert snapshot is not None
    assert len(snapshot.groups) == 31

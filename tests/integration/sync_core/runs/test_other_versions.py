"""The app on tables in which another version has written: after a rollback, or while two versions are at work."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from local.stack import TERM
from sync_core.runs.run import RunOutcome
from sync_core.storage.table import Table
from tests.integration.sync_core.bench import Bench
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.estate import ASSIGNMENTS, Estate
from tests.unit.sync_core.builders import make_data_set, make_dead_job

NOT_OURS = "of a newer app"


def rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows("PartitionKey ne @none", {"none": "-"})]


def damage(table: Table, found: Iterable[dict[str, Any]], column: str = "") -> set[str]:
    """Let rows say in each column, or in one, what this version does not understand; return their partitions."""
    partitions = set()
    for row in found:
        keys = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
        table.merge({**dict.fromkeys([column] if column else row, NOT_OURS), **keys, "addedLater": "x"})
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

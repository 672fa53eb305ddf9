"""A row of ours that cannot be read: another asset of the same name still gets its group, and nothing is shared."""

from datetime import UTC, datetime

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.runs.run_log import RunLog
from sync_core.storage.table import Table
from tests.kit.bench import Bench

NAME = "Account.csv"
FIRST = f"https://lake.example/a/{NAME}"
SECOND = f"https://lake.example/b/{NAME}"
NOT_OURS = "of a newer app"


def lose(table: Table, partition: str, prefix: str) -> int:
    """Let rows say nothing that this version understands; return how many."""
    rows = [dict(row) for row in table.rows("PartitionKey eq @partition", {"partition": partition})]
    lost = [row for row in rows if row["RowKey"].startswith(prefix)]
    for row in lost:
        table.delete(partition, row["RowKey"])
        table.merge({"PartitionKey": partition, "RowKey": row["RowKey"], "addedLater": "x"})
    return len(lost)


def add(bench: Bench, qualified_name: str = FIRST, **more: str) -> str:
    """Record a file and give it its group."""
    key = bench.add_asset(NAME, qualified_name, **more)
    bench.deliver(key)
    return key


def sources(bench: Bench) -> list[str]:
    """The names of all sources; each group must have one."""
    assert all(len(names) == 1 for _, names in bench.groups()), bench.groups()
    return sorted(name for _, names in bench.groups() for name in names)


@pytest.mark.parametrize("column", ["status", "refreshed_at", "group_origin", ""])
def test_an_unreadable_record_keeps_no_namesake_from_its_group(bench: Bench, column: str) -> None:
    first = add(bench)
    table = bench.app.assets.table
    if column:
        table.merge({"PartitionKey": "assets", "RowKey": f"record:{first}", column: NOT_OURS})
    else:
        assert lose(table, "assets", f"record:{first}")

    second = add(bench, SECOND)

    assert bench.record(second).status is AssetStatus.SYNCED
    assert sources(bench) == [FIRST, SECOND]


@pytest.mark.parametrize("kinds", [["name:"], ["own:"], ["made:"], ["name:", "own:", "made:"]])
def test_an_unreadable_row_of_an_owner_keeps_no_namesake_from_its_group(bench: Bench, kinds: list[str]) -> None:
    add(bench)
    assert all(lose(bench.app.groups.table, "assets", kind) for kind in kinds)

    second = add(bench, SECOND)

    assert bench.record(second).status is AssetStatus.SYNCED
    assert sources(bench) == [FIRST, SECOND]


@pytest.mark.parametrize("kind", ["name:", "own:", "made:", ""])
def test_an_asset_whose_record_is_lost_finds_its_group_by_what_can_be_read(bench: Bench, kind: str) -> None:
    first = add(bench)
    lose(bench.app.groups.table, "assets", kind)
    bench.app.assets.forget(first)

    add(bench)

    assert bench.record(first).status is AssetStatus.SYNCED
    assert sources(bench) == [FIRST] * (1 if kind else 2)  # nothing tells whose it is: it is nobody's to take


def test_a_half_made_group_whose_owners_row_cannot_be_read_is_the_recorded_assets(bench: Bench) -> None:
    bench.cluedin_fault("inbound.createDataSource$", status=503)
    first = add(bench)
    lose(bench.app.groups.table, "assets", "own:")
    bench.settle(first)

    bench.deliver(first)

    assert bench.record(first).status is AssetStatus.SYNCED
    assert bench.groups() == [(NAME, [FIRST])]


def test_a_half_made_group_whose_owners_row_cannot_be_read_is_not_anothers(bench: Bench) -> None:
    bench.cluedin_fault("inbound.createDataSource$", status=503, times=None)
    first = add(bench)
    lose(bench.app.groups.table, "assets", "own:")
    bench.cluedin.faults.clear()

    second = add(bench, SECOND)
    bench.settle(first)
    bench.deliver(first)

    assert bench.record(first).group_id != bench.record(second).group_id
    assert sources(bench) == [FIRST, SECOND]


@pytest.mark.parametrize("lost", ["record", "own:", ""])
def test_an_unreadable_twin_shares_nothing(bench: Bench, lost: str) -> None:
    first = add(bench, type_name="azure_sql_table")
    bench.app.look_at_cluedin.run(RunLog("r", datetime.now(UTC)))  # from now on the group is known by its source
    if lost == "record":
        lose(bench.app.assets.table, "assets", f"record:{first}")
    else:
        lose(bench.app.groups.table, "assets", lost)

    second = add(bench, type_name="azure_sql_view")

    assert bench.record(second).status is AssetStatus.SYNCED
    assert sources(bench) == [FIRST, FIRST]


def test_an_owner_that_changes_keeps_what_another_version_noted(bench: Bench) -> None:
    groups = bench.app.groups
    groups.claim_group("3", "asset-1")
    groups.table.merge({"PartitionKey": "assets", "RowKey": "own:3", "addedLater": "x"})

    assert groups.change_owner("3", "asset-1", "asset-2")

    found = groups.table.get("assets", "own:3")
    assert found is not None
    assert (found.values["asset_key"], found.values["addedLater"]) == ("asset-2", "x")
    assert not groups.change_owner("3", "asset-1", "asset-3")

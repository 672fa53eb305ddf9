"""The asset records: no worker's change is lost, and none is brought back."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sync_core.domain.asset import AssetRecord, AssetStatus, Origin, rejected_key
from sync_core.domain.ledger import request_ledger
from sync_core.errors import ConflictError, StateError
from sync_core.mapping.discovery_plan import LONGEST_TEXT
from sync_core.state.asset_rows import Todo
from sync_core.state.assets import TRIES, AssetStore
from sync_core.state.table import Table
from tests.unit.sync_core.builders import NOW, make_record, make_synced_record


@pytest.fixture
def assets(table: Table) -> AssetStore:
    return AssetStore(table)


def record_of(assets: AssetStore, record: AssetRecord) -> AssetRecord:
    stored = assets.load(record.key)
    assert stored is not None
    return stored.record


def todos(assets: AssetStore) -> list[str]:
    return [stored.todo.key for stored in assets.due(NOW + timedelta(days=1000))]


def test_a_new_asset_is_recorded_with_its_work_in_one_step(assets: AssetStore) -> None:
    record = make_record("Konto 'Ä' 👩‍🔬.csv", synced_requests={"cluedin": 3})
    (added,) = assets.add([record], NOW)
    assert record_of(assets, record) == record
    assert (added.todo.key, added.todo.run_id, added.todo.due_at) == (record.key, "run-1", NOW)
    assert todos(assets) == [record.key]


def test_an_asset_that_nobody_recorded_is_none(assets: AssetStore) -> None:
    assert assets.load("unknown") is None


def test_records_beyond_one_transaction_are_all_added(assets: AssetStore) -> None:
    records = [make_record(f"{number:03}.csv") for number in range(51)]
    assert len(assets.add(records, NOW)) == 51
    assert assets.counts() == Counter(queued=51)
    assert len(todos(assets)) == 51


def test_records_with_the_longest_names_that_purview_takes_are_all_added(assets: AssetStore) -> None:
    long = "👩" * LONGEST_TEXT
    records = [
        make_record(f"{number}").model_copy(update={"name": long, "qualified_name": long, "display_text": long})
        for number in range(50)
    ]
    assert len(assets.add(records, NOW)) == 50
    assert record_of(assets, records[-1]).name == long


def test_a_record_that_another_discovery_added_meanwhile_is_left_as_it_is(assets: AssetStore) -> None:
    theirs = make_record("b.csv", queued_run_id="theirs", attempts=7)
    assets.add([theirs], NOW)
    ours = [make_record(name, queued_run_id="ours") for name in ("a.csv", "b.csv", "c.csv")]
    added = assets.add(ours, NOW)
    assert [stored.todo.key for stored in added] == [ours[0].key, ours[2].key]
    assert record_of(assets, theirs) == theirs
    assert sorted(todos(assets)) == sorted(record.key for record in ours)


def test_two_discoveries_at_once_add_each_asset_once(assets: AssetStore) -> None:
    assets.add([make_record("first.csv")], NOW)
    records = [make_record(f"{number}.csv") for number in range(10)]
    with ThreadPoolExecutor(4) as pool:
        added = [stored.todo.key for many in pool.map(lambda _: assets.add(records, NOW), range(4)) for stored in many]
    assert sorted(added) == sorted(record.key for record in records)


def test_a_change_is_made_on_top_of_what_another_worker_wrote_meanwhile(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    tries: list[int] = []

    def change(before: AssetRecord) -> AssetRecord:
        tries.append(before.attempts)
        if len(tries) == 1:
            assets.change(record.key, lambda other: other.model_copy(update={"group_id": "3", "attempts": 5}))
        return before.model_copy(update={"attempts": before.attempts + 1})

    changed = assets.change(record.key, change)
    assert tries == [0, 5]
    assert (changed.group_id, changed.attempts) == ("3", 6)
    assert record_of(assets, record) == changed


def test_a_change_that_others_outrun_each_time_says_so(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    tries: list[int] = []

    def outrun(before: AssetRecord) -> AssetRecord:
        tries.append(1)
        assets.table.merge({"PartitionKey": "assets", "RowKey": f"record:{record.key}", **_columns(before, len(tries))})
        return before

    with pytest.raises(ConflictError, match=record.key):
        assets.change(record.key, outrun)
    assert len(tries) == TRIES


def _columns(record: AssetRecord, attempts: int) -> dict[str, object]:
    fields = record.model_copy(update={"attempts": attempts}).model_dump(mode="json", exclude_none=True)
    return {**fields, "synced_requests": "{}"}


def test_changing_an_asset_that_nobody_recorded_says_what_happens_next(assets: AssetStore) -> None:
    with pytest.raises(StateError, match="the next discovery will make one"):
        assets.change("unknown", lambda record: record)


def test_closing_an_asset_ends_its_work_in_the_same_step(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    closed = assets.close(record.key, lambda _: make_synced_record(group_origin=Origin.CREATED), announce=True)
    assert closed.status is AssetStatus.SYNCED
    assert (todos(assets), assets.has_todo(), assets.is_outstanding(record.key)) == ([], False, False)
    assert [(news.key, news.name, news.origin) for news in assets.news()] == [
        (record.key, "Account.csv", Origin.CREATED)
    ]


def test_closing_ends_the_work_even_if_the_record_changed_meanwhile(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    seen: list[str] = []

    def close(before: AssetRecord) -> AssetRecord:
        seen.append(before.display_text)
        if len(seen) == 1:
            assets.change(record.key, lambda other: other.model_copy(update={"display_text": "renamed"}))
        return before.model_copy(update={"status": AssetStatus.SYNCED})

    closed = assets.close(record.key, close, announce=False)
    assert (closed.status, closed.display_text) == (AssetStatus.SYNCED, "renamed")
    assert (todos(assets), assets.news()) == ([], [])


def test_closing_twice_is_as_good_as_once(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    for _ in range(2):
        assets.close(record.key, lambda _: make_synced_record(), announce=True)
    assert record_of(assets, record).status is AssetStatus.SYNCED
    assert len(assets.news()) == 1


def test_an_asset_can_be_made_outstanding_again(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    assets.close(record.key, lambda before: before.model_copy(update={"status": AssetStatus.FAILED}), announce=False)
    todo = Todo(key=record.key, run_id="run-2", due_at=NOW)
    assets.ask_again(record.key, lambda before: before.model_copy(update={"status": AssetStatus.QUEUED}), todo)
    assert record_of(assets, record).status is AssetStatus.QUEUED
    assert todos(assets) == [record.key]


def test_known_records_are_loaded_by_key_and_unknown_ones_left_out(assets: AssetStore) -> None:
    records = [make_record(f"{number}.csv") for number in range(20)]
    assets.add(records, NOW)
    found = assets.load_many([record.key for record in records] + ["unknown"])
    assert {key: stored.record for key, stored in found.items()} == {record.key: record for record in records}
    assert assets.load_many([]) == {}


def test_reads_in_threads_count_for_the_run_that_asks(assets: AssetStore) -> None:
    assets.add([make_record("a.csv")], NOW)
    with request_ledger() as counts:
        assets.load_many(["1", "2", "3"])
    assert counts == Counter(storage=3)


def test_records_are_counted_by_status(assets: AssetStore) -> None:
    assets.add([make_record(f"{number}.csv") for number in range(3)], NOW)
    assets.change(make_record("0.csv").key, lambda before: before.model_copy(update={"status": AssetStatus.SYNCED}))
    assets.add_rejected(make_record("bad", status=AssetStatus.REJECTED))
    assert assets.counts() == Counter(queued=2, synced=1, rejected=1)


def test_records_are_listed_in_pieces_without_a_gap(assets: AssetStore) -> None:
    records = [make_record(f"{number}.csv") for number in range(5)]
    assets.add(records, NOW)
    keys = sorted(record.key for record in records)
    assert [record.key for record in assets.all()] == keys
    assert [record.key for record in assets.after("")] == keys
    assert [record.key for record in assets.after(keys[1])] == keys[2:]
    assert list(assets.after(keys[4])) == []


def test_assets_without_a_qualified_name_are_known_apart(assets: AssetStore) -> None:
    key = rejected_key("guid-1")
    assets.add([make_record()], NOW)
    assets.add_rejected(make_record(key=key, status=AssetStatus.REJECTED))
    assert assets.rejected_keys() == {key}
    assets.forget(key)
    assert assets.rejected_keys() == set()

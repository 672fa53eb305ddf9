"""The asset records: no worker's change is lost, and none is brought back."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.discovery.plan import LONGEST_TEXT
from sync_core.errors import ConflictError, StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import Job
from sync_core.ledger import request_ledger
from sync_core.purview.asset import rejected_key
from sync_core.storage.table import Table
from sync_core.storage.tries import TRIES
from tests.unit.sync_core.builders import NOW, make_asset_store, make_record, make_synced_record


@pytest.fixture
def assets(table: Table) -> AssetStore:
    return make_asset_store(table)


def record_of(assets: AssetStore, record: AssetRecord) -> AssetRecord:
    stored = assets.load(record.key)
    assert stored is not None
    return stored.record


def outstanding(assets: AssetStore) -> list[str]:
    return [stored.job.key for stored in assets.jobs.due(NOW + timedelta(days=1000))]


def test_a_new_asset_is_recorded_with_its_work_in_one_step(assets: AssetStore) -> None:
    record = make_record("Konto 'Ä' 👩‍🔬.csv", synced_requests={"cluedin": 3})
    (added,) = assets.add([record], NOW)
    assert record_of(assets, record) == record
    stored = assets.jobs.load(record.key)
    assert stored is not None
    assert (stored.job.run_id, stored.job.asked_at, stored.job.sends) == ("run-1", NOW, 1)
    assert (added.key, added.send, Job.model_validate(added.job)) == (record.key, 1, stored.job)
    assert AssetRecord.model_validate(added.about) == record
    assert (added.job_etag, added.about_etag) == (stored.etag, assets.existing(record.key).etag)
    assert outstanding(assets) == [record.key]


def test_an_asset_that_nobody_recorded_is_none(assets: AssetStore) -> None:
    assert assets.load("unknown") is None


def test_records_beyond_one_transaction_are_all_added(assets: AssetStore) -> None:
    records = [make_record(f"{number:03}.csv") for number in range(51)]
    assert len(assets.add(records, NOW)) == 51
    assert assets.counts() == Counter(queued=51)
    assert len(outstanding(assets)) == 51


def test_records_with_the_longest_names_that_purview_takes_are_all_added(assets: AssetStore) -> None:
    long = "👩" * LONGEST_TEXT
    records = [
        make_record(f"{number}").model_copy(update={"name": long, "qualified_name": long, "display_text": long})
        for number in range(50)
    ]
    assert len(assets.add(records, NOW)) == 50
    assert record_of(assets, records[-1]).name == long


def test_a_record_that_another_discovery_added_meanwhile_is_left_as_it_is(assets: AssetStore) -> None:
    theirs = make_record("b.csv", queued_run_id="theirs", absent=7)
    assets.add([theirs], NOW)
    ours = [make_record(name, queued_run_id="ours") for name in ("a.csv", "b.csv", "c.csv")]
    added = assets.add(ours, NOW)
    assert [job.key for job in added] == [ours[0].key, ours[2].key]
    assert record_of(assets, theirs) == theirs
    assert sorted(outstanding(assets)) == sorted(record.key for record in ours)


def test_two_discoveries_at_once_add_each_asset_once(assets: AssetStore) -> None:
    assets.add([make_record("first.csv")], NOW)
    records = [make_record(f"{number}.csv") for number in range(10)]
    with ThreadPoolExecutor(4) as pool:
        added = [job.key for many in pool.map(lambda _: assets.add(records, NOW), range(4)) for job in many]
    assert sorted(added) == sorted(record.key for record in records)


def test_a_change_is_made_on_top_of_what_another_worker_wrote_meanwhile(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    tries: list[int] = []

    def change(before: AssetRecord) -> AssetRecord:
        tries.append(before.absent)
        if len(tries) == 1:
            assets.change(record.key, lambda other: other.model_copy(update={"group_id": "3", "absent": 5}))
        return before.model_copy(update={"absent": before.absent + 1})

    changed = assets.change(record.key, change)
    assert tries == [0, 5]
    assert (changed.group_id, changed.absent) == ("3", 6)
    assert record_of(assets, record) == changed


def test_a_change_that_others_outrun_each_time_says_so(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    tries: list[int] = []

    def outrun(before: AssetRecord) -> AssetRecord:
        tries.append(1)
        assets.table.merge({"PartitionKey": "assets", "RowKey": f"record:{record.key}", "absent": len(tries)})
        return before

    with pytest.raises(ConflictError, match=record.key):
        assets.change(record.key, outrun)
    assert len(tries) == TRIES


def test_changing_an_asset_that_nobody_recorded_says_what_happens_next(assets: AssetStore) -> None:
    with pytest.raises(StateError, match="the next discovery will make one"):
        assets.change("unknown", lambda record: record)


def claim(assets: AssetStore, record: AssetRecord) -> Claim:
    stored = assets.jobs.load(record.key)
    assert stored is not None
    return assets.jobs.claim(stored, stored.job, "run-2", None)


def test_finishing_an_asset_ends_its_work_in_the_same_step(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    synced = make_synced_record(group_origin=Origin.CREATED)
    finished = assets.finish(assets.existing(record.key), lambda _: synced, claim(assets, record), announce=True)
    assert finished.status is AssetStatus.SYNCED
    assert (outstanding(assets), assets.jobs.has_pending(), assets.jobs.load(record.key)) == ([], False, None)
    assert [(news.key, news.name, news.origin) for news in assets.news()] == [
        (record.key, "Account.csv", Origin.CREATED)
    ]


def test_finishing_ends_the_work_even_if_the_record_changed_meanwhile(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    seen: list[str] = []

    def finish(before: AssetRecord) -> AssetRecord:
        seen.append(before.display_text)
        if len(seen) == 1:
            assets.change(record.key, lambda other: other.model_copy(update={"display_text": "renamed"}))
        return before.model_copy(update={"status": AssetStatus.SYNCED})

    finished = assets.finish(assets.existing(record.key), finish, claim(assets, record), announce=False)
    assert (finished.status, finished.display_text) == (AssetStatus.SYNCED, "renamed")
    assert (outstanding(assets), assets.news()) == ([], [])


def test_whoever_lost_the_claim_finishes_nothing(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    lost = claim(assets, record)
    assets.jobs.drop(record.key)
    with pytest.raises(ConflictError):
        assets.finish(assets.existing(record.key), lambda _: make_synced_record(), lost, announce=True)
    assert record_of(assets, record).status is AssetStatus.QUEUED
    assert assets.news() == []


@pytest.mark.parametrize("status", [AssetStatus.QUEUED, AssetStatus.FAILED])
def test_closing_an_asset_drops_its_job_in_the_same_step_and_twice_is_as_good_as_once(
    assets: AssetStore, status: AssetStatus
) -> None:
    record = make_record()
    assets.add([record], NOW)
    assets.change(record.key, lambda before: before.model_copy(update={"status": status}))
    for _ in range(2):
        assets.close(record.key, lambda before: before.model_copy(update={"status": AssetStatus.RETIRED}))
    assert record_of(assets, record).status is AssetStatus.RETIRED
    assert assets.jobs.load(record.key) is None


def test_an_asset_can_be_made_outstanding_again(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    assets.finish(assets.existing(record.key), lambda _: make_synced_record(), claim(assets, record), announce=False)
    job = assets.ask_again(record.key, lambda before: before.queued_again(NOW, "run-3"), "run-3", NOW)
    assert job is not None
    assert (job.run_id, job.sends) == ("run-3", 1)
    assert record_of(assets, record).status is AssetStatus.QUEUED
    assert outstanding(assets) == [record.key]


def test_work_that_is_given_up_and_replayed_changes_its_record_with_it(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    assets.table.transact(assets.failing(record.key, "no", announce=True))
    assert record_of(assets, record).status is AssetStatus.FAILED
    assert [(news.status, news.reason) for news in assets.news()] == [(AssetStatus.FAILED, "no")]
    assets.table.transact(assets.requeuing(record.key))
    assert record_of(assets, record).status is AssetStatus.QUEUED


def test_where_no_record_is_nothing_changes_beside_a_job(assets: AssetStore) -> None:
    assert assets.failing("unknown", "no", announce=True) == assets.requeuing("unknown") == []


def test_news_are_taken_once(assets: AssetStore) -> None:
    record = make_record()
    assets.add([record], NOW)
    assets.finish(assets.existing(record.key), lambda _: make_synced_record(), claim(assets, record), announce=True)
    news = assets.news()
    assets.forget_news(news)
    assert assets.news() == []
    with pytest.raises(ConflictError):
        assets.forget_news(news)


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

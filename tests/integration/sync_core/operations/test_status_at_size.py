"""What `status` costs does not grow with the estate: counts are kept with their time, searches stop in time."""

from datetime import timedelta

import pytest

from sync_core.assets import count_assets
from sync_core.assets.record import AssetStatus
from sync_core.chunks import chunks
from sync_core.ledger import request_ledger
from sync_core.lineage.data_set_jobs import PARTITION, new_job
from sync_core.lineage.record import DataSetStatus
from sync_core.runs.run_log import RunLog
from sync_core.storage.rows import whole_row
from sync_core.storage.table import OPERATIONS_A_TRANSACTION, merge
from tests.integration.sync_core.operations.test_status import all_pages
from tests.integration.sync_core.seeded import seed_synced
from tests.kit.estate import Estate
from tests.kit.in_memory import storage  # noqa: F401
from tests.unit.sync_core.builders import make_data_set

pytestmark = pytest.mark.faults

SMALL, LARGE = 50, 2500
MOST_OPERATIONS = 20


def operations(estate: Estate, **query: str) -> int:
    with request_ledger() as requests:
        estate.status(**query)
    return requests["storage"]


def count(estate: Estate) -> None:
    estate.app.count_assets.run(RunLog("run", estate.clock.now()))


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_status_takes_few_storage_operations_at_any_size(small_estate: Estate, size: int) -> None:
    small_estate.tick()
    seed_synced(small_estate, size)
    assert operations(small_estate, search="no such") <= MOST_OPERATIONS  # also before anybody has counted them
    count(small_estate)
    last = max(record.key for record in small_estate.records())

    for query in ({}, {"pageSize": "1000"}, {"search": "no such"}, {"state": "queued"}, {"state": "failed"}):
        assert operations(small_estate, **query) <= MOST_OPERATIONS
    assert operations(small_estate, after=last) <= MOST_OPERATIONS


def test_a_search_that_finds_work_among_many_data_sets_takes_no_more(small_estate: Estate) -> None:
    small_estate.tick()
    seed_synced(small_estate, LARGE)
    store, now = small_estate.app.data_sets, small_estate.clock.now()
    many = [make_data_set(f"other {number}", data_set_id=f"{number:04}") for number in range(LARGE // 2)]
    sought = make_data_set("Orders of May", data_set_id="a", status=DataSetStatus.QUEUED)
    for part in chunks([*many, sought], OPERATIONS_A_TRANSACTION):
        store.table.transact([merge(whole_row(PARTITION, f"dataset:{one.data_set_id}", one)) for one in part])
    store.jobs.ask(new_job(sought.data_set_id, now), now)
    count(small_estate)

    answer = small_estate.status(search="Orders")
    assert [one["name"] for one in answer["dataSets"]["items"]] == ["Orders of May"]
    assert [one["status"] for one in answer["assets"]["items"]] == ["queued"]
    assert operations(small_estate, search="Orders") <= MOST_OPERATIONS


def test_counts_of_many_assets_are_those_of_the_last_reconciliation_and_say_so(small_estate: Estate) -> None:
    seed_synced(small_estate, LARGE)
    assert small_estate.status()["countedAt"] is None

    small_estate.app.reconcile.run()
    small_estate.clock.advance(60)
    first = small_estate.records()[0]
    small_estate.app.assets.change(first.key, lambda one: one.model_copy(update={"status": AssetStatus.FAILED}))
    before = small_estate.status()
    small_estate.app.reconcile.run()
    after = small_estate.status()

    assert before["counts"] == {"queued": 0, "synced": LARGE, "rejected": 0, "failed": 0, "retired": 0}
    assert before["countedAt"] < after["countedAt"]
    assert (after["counts"]["synced"], after["counts"]["failed"]) == (LARGE - 1, 1)


def test_a_count_that_takes_too_long_goes_on_in_the_next_run(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_synced(small_estate, LARGE)
    monkeypatch.setattr(count_assets, "COUNT_TIME", timedelta(0))

    for _ in range(LARGE // 1000):
        count(small_estate)
        assert small_estate.status()["countedAt"] is None
    for _ in range(2):
        count(small_estate)

    assert small_estate.status()["counts"]["synced"] == LARGE


def test_counts_of_few_assets_are_those_of_now(small_estate: Estate) -> None:
    count(small_estate)
    small_estate.tick()
    answer = small_estate.status()
    assert (answer["counts"]["queued"], answer["countedAt"]) == (2, answer["generatedAt"])


def test_a_search_stops_in_time_and_goes_on_with_next(small_estate: Estate) -> None:
    seed_synced(small_estate, LARGE)
    (last,) = [record.name for record in small_estate.records()[-1:]]

    pages = all_pages(small_estate, search=last)

    assert pages == [[], [last]]

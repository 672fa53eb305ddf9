"""The page beside 10,000 assets: sorted by what matters, from a list that `reconcile` keeps, in few operations."""

from datetime import timedelta

import pytest

from sync_core.assets import list_assets
from sync_core.assets.asset_rows import row_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.ledger import request_ledger
from sync_core.runs.run_log import RunLog
from sync_core.storage.table import OPERATIONS_A_TRANSACTION, insert
from tests.integration.sync_core.operations.dashboard.test_dashboard import assets, show
from tests.kit.estate import Estate
from tests.kit.in_memory import storage  # noqa: F401
from tests.unit.sync_core.builders import make_data_set, make_dead_job, make_record, make_synced_record

pytestmark = pytest.mark.faults

LARGE = 10_000
MOST_OPERATIONS = 20
VIEWS: tuple[dict[str, str], ...] = (
    {},
    {"pageSize": "100", "after": "4-0"},
    {"state": "failed"},
    {"state": "queued"},
    {"search": "no such"},
    {"type": "azure_datalake_gen2_path", "collection": "abc123", "term": "t"},
)


def seed(estate: Estate, records: list[AssetRecord]) -> None:
    """Write records straight into the state, as of syncs that took hours."""
    estate.app.assets.has_sweep()
    for chunk in chunks(records, OPERATIONS_A_TRANSACTION):
        estate.app.assets.table.transact([insert(row_of("record", record)) for record in chunk])


def keep_list(estate: Estate) -> None:
    log = RunLog("run", estate.clock.now())
    estate.app.count_assets.run(log)
    estate.app.list_assets.run(log)


def test_a_view_beside_10_000_assets_takes_few_operations_and_shows_first_what_matters(small_estate: Estate) -> None:
    synced = [make_synced_record(f"asset {number:05}", terms=["t"]) for number in range(LARGE - 4)]
    failed = make_record("z failed", status=AssetStatus.FAILED)
    others = [make_record("y queued"), make_record("x rejected", status=AssetStatus.REJECTED, reason="No name.")]
    missing = make_synced_record("w missing", absent=1)
    seed(small_estate, [*synced, failed, *others, missing])
    jobs = small_estate.app.asset_jobs
    jobs.table.transact([jobs.inserting(make_dead_job(failed.key))])
    for number in range(30):
        small_estate.app.data_sets.save(make_data_set(data_set_id=f"d{number:02}", asset_key=synced[number].key))
    small_estate.app.discover_assets.run()
    keep_list(small_estate)

    for query in (*VIEWS, {"asset": failed.key}, {"asset": synced[0].key}):
        with request_ledger() as requests:
            show(small_estate, **query)
        assert requests["storage"] <= MOST_OPERATIONS, query
    names = [text.split(" http")[0].split(" Purview")[0] for text in assets(show(small_estate))]
    waiting = ["Customers", "Orders", "y queued"]
    assert names[:7] == ["x rejected", "z failed", *waiting, "w missing", "asset 00000"]


def test_a_list_that_takes_too_long_goes_on_in_the_next_run(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(small_estate, [make_synced_record(f"asset {number:04}") for number in range(2500)])
    assert "these are the first ones read, not all" in show(small_estate).text

    monkeypatch.setattr(list_assets, "LIST_TIME", timedelta(0))
    keep_list(small_estate)
    assert "these are the first ones read, not all" in show(small_estate).text
    monkeypatch.undo()
    keep_list(small_estate)

    assert "Assets 1 to 25 of 2,500, what needs a person first" in show(small_estate).text
    assert assets(show(small_estate, search="asset 2499"))[0].startswith("asset 2499")


def test_a_list_of_many_assets_goes_when_they_are_few_again(small_estate: Estate) -> None:
    records = [make_synced_record(f"asset {number:04}") for number in range(2100)]
    seed(small_estate, records)
    keep_list(small_estate)
    table = small_estate.app.assets.table
    table.delete_each("assets", [f"record:{record.key}" for record in records[100:]], lambda: True)
    keep_list(small_estate)
    assert "Assets 1 to 25 of 100, what needs a person first" in show(small_estate).text

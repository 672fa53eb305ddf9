"""With `*`, only differences are compared with the records, and nothing is hidden by that."""

from datetime import timedelta

import pytest

from sync_core.assets.asset_rows import PARTITION
from sync_core.assets.record import AssetStatus
from sync_core.discovery import compared_changes, recorded_assets
from sync_core.discovery.all_cursor import AllCursor
from sync_core.discovery.discover_all import SLIDE_AFTER, SWEEP_EVERY
from sync_core.errors import ConflictError
from tests.kit.estate import Estate

NAMES = [f"{letter}.csv" for letter in "abcdefgh"]


@pytest.fixture
def swept(catalog: Estate) -> Estate:
    """A catalog that is synced, long after what was made."""
    for name in NAMES:
        catalog.act("add_asset", name=name, collection="Sales")
    catalog.sync()
    catalog.clock.advance(2 * SLIDE_AFTER.total_seconds())
    catalog.tick()
    return catalog


def sweep(estate: Estate) -> None:
    estate.clock.advance(SWEEP_EVERY.total_seconds())
    estate.sync()


def retire(estate: Estate, name: str) -> None:
    update = {"status": AssetStatus.RETIRED, "retired_at": estate.clock.now()}
    estate.app.assets.close(estate.record_of(name).key, lambda one: one.model_copy(update=update))


def test_who_was_retired_and_is_shown_again_is_back_with_the_next_sweep(swept: Estate) -> None:
    sweep(swept)
    retire(swept, "a.csv")
    sweep(swept)
    assert swept.record_of("a.csv").status is AssetStatus.SYNCED


def test_a_sweep_compares_with_what_is_recorded_as_it_begins(swept: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """In many notes, of which another sweep writes others."""
    monkeypatch.setattr(recorded_assets, "ASSETS_A_NOTE", 1)
    sweep(swept)
    monkeypatch.setattr(recorded_assets, "ASSETS_A_NOTE", 4000)
    retire(swept, "a.csv")
    sweep(swept)
    assert swept.record_of("a.csv").status is AssetStatus.SYNCED
    assert len(list(swept.app.discover_all.recorded.notes.all(recorded_assets.RecordedPart))) == 1


def test_a_record_that_was_lost_is_made_again_once_the_index_is_mended(swept: Estate) -> None:
    key = swept.record_of("a.csv").key
    swept.app.assets.table.delete(PARTITION, f"record:{key}")
    swept.app.reconcile.run()
    sweep(swept)
    assert swept.record_of("a.csv").status is AssetStatus.SYNCED
    assert len(swept.groups()) == len(NAMES)


def test_what_the_index_lacks_is_written_by_the_sweep_and_known_to_the_next(swept: Estate) -> None:
    table = swept.app.assets.table
    query = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
    for row in list(table.rows(query, {"partition": PARTITION, "first": "guid:", "last": "guid;"})):
        table.delete(PARTITION, row["RowKey"])
    sweep(swept)
    assert swept.last_run().counts["unchanged"] == 0
    sweep(swept)
    assert swept.last_run().counts["unchanged"] == len(NAMES)


def test_a_reason_goes_once_the_asset_is_as_it_was(swept: Estate) -> None:
    asset = swept.purview.catalog.get_active(swept.record_of("a.csv").guid)
    named = dict(asset.attributes)
    swept.purview.catalog.set_attributes(asset, {**named, "name": ""})
    swept.purview.submit_changes()
    sweep(swept)
    assert "Purview has no name" in swept.record_of("a.csv").reason
    swept.purview.catalog.set_attributes(asset, named)
    swept.purview.submit_changes()
    sweep(swept)
    assert swept.record_of("a.csv").reason == ""


def test_reading_what_is_recorded_goes_on_in_the_next_run(swept: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded_assets, "ASSETS_A_NOTE", 1)
    monkeypatch.setattr("sync_core.discovery.discover_all.SWEEP_TIME", timedelta(0))
    swept.clock.advance(SWEEP_EVERY.total_seconds())
    for _ in range(3):
        swept.tick()
    cursor = swept.app.cursors.load(AllCursor, "all")
    assert cursor is not None
    assert 0 < cursor.parts_read < 256
    assert cursor.windows
    monkeypatch.undo()
    run = swept.tick()
    assert run.counts["unchanged"] == len(NAMES)
    assert "The sweep of the whole catalog is done; 8 entities." in run.notes


def rename(estate: Estate, name: str, new_name: str) -> None:
    estate.clock.advance(60)
    estate.act("rename", asset=name, name=new_name)
    estate.tick()


def test_a_name_that_comes_back_within_the_hour_is_taken_each_time(swept: Estate) -> None:
    for before, after in [("a.csv", "z.csv"), ("z.csv", "a.csv"), ("a.csv", "z.csv")]:
        rename(swept, before, after)
        assert swept.last_run().counts["changed"] == 1


def test_a_change_that_another_worker_kept_from_being_written_is_compared_again(
    swept: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("sync_core.storage.table.Table.transact", conflict)
        rename(swept, "a.csv", "z.csv")
    swept.act("add_asset", name="new.csv", collection="Sales")
    swept.clock.advance(60)
    swept.tick()
    assert swept.record_of("z.csv").name == "z.csv"


def conflict(*_: object) -> None:
    raise ConflictError("another worker was faster")


def test_more_changes_than_are_kept_are_compared_again_and_none_is_lost(
    swept: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compared_changes, "ASSETS_A_NOTE", 1)
    swept.generate(40, days=0)
    for _ in range(2):
        swept.clock.advance(60)
        swept.act("add_asset", name=f"{swept.clock.now()}.csv", collection="Sales")
        swept.tick()
    assert swept.last_run().counts["unchanged"] == compared_changes.NOTES
    assert len(swept.records()) == len(NAMES) + 42

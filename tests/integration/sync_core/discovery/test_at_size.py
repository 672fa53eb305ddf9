"""What a tick of discovery costs: what changed, not what exists."""

from dataclasses import dataclass, replace
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.discover_all import SWEEP_EVERY
from sync_core.discovery.discover_assets import DiscoverAssets
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.run import RunRecord
from tests.integration.sync_core.seeded import seed_synced
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate
from tests.kit.in_memory import storage  # noqa: F401

if TYPE_CHECKING:
    from sync_core.storage.queues import WorkQueue

pytestmark = pytest.mark.faults

SMALL, LARGE = 50, 2500
IDLE, CHANGED = 20, 30  # storage operations at most


def operations(estate: Estate) -> int:
    estate.clock.advance(60)
    return estate.tick().requests["storage"]


@dataclass
class PagesAtOnce:
    """Gives the pages behind the first one once so many of them are asked for: never where they are read in turn."""

    purview: PurviewClient
    at_once: int

    def __post_init__(self) -> None:
        self._together = Barrier(self.at_once)

    def fetch_assigned_entities(self, term_guid: str, offset: int) -> list[AssignedEntity]:
        if offset:
            self._together.wait(10)
        return self.purview.fetch_assigned_entities(term_guid, offset)


@pytest.fixture(params=[SMALL, LARGE])
def synced(request: pytest.FixtureRequest, small_estate: Estate) -> Estate:
    """An estate of so many assets that are synced."""
    seed_synced(small_estate, request.param)
    small_estate.tick()
    return small_estate


def test_a_tick_takes_few_storage_operations_at_any_size_whatever_changed(synced: Estate) -> None:
    counted = {"idle": operations(synced)}
    synced.act("tag", asset="Products", term=TERM)
    counted["tagged"] = operations(synced)
    synced.work()
    synced.act("rename", asset="Products", name="Goods")
    counted["renamed"] = operations(synced)
    synced.act("untag", asset="Goods", term=TERM)
    counted["untagged"], counted["retired"] = operations(synced), operations(synced)
    assert synced.record_of("Goods").status is AssetStatus.RETIRED
    synced.act("tag", asset="Goods", term=TERM)
    counted["tagged again"], counted["idle again"] = operations(synced), operations(synced)
    assert synced.record_of("Goods").status is AssetStatus.SYNCED

    assert {what: count for what, count in counted.items() if count > (IDLE if "idle" in what else CHANGED)} == {}


def test_a_tick_that_compares_whatever_the_hashes_say_takes_few(synced: Estate) -> None:
    synced.clock.advance(COMPARE_AFTER.total_seconds())
    assert operations(synced) <= CHANGED


def test_the_pages_of_a_list_that_is_long_are_read_at_once(synced: Estate) -> None:
    pages = PagesAtOnce(synced.app.purview, LARGE // PAGE_SIZE)
    lists = synced.app.discover_by_term.lists
    source = replace(lists.lists, purview=cast("PurviewClient", pages))
    by_term = replace(synced.app.discover_by_term, lists=replace(lists, lists=source))
    before = synced.purview.log.last_seq

    replace(synced.app.discover_assets, by_term=by_term).run()

    assert synced.last_run().outcome == "succeeded"
    assert synced.asked_of_purview(before)[ASSIGNMENTS] == len(synced.records()) // PAGE_SIZE + 1


@pytest.mark.usefixtures("synced")
def test_a_process_that_has_just_started_takes_some_more_for_what_it_does_not_remember(
    new_small_estate: NewEstate,
) -> None:
    newcomer = new_small_estate()
    newcomer.act("tag", asset="Products", term=TERM)
    assert operations(newcomer) <= CHANGED + 5


class NoQueue:
    """Takes every message and counts nothing: what the queue costs is measured with the worker."""

    def send(self, *_: Any) -> None:
        """Take it."""

    def send_all(self, *_: Any) -> None:
        """Take them."""


def without_queue(estate: Estate) -> DiscoverAssets:
    save = replace(estate.app.save_assets, queue=cast("WorkQueue", NoQueue()))
    discover = estate.app.discover_assets
    by_term, all_assets = replace(discover.by_term, save=save), replace(discover.all_assets, save=save)
    return replace(discover, by_term=by_term, all_assets=all_assets)


def first_tick(estate: Estate) -> RunRecord:
    without_queue(estate).run()
    return estate.last_run()


def is_cheap(run: RunRecord, assets: int) -> bool:
    """Three rows an asset, a hundred in a transaction; the details of a hundred in a request."""
    assert run.counts["new"] >= assets
    return run.requests["storage"] <= 30 + assets * 0.032 and run.requests["purview"] <= 15 + assets / 100


@pytest.mark.parametrize("assets", [100, 1000])
def test_a_first_tick_takes_few_operations_an_asset(small_estate: Estate, assets: int) -> None:
    small_estate.generate(assets, term=TERM)
    assert is_cheap(first_tick(small_estate), assets)


@pytest.mark.parametrize("assets", [100, 1000])
def test_a_first_sweep_takes_few_operations_an_asset(catalog: Estate, assets: int) -> None:
    catalog.generate(assets)
    assert is_cheap(first_tick(catalog), assets)


@pytest.fixture(params=[SMALL, LARGE])
def swept(request: pytest.FixtureRequest, catalog: Estate) -> Estate:
    """An account all of whose assets are synced, with `*`."""
    seed_synced(catalog, request.param, term="")
    catalog.tick()
    return catalog


def test_with_all_assets_selected_a_tick_takes_few_at_any_size_whatever_changed(swept: Estate) -> None:
    counted = {"idle": operations(swept)}
    swept.act("add_asset", name="new.csv", collection="Sales")
    counted["new"] = operations(swept)
    swept.work()
    swept.act("rename", asset="new.csv", name="other.csv")
    counted["renamed"] = operations(swept)
    counted["idle again"] = operations(swept)

    assert {what: count for what, count in counted.items() if count > (IDLE if "idle" in what else CHANGED)} == {}


def test_a_sweep_of_unchanged_assets_reads_the_index_and_writes_nothing(swept: Estate) -> None:
    swept.clock.advance(SWEEP_EVERY.total_seconds())
    before = {record.key: record for record in swept.records()}

    run = swept.tick()

    pages = len(before) // 1000 + 1
    assert run.requests["storage"] <= IDLE + pages
    assert run.requests["purview"] <= 2 + pages
    assert run.counts["unchanged"] == len(before)
    assert {record.key: record for record in swept.records()} == before


@pytest.mark.parametrize("assets", [30, 300])
def test_changes_that_go_on_for_some_ticks_are_compared_once_each(catalog: Estate, assets: int) -> None:
    catalog.tick()
    discover, counted = without_queue(catalog), list[int]()
    for part in range(4):
        catalog.generate(assets, prefix=f"part {part}", days=0)
        catalog.clock.advance(60)
        discover.run()
        counted.append(catalog.last_run().requests["storage"])
        assert catalog.last_run().counts["new"] == assets
        for key in [one.key for one in catalog.records()]:
            catalog.app.asset_jobs.table.delete("assets", f"job:{key}")

    assert max(counted) <= CHANGED + assets * 0.04 + 16
    assert catalog.last_run().counts["unchanged"] == 3 * assets

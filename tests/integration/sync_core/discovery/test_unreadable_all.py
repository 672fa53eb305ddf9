"""With `*` too: what cannot be read stops only what depends on it, and is found once it can be read."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.simulation.faults import Effect, Fault, Match
from sync_core.absence import check_existence
from sync_core.assets.record import AssetStatus
from sync_core.errors import SyncError, TransientError
from sync_core.runs.run import RunKind, RunRecord
from tests.integration.sync_core.discovery.unreadable import define_lineage, ticks
from tests.kit.estate import DETAILS, SEARCH, Estate, NewEstate

pytestmark = pytest.mark.faults

GET_ONE = "Entity_Get"
NO_ROLE: dict[str, Any] = {"status": 403, "body": {"errorCode": "ATLAS-403-00-001", "errorMessage": "no"}}
MANY = 120


def names(estate: Estate) -> list[str]:
    return sorted(record.name for record in estate.records())


def check(estate: Estate, times: int = 1) -> RunRecord:
    """Reconcile so many times, a quarter of an hour apart; returns the last run."""
    for _ in range(times):
        estate.clock.advance(15 * 60)
        estate.app.reconcile.run()
    return estate.app.runs.latest(RunKind.RECONCILE, 1)[0]


@pytest.fixture
def three(catalog: Estate) -> Estate:
    """An app for all of three assets, two of which are known."""
    for name in ("a.csv", "b.csv"):
        catalog.act("add_asset", name=name, collection="Sales")
    catalog.tick()
    return catalog


def test_a_hit_whose_details_cannot_be_read_stops_no_other(three: Estate) -> None:
    three.purview.patch_switches({"omit_from_hits": ["qualifiedName"]})
    for name in ("c.csv", "d.csv"):
        asset = three.act("add_asset", name=name, collection="Sales")
    fault = three.unreadable(asset.guid)

    run = three.tick()

    assert names(three) == ["a.csv", "b.csv", "c.csv"]
    assert run.counts["unreadable assets"] == 1
    three.purview.faults.clear(fault)
    three.clock.advance(600)
    three.tick()
    assert names(three) == ["a.csv", "b.csv", "c.csv", "d.csv"]


def test_assets_of_a_type_that_could_not_be_read_are_taken_once_it_can(three: Estate) -> None:
    define_lineage(three.purview)
    fault = three.unreadable("typedef/name/azure_resource")
    three.act("add_asset", name="odd", typeName="contoso_share", collection="Sales")
    three.act("add_asset", name="c.csv", collection="Sales")

    run = three.tick()

    assert names(three) == ["a.csv", "b.csv", "c.csv"]
    assert run.counts["waiting for their type"] == run.counts["unreadable types"] == 1
    three.clock.advance(2 * 3600)
    three.purview.faults.clear(fault)
    ticks(three, 3)
    assert "odd" in names(three)
    before = three.purview.log.last_seq
    three.tick()
    assert three.asked_of_purview(before) == {SEARCH: 1}


@pytest.mark.parametrize("fails", [False, True], ids=["", "and the next look fails"])
def test_a_definition_that_once_lacked_its_super_types_hides_its_assets_for_two_hours_at_most(
    three: Estate, *, fails: bool
) -> None:
    define_lineage(three.purview)
    bare = {"status": 200, "body": {"name": "contoso_share", "superTypes": []}}
    three.unreadable("typedef/name/contoso_share", times=2, **bare)
    three.act("add_asset", name="odd", typeName="contoso_share", collection="Sales")
    ticks(three, 3)
    assert names(three) == ["a.csv", "b.csv"]
    if fails:
        three.unreadable("typedef/name/contoso_share", times=6)

    three.clock.advance(2 * 3600)
    ticks(three, 6)

    assert names(three) == ["a.csv", "b.csv", "odd"]


def test_a_span_of_time_that_cannot_be_searched_stops_no_other_and_is_read_later(catalog: Estate) -> None:
    catalog.act("add_asset", name="old.csv", collection="Sales")
    catalog.clock.advance(3600)
    hidden_ms = catalog.act("add_asset", name="odd.csv", collection="Sales").create_time
    catalog.clock.advance(3600)
    catalog.act("add_asset", name="new.csv", collection="Sales")
    catalog.clock.advance(3600)  # what changed lately does not bring it
    faults = catalog.purview.faults
    fault = Fault(match=BrokenMoment(moment_ms=hidden_ms), effect=Effect(status=500), times=None)
    number = faults.add(fault)

    catalog.tick()
    ticks(catalog, 2)

    assert {"old.csv", "new.csv"} <= set(names(catalog))
    assert "odd.csv" not in names(catalog)
    assert any("The window" in note for run in catalog.app.runs.latest(RunKind.DISCOVER, 5) for note in run.notes)
    faults.clear(number)
    catalog.clock.advance(2 * 3600)
    ticks(catalog, 2)
    assert "odd.csv" in names(catalog)


@pytest.mark.parametrize(
    "effect", [{"status": 400}, {"status": 500}, {"status": 413}, {"status": 200, "body": {}}], ids=str
)
def test_a_search_that_reads_no_page_at_all_fails_the_run_and_splits_no_time(
    catalog: Estate, effect: dict[str, Any]
) -> None:
    """A server that takes smaller pages only: the small question between sweeps is answered."""
    catalog.act("add_asset", name="old.csv", collection="Sales")
    catalog.purview.faults.add(
        Fault(match=Match(operation=SEARCH, body='"limit": ?1000'), effect=Effect.model_validate(effect), times=None)
    )
    for _ in range(2):
        catalog.clock.advance(60)
        assert catalog.failing_tick(SyncError).requests["purview"] < 20
    assert not catalog.app.deferred.first(9)


def test_a_time_of_which_nothing_can_be_read_is_deferred_in_few_pieces(
    catalog: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_core.discovery.search_windows.MOST_WINDOWS", 3)
    broken_ms = catalog.act("add_asset", name="odd.csv", collection="Sales").create_time
    catalog.clock.advance(3600)
    catalog.act("add_asset", name="new.csv", collection="Sales")
    catalog.clock.advance(3600)  # what changed lately does not bring it
    match = BrokenMoment(moment_ms=broken_ms, lasts_ms=500)
    number = catalog.purview.faults.add(Fault(match=match, effect=Effect(status=500), times=None))

    catalog.tick()
    ticks(catalog, 2)

    assert names(catalog) == ["new.csv"]
    assert 3 <= len(catalog.app.deferred.first(999)) < 20
    catalog.purview.faults.clear(number)
    catalog.clock.advance(2 * 3600)
    ticks(catalog, 3)
    assert names(catalog) == ["new.csv", "odd.csv"]
    assert not catalog.app.deferred.first(9)


class BrokenMoment(Match):
    """The searches for a span of creation time that holds this moment, or one of those that follow it."""

    moment_ms: int
    lasts_ms: int = 1

    def covers(self, method: str, path: str, operation: str | None, query: str = "", body: str = "") -> bool:
        """Read the span in the way that the app spells it."""
        if operation != SEARCH or not super().covers(method, path, operation, query, body):
            return False
        start, end = 0, 2**63
        conditions = json.loads(body)["filter"]["and"]
        for one in conditions:
            start = one.get("not", {}).get("createTime", {}).get("timeThreshold", start)
            end = one.get("createTime", {}).get("timeThreshold", end)
        return start < self.moment_ms + self.lasts_ms and self.moment_ms < end and "updateTime" not in str(conditions)


def test_a_search_that_fails_as_a_whole_fails_the_run(three: Estate) -> None:
    three.act("add_asset", name="c.csv", collection="Sales")
    three.purview_fault(SEARCH, times=None, status=500)

    three.failing_tick(TransientError)
    three.purview.faults.clear()
    three.tick()

    assert "c.csv" in names(three)


def test_a_hundred_and_more_hidden_assets_keep_no_other_from_being_retired(catalog: Estate) -> None:
    catalog.generate(MANY, days=1, collection="Sales")
    gone = catalog.act("add_asset", name="gone.csv", collection="Sales")
    catalog.tick()
    for record in catalog.records():
        if record.guid != gone.guid:
            catalog.unreadable(record.guid, **NO_ROLE)
    catalog.purview.entities.delete([gone.guid])
    catalog.purview.submit_changes()

    check(catalog, 5)
    assert catalog.record_of("gone.csv").status is AssetStatus.RETIRED
    assert sum(1 for record in catalog.records() if record.absent) == 1

    for _ in range(20):  # their pauses have grown
        check(catalog)
    before = catalog.purview.log.last_seq
    run = check(catalog)
    assert catalog.asked_of_purview(before)[GET_ONE] == 0
    assert run.counts["hidden"] == MANY


def test_one_asset_that_cannot_be_looked_up_keeps_no_other_from_being_retired(three: Estate) -> None:
    bad, gone = three.record_of("a.csv"), three.record_of("b.csv")
    three.act("add_asset", name="c.csv", collection="Sales")
    three.tick()
    three.unreadable(bad.guid)
    three.purview.entities.delete([gone.guid])

    run = check(three, 4)

    assert three.record_of("b.csv").status is AssetStatus.RETIRED
    assert three.record_of("a.csv").absent == 0
    assert run.counts["unreadable assets"] == 1
    assert any("a.csv" in note for note in run.notes)


def test_a_store_that_does_not_answer_retires_nobody_and_the_check_goes_on_behind(
    three: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_existence, "ENTITIES_A_CALL", 1)
    three.purview_fault(DETAILS, times=None, status=500)
    three.purview_fault(GET_ONE, times=None, status=500)

    for _ in range(4):
        check(three)

    assert {record.absent for record in three.records()} == {0}
    assert {record.status for record in three.records()} == {AssetStatus.QUEUED}


def test_a_check_ends_with_its_time_and_the_next_run_goes_on(three: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_existence, "ENTITIES_A_CALL", 1)
    monkeypatch.setattr(check_existence, "CHECK_TIME", timedelta(0))
    three.purview.entities.delete([record.guid for record in three.records()])

    runs = [check(three).counts["existence_checked"] for _ in range(6)]

    assert set(runs[:4]) == {1}
    assert {record.status for record in three.records()} == {AssetStatus.RETIRED}


def test_collections_that_cannot_be_read_stop_no_later_sweep(three: Estate, new_catalog: NewEstate) -> None:
    three.unreadable("account/collections")
    three.act("add_asset", name="c.csv", collection="Sales")
    newcomer = new_catalog()

    newcomer.clock.advance(24 * 3600)
    run = newcomer.tick()

    assert "c.csv" in names(newcomer)
    assert any("The collections cannot be read" in note for note in run.notes)

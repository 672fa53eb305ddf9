"""With PURVIEW_WRITE_STATUS, an asset in Purview says itself how its sync stands; what others wrote there stays."""

from collections import Counter
from typing import Any

import pytest

from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import SyncError
from sync_core.runs.run import RunKind
from sync_core.upkeep import write_status
from sync_core.upkeep.asset_status import GROUP, LONGEST
from tests.kit.lineage_bench import CUSTOMERS, ORDERS, LineageBench, NewBench

SET = "Entity_AddOrUpdateBusinessMetadataAttributes"
DEFINE = "Type_BulkCreate"
DAY_S = 86_400
ON = {"PURVIEW_WRITE_STATUS": "true"}


@pytest.fixture
def showing(new_bench: NewBench) -> LineageBench:
    """An app that writes the status onto assets, with two of them in CluedIn."""
    bench = new_bench(**ON)
    bench.sync_asset(CUSTOMERS)
    bench.sync_asset(ORDERS)
    return bench


def look(bench: LineageBench) -> dict[str, Any]:
    """Let reconcile run five minutes later; return what its run counted."""
    bench.clock.advance(300)
    bench.app.reconcile.run()
    return dict(bench.app.runs.latest(RunKind.RECONCILE, 1)[0].counts)


def notes(bench: LineageBench) -> str:
    return "\n".join(bench.app.runs.latest(RunKind.RECONCILE, 1)[0].notes)


def shown(bench: LineageBench, name: str = CUSTOMERS) -> dict[str, str]:
    (entity,) = bench.purview.catalog.named(name)
    return dict((entity.business_attributes or {}).get(GROUP, {}))


def asked(bench: LineageBench, since: int = 0) -> Counter[str]:
    return Counter(str(record.operation) for record in bench.purview.log.since(since))


def now(bench: LineageBench) -> int:
    return max((record.seq for record in bench.purview.log.since()), default=0)


def finding(bench: LineageBench) -> tuple[str, str]:
    """What the doctor says of the right to write it."""
    found = bench.app.doctor.examine(lambda: "seen")
    return next((str(one.verdict), one.detail) for one in found if "status onto assets" in one.check)


def change(bench: LineageBench, name: str, **update: Any) -> AssetRecord:
    (record,) = (one for one in bench.app.assets.after("") if one.qualified_name == name)
    return bench.app.assets.change(record.key, lambda one: one.model_copy(update=update))


def test_an_asset_says_how_its_sync_stands_and_which_data_set_came_last(showing: LineageBench) -> None:
    source_id = next(one.source_id for one in showing.app.assets.after("") if one.qualified_name == CUSTOMERS)
    showing.push(showing.load(source_id, "May.csv"))
    showing.clock.advance(60)
    showing.push(showing.load(source_id, "June.csv", records=20))

    assert look(showing)["status_written"] == 2

    told = shown(showing)
    assert told.pop("lastDataSetAt")
    assert told == {
        "syncState": "synced",
        "reason": "",
        "dataSourceGroup": "Customers",
        "cluedInLink": f"{showing.app.settings.cluedin_url}/admin/inbound/datasourceset",
        "lastDataSet": "June.csv",
        "records": "20",
        "recordsSuccessful": "20",
        "recordsFailed": "0",
    }
    assert shown(showing, ORDERS)["lastDataSet"] == ""


def test_what_has_not_changed_is_not_written_again_and_one_change_is_one_write(showing: LineageBench) -> None:
    look(showing)
    since = now(showing)
    look(showing)
    assert asked(showing, since)[SET] == 0

    change(showing, ORDERS, status=AssetStatus.RETIRED, reason="It lost its term. " * 100)
    look(showing)

    assert asked(showing, since)[SET] == 1
    assert shown(showing, ORDERS)["syncState"] == "retired"
    assert len(shown(showing, ORDERS)["reason"]) == LONGEST
    change(showing, ORDERS, status=AssetStatus.SYNCED, reason="")
    look(showing)
    assert (shown(showing, ORDERS)["syncState"], shown(showing, ORDERS)["reason"]) == ("synced", "")


def test_the_doctor_knows_nothing_before_the_first_one(showing: LineageBench) -> None:
    assert finding(showing)[0] == "OPEN"


def test_what_scanners_and_people_wrote_stays(showing: LineageBench) -> None:
    (entity,) = showing.purview.catalog.named(CUSTOMERS)
    entity.business_attributes = {"Theirs": {"owner": "Ada"}}
    entity.labels = ("mine",)
    before = dict(entity.attributes)

    look(showing)

    (entity,) = showing.purview.catalog.named(CUSTOMERS)
    assert entity.business_attributes is not None
    assert entity.business_attributes["Theirs"] == {"owner": "Ada"}
    assert (entity.attributes, entity.labels) == (before, ("mine",))
    assert shown(showing)["syncState"] == "synced"


def test_off_nothing_is_asked_and_what_was_written_stays(showing: LineageBench, new_bench: NewBench) -> None:
    look(showing)
    off = new_bench()
    change(off, CUSTOMERS, reason="something else")
    since = now(off)

    look(off)

    assert asked(off, since)[SET] == 0
    assert shown(off)["reason"] == ""


def test_a_refusal_pauses_this_alone_for_an_hour_and_says_what_to_grant(showing: LineageBench) -> None:
    (entity,) = showing.purview.catalog.named(CUSTOMERS)
    change(showing, CUSTOMERS, collection_id=entity.collection_id)
    change(showing, ORDERS, collection_id=entity.collection_id)
    showing.purview_fault(SET, times=None, status=403)
    since = now(showing)

    for _ in range(3):
        look(showing)  # succeeds

    told = f"Purview refuses the app to write the status onto assets of the collections {entity.collection_id}."
    assert f"{told} Give the app's identity the role Data Curator there" in notes(showing)
    assert asked(showing, since)[SET] == 1

    assert finding(showing) == ("FAIL", f"{told} {write_status.REMEDY}")

    showing.purview.faults.clear()
    showing.clock.advance(3600)
    look(showing)
    assert shown(showing)["syncState"] == "synced"
    assert finding(showing) == ("PASS", "written")


def test_a_definition_that_is_refused_pauses_it_too(showing: LineageBench) -> None:
    showing.purview_fault(DEFINE, times=None, status=403)
    since = now(showing)
    for _ in range(3):
        look(showing)
    assert "Purview refuses the app the definition of 'CluedInSync'" in notes(showing)
    assert (asked(showing, since)[DEFINE], asked(showing, since)[SET]) == (1, 0)


def test_a_definition_that_somebody_deleted_is_made_again(showing: LineageBench) -> None:
    look(showing)
    for entity in showing.purview.catalog.entities.values():
        entity.business_attributes = None
    showing.purview.types.remove(GROUP)
    change(showing, CUSTOMERS, reason="a change")

    assert look(showing)["status_written"] == 1
    assert shown(showing)["reason"] == "a change"


def test_an_asset_that_is_gone_and_one_that_is_refused_keep_no_other_from_being_written(showing: LineageBench) -> None:
    showing.delete(CUSTOMERS)
    counts = look(showing)
    assert (counts["status_written"], counts["status_gone"]) == (1, 1)
    assert look(showing).get("status_gone", 0) == 0


@pytest.mark.parametrize(
    ("status", "code"), [(404, "ATLAS-404-00-005"), (409, "ATLAS-409-00-002"), (400, "ATLAS-400-00-01A")]
)
def test_an_asset_that_did_not_take_it_is_asked_again_the_next_day_only(
    showing: LineageBench, status: int, code: str
) -> None:
    showing.purview_fault(SET, times=None, status=status, body={"errorCode": code, "errorMessage": "no"})
    look(showing)
    since = now(showing)
    look(showing)
    assert asked(showing, since)[SET] == 0

    showing.purview.faults.clear()
    showing.clock.advance(DAY_S)
    assert look(showing)["status_written"] == 2
    assert {shown(showing)["syncState"], shown(showing, ORDERS)["syncState"]} == {"synced"}


def test_a_retired_asset_that_is_gone_is_not_asked_for_again(showing: LineageBench) -> None:
    showing.delete(CUSTOMERS)
    change(showing, CUSTOMERS, status=AssetStatus.RETIRED)
    look(showing)
    since = now(showing)
    showing.clock.advance(DAY_S)
    look(showing)
    assert asked(showing, since)[SET] == 0


def test_a_failure_loses_nothing_that_was_written_and_the_next_run_goes_on(showing: LineageBench) -> None:
    showing.purview_fault(SET, times=None, skip=1, status=503)
    with pytest.raises(SyncError):
        look(showing)
    showing.purview.faults.clear()
    assert look(showing)["status_written"] == 1
    assert {shown(showing)["syncState"], shown(showing, ORDERS)["syncState"]} == {"synced"}


def test_many_assets_are_compared_part_by_part(showing: LineageBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_status, "COMPARED_AT_ONCE", 1)
    monkeypatch.setattr(write_status, "COMPARED_A_RUN", 1)
    assert [look(showing).get("status_written", 0) for _ in range(4)] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    "switches", [{"business_metadata_answer": "empty_object"}, {"business_metadata_bumps_update_time": False}]
)
def test_whatever_purview_answers_is_borne(showing: LineageBench, switches: dict[str, Any]) -> None:
    showing.purview.patch_switches(switches)
    assert look(showing)["status_written"] == 2
    assert look(showing).get("status_written", 0) == 0

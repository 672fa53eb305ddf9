"""What happens to assets after they were found: renamed, made anew, without a name, gone."""

from datetime import timedelta

import pytest

from local.purview.behaviour.entities import stamp
from local.purview.builtin.building import entity_def
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.plan import REFRESH_AFTER, REFRESH_REJECTED_AFTER
from sync_core.discovery.term_cursor import COMPARE_AFTER
from tests.kit.estate import DETAILS, TYPES, Estate, NewEstate

UNKNOWN_GUID = {"errorCode": "ATLAS-404-00-005", "errorMessage": "Given instance guid x is invalid/not found"}


def set_attributes(estate: Estate, guid: str, **attributes: object) -> None:
    """Change an asset's attributes behind the API's back, which would not let a name go."""
    entity = estate.purview.catalog.get_active(guid)
    estate.purview.catalog.set_attributes(entity, {**entity.attributes, **attributes})
    stamp(entity, estate.clock.now_ms(), "somebody")
    estate.purview.submit_changes()


def test_a_renamed_asset_keeps_its_group_and_status_shows_both_names(small_estate: Estate) -> None:
    small_estate.sync()
    groups = small_estate.groups()
    small_estate.act("rename", asset="Orders", name="Sales orders")

    small_estate.sync()

    assert small_estate.groups() == groups
    assert small_estate.record_of("Sales orders").status is AssetStatus.SYNCED
    shown = {item["name"]: item["renamed"] for item in small_estate.status()["assets"]["items"]}
    assert shown == {"Sales orders": {"inPurview": "Sales orders", "inCluedIn": "Orders"}, "Customers": None}


def test_an_asset_made_anew_is_bound_to_the_group_it_had(small_estate: Estate) -> None:
    small_estate.sync()
    before = small_estate.record_of("Orders")
    made_anew = small_estate.act("recreate", asset="Orders", keep_terms=True)

    run = small_estate.sync()

    record = small_estate.record_of("Orders")
    assert (record.guid, record.group_id) == (made_anew.guid, before.group_id)
    assert record.guid != before.guid
    assert (run.counts["changed"], run.counts["queued"]) == (1, 0)
    assert len(small_estate.groups()) == 2


def test_an_asset_whose_qualified_name_changed_is_another_one_and_the_former_one_is_retired(
    small_estate: Estate,
) -> None:
    small_estate.sync()
    before = small_estate.record_of("Orders")
    moved = before.qualified_name.replace("dbo", "sales")
    set_attributes(small_estate, before.guid, qualifiedName=moved)
    small_estate.clock.advance(REFRESH_AFTER.total_seconds())

    small_estate.sync()
    former = small_estate.record_of(before.qualified_name)
    assert (former.status, former.absent) == (AssetStatus.SYNCED, 1)
    assert "qualified name changed in Purview" in former.reason
    small_estate.clock.advance(60)
    small_estate.sync()

    former, present = small_estate.record_of(before.qualified_name), small_estate.record_of(moved)
    assert (former.status, former.group_id) == (AssetStatus.RETIRED, before.group_id)
    assert "qualified name changed in Purview" in former.reason
    assert (present.status, present.guid) == (AssetStatus.SYNCED, before.guid)
    assert present.group_id != before.group_id
    log = small_estate.purview.log.last_seq
    small_estate.clock.advance(COMPARE_AFTER.total_seconds())
    small_estate.tick()
    assert small_estate.asked_of_purview(log)[DETAILS] == 0


def test_an_asset_whose_former_qualified_name_is_back_has_its_former_group(small_estate: Estate) -> None:
    small_estate.sync()
    before = small_estate.record_of("Orders")
    for name in (before.qualified_name + "/moved", before.qualified_name):
        set_attributes(small_estate, before.guid, qualifiedName=name)
        small_estate.clock.advance(REFRESH_AFTER.total_seconds())
        for _ in range(2):
            small_estate.clock.advance(60)
            small_estate.sync()

    after = small_estate.record_of(before.qualified_name)
    assert (after.status, after.group_id, after.reason) == (AssetStatus.SYNCED, before.group_id, "")
    assert small_estate.record_of(f"{before.qualified_name}/moved").status is AssetStatus.RETIRED


def test_an_asset_without_a_name_is_rejected_and_the_others_go_on(small_estate: Estate) -> None:
    nameless = small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])

    run = small_estate.sync()

    record = small_estate.record_of(nameless.guid)
    assert record.status is AssetStatus.REJECTED
    assert record.reason == f"Purview has no name for asset {nameless.guid}: set it there, then it is synced."
    assert (run.counts["rejected"], run.counts["queued"]) == (1, 2)
    assert len(small_estate.groups()) == 2


def test_a_rejected_asset_that_lost_its_term_is_forgotten_and_nobody_has_to_mend_it(small_estate: Estate) -> None:
    nameless = small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])
    small_estate.sync()
    small_estate.act("untag", asset=nameless.guid, term=TERM)

    run = small_estate.sync()

    assert nameless.guid not in {record.guid for record in small_estate.records()}
    assert small_estate.app.assets.index.keys_of(nameless.guid) == []
    assert (len(small_estate.records()), run.counts["missing"]) == (2, 0)


def test_the_longest_names_that_purview_takes_are_shortened_and_not_rejected(small_estate: Estate) -> None:
    long = "数" * 4096
    small_estate.act("add_asset", name=long, qualifiedName=f"https://lake.example/{long}"[:4096], terms=[TERM])

    small_estate.sync()

    record = small_estate.record_of(long)
    assert record.status is AssetStatus.SYNCED
    assert (len(record.group_name), len(record.source_name)) == (200, 200)


def test_an_asset_that_got_its_name_is_synced_at_the_next_tick(small_estate: Estate) -> None:
    nameless = small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])
    small_estate.sync()
    set_attributes(small_estate, nameless.guid, name="named")

    small_estate.sync()

    record = small_estate.record_of("named")
    assert (record.status, record.reason) == (AssetStatus.SYNCED, "")
    assert ("named", ["https://lake.example/nameless"]) in small_estate.groups()


def test_an_asset_without_a_qualified_name_is_rejected_until_it_has_one(small_estate: Estate) -> None:
    asset = small_estate.act("add_asset", name="drifting", terms=[TERM])
    set_attributes(small_estate, asset.guid, qualifiedName="")
    small_estate.sync()
    assert small_estate.record_of("drifting").status is AssetStatus.REJECTED

    set_attributes(small_estate, asset.guid, qualifiedName="https://lake.example/moored")
    small_estate.clock.advance((REFRESH_REJECTED_AFTER + timedelta(seconds=1)).total_seconds())
    small_estate.sync()

    # One record, not one more for the time without a qualified name.
    assert small_estate.record_of("drifting").status is AssetStatus.SYNCED
    assert ("drifting", ["https://lake.example/moored"]) in small_estate.groups()


def test_a_synced_asset_that_loses_its_name_keeps_its_group_and_says_why_it_is_odd(small_estate: Estate) -> None:
    small_estate.sync()
    orders = small_estate.record_of("Orders")
    set_attributes(small_estate, orders.guid, name=None)

    small_estate.sync()

    record = small_estate.record_of(orders.qualified_name)
    assert (record.status, record.group_id) == (AssetStatus.SYNCED, orders.group_id)
    assert "Purview has no name" in record.reason


def test_an_assigned_asset_that_purview_does_not_know_stops_nobody(small_estate: Estate) -> None:
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.purview_fault(DETAILS, times=2, status=404, body=UNKNOWN_GUID)

    run = small_estate.tick()

    # The whole call fails, then the half with the unknown one, which is alone there.
    assert len(small_estate.records()) == 2
    assert run.counts["unknown to Purview"] == 1


def test_an_asset_that_purview_did_not_know_is_read_again_after_a_while(small_estate: Estate) -> None:
    small_estate.purview_fault(DETAILS, times=3, status=404, body=UNKNOWN_GUID)
    small_estate.tick()
    assert small_estate.records() == []

    small_estate.clock.advance(COMPARE_AFTER.total_seconds())
    small_estate.tick()

    assert len(small_estate.records()) == 2


def test_details_are_read_again_once_a_day(small_estate: Estate) -> None:
    small_estate.tick()
    orders = small_estate.record_of("Orders")
    small_estate.clock.advance(REFRESH_AFTER.total_seconds())
    before = small_estate.purview.log.last_seq

    small_estate.tick()

    assert small_estate.asked_of_purview(before)[DETAILS] == 1
    assert small_estate.record_of("Orders").refreshed_at > orders.refreshed_at


def test_without_a_type_definition_the_name_of_the_type_decides(small_estate: Estate) -> None:
    small_estate.add_columns(30)
    small_estate.purview_fault(TYPES, times=None, status=404, body={"errorCode": "ATLAS-404-00-001"})

    run = small_estate.tick()

    assert sorted(record.name for record in small_estate.records()) == ["Customers", "Orders"]
    assert run.counts["left out: azure_sql_column, a column"] == 30
    # Asked once for each type, not for each entity.
    assert small_estate.asked_of_purview()[TYPES] == 2


def test_known_types_are_not_asked_for_again_by_another_process(new_small_estate: NewEstate) -> None:
    new_small_estate().tick()
    newcomer = new_small_estate()
    newcomer.act("tag", asset="Products", term=TERM)
    before = newcomer.purview.log.last_seq

    newcomer.tick()

    assert newcomer.asked_of_purview(before)[TYPES] == 0


@pytest.mark.parametrize("type_name", ["contoso/file", "contoso\\file", "what? #1", "a%2Fb", "ein Typ für alles"])
def test_a_type_may_be_called_what_no_key_of_a_table_may(new_small_estate: NewEstate, type_name: str) -> None:
    estate = new_small_estate()
    # The API refuses such a name; the service's own types are not bound by it.
    estate.purview.types.put(entity_def(type_name, "DataSet"))
    estate.act("add_asset", name="odd", typeName=type_name, terms=[TERM])

    estate.tick()

    assert estate.record_of("odd").type_name == type_name
    before = estate.purview.log.last_seq
    estate.clock.advance(COMPARE_AFTER.total_seconds())
    new_small_estate().tick()
    assert estate.asked_of_purview(before)[TYPES] == 0

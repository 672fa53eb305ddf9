"""`*`: the whole catalog, without what our own lineage writes, and then only what changed."""

from datetime import timedelta

import pytest

from local.purview import Purview
from local.purview.behaviour.entities import stamp
from sync_core.assets.record import AssetStatus
from sync_core.discovery.discover_all import OVERLAP, SLIDE_AFTER, SWEEP_EVERY
from sync_core.errors import TransientError
from tests.kit.estate import DETAILS, SEARCH, Estate, NewEstate

MINUTE_S = 60


def names(estate: Estate) -> list[str]:
    return sorted(record.name for record in estate.records())


def add(estate: Estate, *assets: str, type_name: str = "azure_datalake_gen2_path", collection: str = "Sales") -> None:
    """Let a scan find assets."""
    for name in assets:
        estate.act("add_asset", name=name, typeName=type_name, collection=collection)


def test_every_data_asset_of_the_estate_is_taken_and_nothing_else(new_estate: NewEstate) -> None:
    estate = new_estate(SYNC_TERM="*")

    run = estate.tick()

    # 33 hits: not the columns, schemas and glossary objects; of them not servers, databases, workspaces and processes.
    assert len(estate.records()) == 25
    assert {record.type_name for record in estate.records()} == {
        "azure_datalake_gen2_filesystem",
        "azure_datalake_gen2_path",
        "azure_datalake_gen2_resource_set",
        "azure_sql_table",
        "azure_sql_view",
        "fabric_lakehouse",
        "fabric_lakehouse_table",
        "powerbi_dashboard",
        "powerbi_dataset",
        "powerbi_report",
    }
    assert run.counts["seen"] == 33
    assert run.counts["left out: adf_copy_activity, a process"] == 1


def test_what_our_lineage_writes_is_never_found_again(catalog: Estate, purview: Purview) -> None:
    types = [{"name": name, "superTypes": ["DataSet"]} for name in ("cluedin_data_set", "cluedin_golden_records")]
    purview.typedefs.create({"entityDefs": types}, "app", ends_registered_before=False)
    add(catalog, "orders.csv")
    add(catalog, "a data set", type_name="cluedin_data_set", collection="CluedIn")
    add(catalog, "left in the root", type_name="cluedin_golden_records", collection="contoso")
    add(catalog, "put there by hand", collection="CluedIn")

    run = catalog.tick()

    assert names(catalog) == ["orders.csv"]
    assert run.counts["seen"] == 1


def test_where_lineage_goes_to_the_root_collection_only_our_types_are_left_out(new_catalog: NewEstate) -> None:
    catalog = new_catalog(PURVIEW_COLLECTION="contoso")
    add(catalog, "orders.csv", collection="contoso")

    catalog.tick()

    assert names(catalog) == ["orders.csv"]


def test_an_idle_tick_costs_one_search(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.tick()
    before = catalog.purview.log.last_seq

    run = catalog.tick()

    assert catalog.asked_of_purview(before) == {SEARCH: 1}
    assert run.requests["storage"] <= 8
    assert run.counts["queued"] == 0


@pytest.mark.parametrize("minutes", [1, 95])
def test_an_idle_tick_of_a_new_process_costs_two_requests_at_most(new_catalog: NewEstate, minutes: int) -> None:
    add(new_catalog(), "orders.csv")
    new_catalog().tick()
    newcomer = new_catalog()
    newcomer.clock.advance(minutes * MINUTE_S)
    before = newcomer.purview.log.last_seq

    newcomer.tick()

    assert newcomer.asked_of_purview(before).total() <= 2


def test_no_idle_tick_costs_more_than_two_requests(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.tick()
    costs = []
    for _ in range(12):
        catalog.clock.advance(15 * MINUTE_S)
        before = catalog.purview.log.last_seq
        catalog.tick()
        costs.append(catalog.asked_of_purview(before).total())

    assert max(costs) == 2
    assert costs.count(2) <= 3  # once an hour, when the fixed moment moves on


def test_another_collection_for_lineage_counts_at_once(new_catalog: NewEstate) -> None:
    first = new_catalog(PURVIEW_COLLECTION="Contoso/MDM")
    add(first, "orders.csv")
    add(first, "kept for us", collection="CluedIn")
    first.tick()
    assert names(first) == ["kept for us", "orders.csv"]
    add(first, "of the new own collection", collection="CluedIn")

    second = new_catalog(PURVIEW_COLLECTION="Contoso/MDM/CluedIn")
    add(second, "late.csv")
    second.tick()

    assert names(second) == ["kept for us", "late.csv", "orders.csv"]


def test_what_is_new_or_renamed_is_found_when_the_index_shows_it(catalog: Estate) -> None:
    catalog.purview.patch_switches({"index_lag_s": 10 * MINUTE_S})
    add(catalog, "orders.csv")
    catalog.purview.flush_index()
    catalog.tick()
    add(catalog, "late.csv")
    catalog.act("rename", asset="orders.csv", name="sales.csv")
    catalog.tick()
    assert names(catalog) == ["orders.csv"]

    catalog.clock.advance(11 * MINUTE_S)
    catalog.tick()

    assert names(catalog) == ["late.csv", "sales.csv"]


def test_a_change_that_the_index_shows_late_is_found_although_the_fixed_moment_moved_on(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.tick()
    catalog.purview.patch_switches({"index_lag_s": 25 * MINUTE_S})
    catalog.clock.advance((SLIDE_AFTER - timedelta(minutes=10)).total_seconds())
    add(catalog, "late.csv")
    for _ in range(2):  # the moment moves on in one of these, and the change is younger than the overlap
        catalog.clock.advance(11 * MINUTE_S)
        catalog.tick()
        assert names(catalog) == ["orders.csv"]

    catalog.clock.advance(OVERLAP.total_seconds() - 23 * MINUTE_S)
    catalog.tick()

    assert names(catalog) == ["late.csv", "orders.csv"]


def test_what_changed_is_asked_for_again_until_it_was_read_well(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.tick()
    add(catalog, "new.csv")
    catalog.purview_fault(SEARCH, skip=1, times=6, status=503)

    catalog.failing_tick(TransientError)
    assert names(catalog) == ["orders.csv"]
    catalog.tick()

    assert names(catalog) == ["new.csv", "orders.csv"]


def test_a_change_between_two_sweeps_that_was_never_shown_is_found_by_the_next_sweep(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.tick()
    catalog.purview.patch_switches({"index_lag_s": 5 * 3600})
    add(catalog, "forgotten.csv")
    for _ in range(3):
        catalog.clock.advance(95 * MINUTE_S)
        catalog.tick()
    catalog.clock.advance(2 * 3600)
    catalog.tick()
    assert names(catalog) == ["orders.csv"]

    catalog.clock.advance(SWEEP_EVERY.total_seconds())
    catalog.tick()

    assert names(catalog) == ["forgotten.csv", "orders.csv"]


def test_an_asset_found_again_under_another_guid_is_bound_to_its_group(catalog: Estate) -> None:
    add(catalog, "orders.csv")
    catalog.sync()
    made_anew = catalog.act("recreate", asset="orders.csv")
    catalog.clock.advance(MINUTE_S)

    catalog.sync()

    assert catalog.record_of("orders.csv").guid == made_anew.guid
    assert len(catalog.groups()) == 1


def test_an_asset_whose_qualified_name_changed_leaves_its_former_record_retired(catalog: Estate) -> None:
    add(catalog, "orders.csv", "sales.csv")
    catalog.sync()
    before = catalog.record_of("orders.csv")
    asset = catalog.purview.catalog.get_active(before.guid)
    moved = f"{before.qualified_name}/moved"
    catalog.purview.catalog.set_attributes(asset, asset.attributes | {"qualifiedName": moved})
    catalog.clock.advance(MINUTE_S)
    stamp(asset, catalog.clock.now_ms(), "somebody")
    catalog.purview.submit_changes()

    catalog.sync()
    for _ in range(2):
        catalog.app.reconcile.run()
        catalog.clock.advance(15 * MINUTE_S)

    former = catalog.record_of(before.qualified_name)
    assert (former.status, former.group_id) == (AssetStatus.RETIRED, before.group_id)
    assert "qualified name changed in Purview" in former.reason
    assert catalog.record_of(moved).status is AssetStatus.SYNCED
    assert catalog.record_of("sales.csv").status is AssetStatus.SYNCED


def test_an_asset_without_a_name_is_rejected_as_it_is_with_a_term(catalog: Estate) -> None:
    nameless = catalog.act("add_asset", name="", qualifiedName="https://lake.example/nameless", collection="Sales")
    add(catalog, "orders.csv")

    catalog.sync()

    record = catalog.record_of(nameless.guid)
    assert record.status is AssetStatus.REJECTED
    assert record.reason == f"Purview has no name for asset {nameless.guid}: set it there, then it is synced."
    assert [name for name, _ in catalog.groups()] == ["orders.csv"]


def test_a_hit_that_lacks_its_name_and_shows_it_is_enough(catalog: Estate) -> None:
    catalog.purview.patch_switches({"omit_from_hits": ["name"]})
    add(catalog, "orders.csv")

    catalog.tick()

    assert names(catalog) == ["orders.csv"]
    assert catalog.asked_of_purview()[DETAILS] == 0


@pytest.mark.parametrize("omitted", ["entityType", "qualifiedName"])
def test_a_hit_that_does_not_tell_which_asset_it_is_makes_no_second_one(catalog: Estate, omitted: str) -> None:
    catalog.purview.patch_switches({"omit_from_hits": [omitted]})
    add(catalog, "orders.csv")
    catalog.sync()
    catalog.purview.patch_switches({"omit_from_hits": []})
    catalog.act("rename", asset="orders.csv", name="sales.csv")

    catalog.sync()

    assert names(catalog) == ["sales.csv"]
    assert [name for name, _ in catalog.groups()] == ["orders.csv"]


def test_a_process_that_search_shows_without_its_type_is_left_out(catalog: Estate) -> None:
    catalog.purview.patch_switches({"omit_from_hits": ["entityType"]})
    add(catalog, "a process", type_name="adf_copy_activity")

    assert catalog.tick().counts["left out: adf_copy_activity, a process"] == 1
    assert names(catalog) == []


def test_a_hit_without_a_type_that_the_store_no_longer_has_is_counted_and_left(catalog: Estate) -> None:
    catalog.purview.patch_switches({"omit_from_hits": ["entityType"], "index_lag_s": 10 * MINUTE_S})
    add(catalog, "gone.csv")
    catalog.purview.flush_index()
    catalog.act("delete", asset="gone.csv")

    assert catalog.tick().counts["unknown to Purview"] == 1
    assert names(catalog) == []

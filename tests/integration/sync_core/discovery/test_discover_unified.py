"""Discovery by terms and data products of the Unified Catalog: what is linked, changes and is gone."""

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.runs.run import RunOutcome
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    CATALOG_OPERATIONS,
    LINKS,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tagged,
    tick,
    ticks,
)
from tests.kit.estate import Estate, NewEstate


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    return tagged(new_small_estate)


def test_the_assets_of_a_published_term_are_synced(estate: Estate) -> None:
    sync(estate)
    assert statuses(estate) == dict.fromkeys(("Customers", "Orders", "Products"), AssetStatus.SYNCED)


def test_an_idle_tick_with_one_term_costs_one_request(estate: Estate) -> None:
    sync(estate)
    estate.tick()
    since = estate.purview.log.last_seq
    estate.tick()
    assert asked(estate, since) == {LINKS: 1}


def test_in_ten_minutes_of_idle_ticks_names_are_looked_up_once_in_either_store(estate: Estate) -> None:
    ticks(estate, 2)
    since = estate.purview.log.last_seq
    ticks(estate, 10, minutes=1)
    counts = asked(estate, since)
    catalog = {name: count for name, count in counts.items() if name.startswith(CATALOG_OPERATIONS)}
    assert catalog == {LINKS: 10, "BusinessDomain_Enumerate": 1, "Terms_Query": 2}
    assert counts["Glossary_List"] == 1


def test_a_tag_that_is_made_arrives_at_the_next_tick(estate: Estate) -> None:
    sync(estate)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    sync(estate)
    assert statuses(estate)["ActiveCustomers"] is AssetStatus.SYNCED


def test_an_asset_that_lost_its_link_is_retired_in_the_end(estate: Estate) -> None:
    sync(estate)
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    ticks(estate)
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED
    assert statuses(estate)["Orders"] is AssetStatus.SYNCED


def test_a_list_that_falls_from_several_to_none_makes_nobody_missing_until_it_is_approved(estate: Estate) -> None:
    sync(estate)
    do(estate, unified.unlink, term="Tag")
    for _ in range(4):
        estate.clock.advance(660)
        tick(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


def test_a_data_product_and_a_term_of_a_domain_select_too(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="product:Sales@Finance; Tag@Finance")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_domain, name="Sales")
    do(estate, unified.add_concept, product="Sales", domain="Finance", assets=[ASSETS[0]])
    do(estate, unified.add_concept, product="Sales", domain="Sales", assets=[ASSETS[1]])
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=[ASSETS[2]])
    sync(estate)
    assert statuses(estate) == {"Customers": AssetStatus.SYNCED, "Products": AssetStatus.SYNCED}


orphaned = pytest.mark.parametrize("shown", ["succeeded", "soft_deleted", "not_found"])


@orphaned
def test_an_asset_that_is_gone_from_the_data_map_is_absent_although_its_link_stays(estate: Estate, shown: str) -> None:
    estate.purview.patch_switches({"unified_deleted_asset": shown})
    sync(estate)
    estate.act("delete", asset=ASSETS[1])
    ticks(estate)
    assert statuses(estate)["Orders"] is AssetStatus.RETIRED
    assert statuses(estate)["Products"] is AssetStatus.SYNCED


@orphaned
def test_a_linked_asset_that_was_gone_before_it_was_ever_synced_is_a_note(estate: Estate, shown: str) -> None:
    estate.purview.patch_switches({"unified_deleted_asset": shown})
    estate.act("delete", asset=ASSETS[1])
    run = sync(estate)
    assert run.outcome is RunOutcome.SUCCEEDED
    assert run.counts["links without an asset of the Data Map"] == 1
    ticks(estate)
    assert statuses(estate) == dict.fromkeys(("Customers", "Products"), AssetStatus.SYNCED)


def test_what_else_a_term_is_linked_with_is_no_asset(estate: Estate) -> None:
    for kind in ("DATACOLUMN", "DATAPRODUCT", "TERM", "CRITICALDATAELEMENT"):
        entity = "0c5f0a3e-0000-4000-8000-000000000000"
        do(estate, unified.link_id, term="Tag", entityType=kind, entityId=entity)
    run = sync(estate)
    assert run.counts.get("links without an asset of the Data Map", 0) == 0
    assert run.counts["assigned"] == len(estate.records()) == 3


def test_links_to_what_is_no_asset_of_the_data_map_are_notes(estate: Estate) -> None:
    do(estate, unified.link_id, term="Tag", entityType="DATAASSET", entityId="0c5f0a3e-0000-4000-8000-000000000000")
    run = sync(estate)
    assert run.counts["links without an asset of the Data Map"] == 1
    assert len(estate.records()) == 3


def test_an_asset_that_the_catalog_shows_a_little_after_its_link_arrives_within_minutes(estate: Estate) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_create_lag_s": 60})
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    ticks(estate, 3, minutes=1)
    assert "ActiveCustomers" in statuses(estate)

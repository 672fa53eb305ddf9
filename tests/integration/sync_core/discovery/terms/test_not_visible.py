"""A term that is a draft, deleted or published again makes nobody missing, and goes on."""

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.runs.run import RunOutcome
from tests.integration.sync_core.discovery.terms.migrating import SYNCED, many
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    LINKS,
    READER,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tagged,
)
from tests.kit.estate import Estate, NewEstate


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    return tagged(new_small_estate)


@pytest.mark.parametrize("later", ["Tag; Other", "Other; Tag"])
def test_a_draft_keeps_its_assets_through_another_keyword(new_small_estate: NewEstate, later: str) -> None:
    """Tag is in two domains; while that of Sales is a draft, a person adds a keyword."""
    estate = new_small_estate(SYNC_TERM="Tag")
    do(estate, unified.curate, phase="direct")
    for name in ("Finance", "Sales"):
        do(estate, unified.add_domain, name=name)
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, term="Tag", domain="Sales", assets=ASSETS[1:])
    do(estate, unified.add_concept, term="Other", domain="Sales", assets=[f"{SQL}/ActiveCustomers"])
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    do(estate, unified.set_status, term="Tag@Sales", status="Draft")
    many(estate, 2, 660)
    other = new_small_estate(SYNC_TERM=later)
    many(other, 5, 660)
    assert set(statuses(other).values()) == {AssetStatus.SYNCED}, statuses(other)


def test_a_keyword_that_is_a_draft_from_the_start_pauses_only_itself(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag; Other")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.add_concept, term="Other", domain="Finance", status="Draft", assets=[f"{SQL}/ActiveCustomers"])
    many(estate, 2, 660)
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    runs = many(estate, 5, 660)
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED
    assert runs[-1].outcome is not RunOutcome.FAILED, runs[-1].error
    assert estate.app.health.answer().status == 200


@pytest.mark.parametrize("kind", ["term", "product"])
def test_a_list_of_one_asset_that_shows_none_is_not_believed_against_the_asset(
    new_small_estate: NewEstate, kind: str
) -> None:
    """An estate of one asset, and a catalog that answers 200 with an empty list; then a steward takes the link away."""
    estate = new_small_estate(SYNC_TERM="Tag" if kind == "term" else "product:Tag")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, **{kind: "Tag"}, domain="Finance", assets=ASSETS[:1])
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    estate.purview_fault("^(Terms_ListRelated|DataProducts_ListRel)", times=None, status=200, body={"value": []})
    many(estate, 3, 660)
    assert statuses(estate) == {"Customers": AssetStatus.SYNCED}, estate.last_run().notes
    estate.purview.faults.clear()
    do(estate, unified.unlink, **{kind: "Tag"})
    many(estate, 4, 7300)
    assert statuses(estate) == {"Customers": AssetStatus.RETIRED}, estate.last_run().notes


def test_a_term_that_is_deleted_and_made_again_with_the_same_assets_goes_on(new_small_estate: NewEstate) -> None:
    estate = tagged(new_small_estate)
    sync(estate)
    do(estate, unified.delete, term="Tag")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    many(estate, 3, 660)
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    many(estate, 6, 7300)
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED, statuses(estate)


def test_links_that_lead_to_what_the_catalog_does_not_show_yet_make_nobody_missing(new_small_estate: NewEstate) -> None:
    """The catalog's records of the assets were made anew, and do not show yet: every known link is replaced."""
    estate = tagged(new_small_estate)
    sync(estate)
    do(estate, unified.unlink, term="Tag")
    for number in range(3):
        entity_id = f"0c5f0a3e-0000-4000-8000-00000000000{number}"
        do(estate, unified.link_id, term="Tag", entityType="DATAASSET", entityId=entity_id)
    many(estate, 4, 660)
    assert set(statuses(estate).values()) == SYNCED, statuses(estate)


def test_an_idle_tick_costs_one_request_also_with_a_link_to_no_asset_of_the_data_map(estate: Estate) -> None:
    do(estate, unified.link_id, term="Tag", entityType="DATAASSET", entityId="0c5f0a3e-0000-4000-8000-000000000000")
    sync(estate)
    many(estate, 2, 60)
    since = estate.purview.log.last_seq
    estate.tick()
    assert asked(estate, since) == {LINKS: 1}


@pytest.mark.parametrize(("ticks", "every_s", "found_within_min"), [(17, 60, 3), (12, 3600, 11)])
def test_a_term_that_is_published_again_is_read_when_its_name_is_found_not_when_its_pause_ends(
    new_small_estate: NewEstate, ticks: int, every_s: int, found_within_min: int
) -> None:
    """A steward unpublishes it for a quarter of an hour or half a day, to add a link."""
    estate = tagged(new_small_estate)
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    many(estate, ticks, every_s)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    do(estate, unified.set_status, term="Tag", status="Published")
    many(estate, found_within_min, 60)
    assert statuses(estate).get("ActiveCustomers") is AssetStatus.SYNCED, estate.last_run().notes


def test_each_run_names_a_term_whose_list_fell_to_none_and_an_idle_one_asks_only_for_the_list(
    new_small_estate: NewEstate,
) -> None:
    estate = tagged(new_small_estate, SYNC_TERM="Tag@Finance")
    sync(estate)
    estate.purview_fault(LINKS, times=None, status=200, body={"value": []})
    many(estate, 15, 60)
    since = estate.purview.log.last_seq
    runs = many(estate, 120, 60)
    assert [run for run in runs if not any("fell from several" in note for note in run.notes)] == []
    assert asked(estate, since)[LINKS] <= 8

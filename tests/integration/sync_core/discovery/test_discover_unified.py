"""Assets that terms and data products of the Unified Catalog select: what is synced, and what nobody is missing by."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError, SyncError
from sync_core.notifications.announcement import Announcement
from sync_core.runs.run import RunRecord
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.estate import Estate

LINKS = "Terms_ListRelatedEntities"
SQL = "mssql://contoso-sql.database.windows.net/crm/dbo"
ASSETS = [f"{SQL}/{name}" for name in ("Customers", "Orders", "Products")]
CATALOG_OPERATIONS = ("Terms_", "DataProducts_", "DataAssets_", "BusinessDomain_")


def do(estate: Estate, act: Callable[[Any, dict[str, Any]], Any], **body: Any) -> Any:
    """Do in the catalog what a steward does."""
    done = act(estate.purview, body)
    estate.purview.submit_changes()
    return done


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    """A tenant without classic terms: three assets are linked with the term Tag of the domain Finance."""
    estate = new_small_estate(SYNC_TERM="Tag")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    return estate


def statuses(estate: Estate) -> dict[str, AssetStatus]:
    return {record.name: record.status for record in estate.records()}


def work(estate: Estate) -> None:
    """Work off all that waits, also what had to wait until CluedIn was read as a whole."""
    estate.work()
    if AssetStatus.QUEUED in statuses(estate).values():
        estate.deliver_again()


def sync(estate: Estate) -> RunRecord:
    """Run one tick and all the work that it sends."""
    run = estate.tick()
    work(estate)
    return run


def ticks(estate: Estate, count: int = 4, minutes: int = 11) -> list[RunRecord]:
    """Run some ticks, each after a while, so that all is compared."""
    runs = []
    for _ in range(count):
        estate.clock.advance(timedelta(minutes=minutes).total_seconds())
        runs.append(estate.tick())
    return runs


def tick(estate: Estate) -> None:
    """Run a tick; where nothing at all can be read, it says so by failing."""
    with suppress(SyncError):
        estate.app.discover_assets.run()


def asked(estate: Estate, since: int) -> dict[str, int]:
    return {name: count for name, count in estate.asked_of_purview(since).items() if count}


def test_the_assets_of_a_published_term_are_synced(estate: Estate) -> None:
    sync(estate)
    assert statuses(estate) == dict.fromkeys(("Customers", "Orders", "Products"), AssetStatus.SYNCED)


def test_an_idle_tick_with_one_term_costs_one_request(estate: Estate) -> None:
    sync(estate)
    estate.tick()
    since = estate.purview.log.last_seq
    estate.tick()
    assert asked(estate, since) == {LINKS: 1}


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


@pytest.mark.parametrize("hidden", ["not_found", "forbidden", "readable", "links_empty"])
@pytest.mark.parametrize("status", ["Draft", "Expired"])
def test_a_term_that_is_not_published_makes_nobody_missing_and_goes_on_when_it_is_again(
    estate: Estate, status: str, hidden: str
) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": hidden})
    do(estate, unified.set_status, term="Tag", status=status)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    for _ in range(5):
        estate.clock.advance(660)
        tick(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    assert all(not record.absent for record in estate.records())
    do(estate, unified.set_status, term="Tag", status="Published")
    estate.clock.advance(7300)
    sync(estate)
    ticks(estate)
    assert statuses(estate)["ActiveCustomers"] in {AssetStatus.SYNCED, AssetStatus.QUEUED}
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED


@pytest.mark.parametrize(
    ("act", "body"),
    [
        (unified.rename, {"term": "Tag", "name": "Other"}),
        (unified.delete, {"term": "Tag"}),
    ],
)
def test_a_term_that_is_renamed_or_deleted_makes_nobody_missing(
    estate: Estate, act: Callable[[Any, dict[str, Any]], Any], body: dict[str, Any]
) -> None:
    sync(estate)
    do(estate, act, **body)
    for _ in range(5):
        estate.clock.advance(660)
        tick(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


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


def test_an_asset_that_is_gone_from_the_data_map_is_absent_although_its_link_stays(estate: Estate) -> None:
    sync(estate)
    estate.act("delete", asset=ASSETS[1])
    ticks(estate)
    assert statuses(estate)["Orders"] is AssetStatus.RETIRED
    assert statuses(estate)["Products"] is AssetStatus.SYNCED


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


def test_without_a_role_the_classic_term_goes_on_alone(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    do(estate, unified.set_roles, roles=[])
    sync(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


def test_without_a_role_the_unified_store_is_an_error_that_names_it(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag", SYNC_TERM_STORE="unified")
    do(estate, unified.set_roles, roles=[])
    assert "Global Catalog Reader" in estate.failing_tick(ConfigError).error


def test_a_draft_is_told_where_the_catalog_shows_it(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag", SYNC_TERM_STORE="unified")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", status="Draft")
    assert "has it as draft in Finance" in estate.failing_tick(ConfigError).error


MIGRATIONS: list[dict[str, Any]] = [
    {"classic_list_after": "frozen"},
    {"classic_list_after": "empty"},
    {"classic_list_after": "not_found"},
    {"classic_list_after": "frozen", "classic_search_after": "found"},
    {"classic_list_after": "not_found", "classic_terms_after": "gone"},
    {"classic_list_after": "empty", "migrated_id": "same", "unified_hidden": "forbidden"},
]


@pytest.mark.parametrize("switches", MIGRATIONS, ids=str)
def test_a_migration_under_the_running_app_retires_nothing_and_new_tags_arrive(
    new_small_estate: NewEstate, switches: dict[str, Any]
) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    estate.purview.patch_switches(switches)
    sync(estate)
    before = {record.key: record.group_id for record in estate.records()}
    for phase in ("running", "staged", "moved", "published"):
        do(estate, unified.curate, phase=phase, domain="Finance")
        for _ in range(4):
            estate.clock.advance(2400)
            tick(estate)
            work(estate)
        assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, phase
        assert {record.key: record.group_id for record in estate.records()} == before, phase
    do(estate, unified.link, term="Sync to CluedIn@Finance", assets=[f"{SQL}/Products"])
    estate.clock.advance(60)
    tick(estate)
    work(estate)
    assert statuses(estate)["Products"] is AssetStatus.SYNCED


@pytest.mark.parametrize("hidden", ["not_found", "forbidden", "readable", "links_empty"])
def test_a_draft_is_no_failed_run_and_is_named_in_it(estate: Estate, hidden: str) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": hidden})
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    run = ticks(estate, 1)[0]
    assert "Tag" in " ".join(run.notes)
    assert estate.app.health.answer().status == 200


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_catalog_that_fails_stops_no_classic_term(new_small_estate: NewEstate, status: int) -> None:
    estate = new_small_estate()
    estate.purview_fault("BusinessDomain_|Terms_", times=None, status=status)
    sync(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


def test_classic_terms_alone_cost_no_request_to_the_catalog(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM_STORE="classic")
    sync(estate)
    ticks(estate, 8)
    assert not [name for name in asked(estate, 0) if name.startswith(CATALOG_OPERATIONS)]


def test_people_hear_once_of_a_term_that_is_paused_for_a_day(estate: Estate) -> None:
    told: list[str] = []

    class Receiver:
        id = "people"

        def send(self, announcement: Announcement) -> None:
            told.append(f"{announcement.kind}: {announcement.body}")

    people: Any = [Receiver()]
    by_term = estate.app.discover_by_term
    tell = replace(by_term.tell, notify=replace(by_term.tell.notify, receivers=people))
    discover = replace(estate.app.discover_assets, by_term=replace(by_term, tell=tell))
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    for _ in range(6):
        estate.clock.advance(8 * 3600)
        discover.run()
    (news,) = told
    assert news.startswith("terms_paused: 1 terms are paused for a day")
    assert "Tag" in news


def test_a_draft_that_shows_an_edited_list_adds_nobody_and_makes_nobody_missing(estate: Estate) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": "readable"})
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    ticks(estate)
    assert statuses(estate)["Customers"] is AssetStatus.SYNCED
    assert "ActiveCustomers" not in statuses(estate)


def test_another_term_goes_on_while_one_is_a_draft_and_nobody_is_missing(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag; Other")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, term="Other", domain="Finance", assets=ASSETS[1:])
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.link, term="Other", assets=[f"{SQL}/ActiveCustomers"])
    ticks(estate)
    work(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    assert len(statuses(estate)) == 4


def test_a_namesake_in_the_catalog_makes_no_classic_asset_missing(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    do(estate, unified.add_domain, name="Sales")
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    sync(estate)
    do(estate, unified.curate, phase="staged")
    do(estate, unified.add_concept, term="Sync to CluedIn", domain="Sales", assets=[ASSETS[2]])
    ticks(estate, 5, minutes=40)
    work(estate)
    assert estate.app.term_lists.curation() is not None
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}

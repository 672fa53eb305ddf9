"""The classic glossary and the Unified Catalog side by side: without a role, in a migration, while one fails."""

from typing import Any

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    CATALOG_OPERATIONS,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tick,
    ticks,
    work,
)
from tests.kit.estate import NewEstate


def test_without_a_role_the_classic_term_goes_on_alone(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    do(estate, unified.set_roles, roles=[])
    sync(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


def test_without_a_role_the_unified_store_is_an_error_that_names_it(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag", SYNC_TERM_STORE="unified")
    do(estate, unified.set_roles, roles=[])
    assert "Global Catalog Reader" in estate.failing_tick(ConfigError).error


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

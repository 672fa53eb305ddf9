"""Estates of the Unified Catalog in full: many links, migrations of large terms and child terms, other settings."""

from typing import Any

import pytest

from local.cluedin.simulator import CluedIn
from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError
from tests.integration.sync_core.discovery.test_selection import ENABLED, KEYWORDS
from tests.integration.sync_core.discovery.unified_estate import ASSETS, SQL, asked, do, sync, tick, ticks
from tests.kit.estate import Estate, NewEstate

TAG = "Sync to CluedIn"
MANY = 104
LAKE = "https://contosolake.dfs.core.windows.net/many"


@pytest.fixture
def catalog(new_small_estate: NewEstate) -> NewEstate:
    """Make apps in a tenant with two domains, whose catalog the app only reads."""

    def make(**settings: str) -> Estate:
        estate = new_small_estate(**settings)
        estate.purview.patch_switches({"unified_link_before_curation": "works"})
        for domain in ("Finance", "Sales"):
            do(estate, unified.add_domain, name=domain)
        do(estate, unified.set_roles, roles=["global-catalog-reader"])
        return estate

    return make


def add_files(estate: Estate, count: int, **more: Any) -> list[str]:
    names = [f"{LAKE}/{number:03}.csv" for number in range(count)]
    for name in names:
        estate.act("add_asset", name=name[-7:], qualifiedName=name, **more)
    return names


def known(estate: Estate) -> set[str]:
    """The qualified names of all that counts as tagged: none is retired, none is missing."""
    assert all(not record.absent for record in estate.records())
    return {one.qualified_name for one in estate.records() if one.status is not AssetStatus.RETIRED}


@pytest.mark.parametrize("kind", ["term", "product"])
def test_links_beyond_100_all_select_and_one_that_is_taken_away_is_told_from_the_others(
    catalog: NewEstate, kind: str
) -> None:
    estate = catalog(SYNC_TERM="Many" if kind == "term" else "product:Many", SYNC_TERM_STORE="unified")
    names = add_files(estate, MANY)
    do(estate, unified.add_concept, domain="Finance", assets=names, **{kind: "Many"})
    run = estate.tick()
    assert known(estate) == set(names)
    assert any(f"{MANY} assets" in note for note in run.notes) is (kind == "term")
    do(estate, unified.unlink, assets=names[:1], **{kind: "Many"})
    ticks(estate)
    retired = [one.qualified_name for one in estate.records() if one.status is AssetStatus.RETIRED]
    assert retired == names[:1]


@pytest.mark.parametrize(("count", "is_told"), [(79, False), (80, True), (100, True)])
def test_from_80_links_on_the_run_advises_several_terms_or_a_data_product(
    catalog: NewEstate, count: int, *, is_told: bool
) -> None:
    estate = catalog(SYNC_TERM="Many")
    do(estate, unified.add_concept, domain="Finance", assets=add_files(estate, count), term="Many")
    notes = estate.tick().notes
    advice = (
        f"'Many' is linked with {count} assets; Purview allows 100 relationships of a term: use several terms, or a "
        "data product."
    )
    assert (advice in notes) is is_told
    assert any("relationships" in note for note in notes) is is_told


@pytest.mark.parametrize("kind", ["term", "product"])
def test_an_idle_tick_of_a_new_process_costs_one_request_however_many_links_there_are(
    catalog: NewEstate, new_small_estate: NewEstate, kind: str
) -> None:
    settings = {"SYNC_TERM": "Many@Finance" if kind == "term" else "product:Many@Finance"}
    estate = catalog(**settings)
    names = add_files(estate, 310 if kind == "product" else MANY)
    do(estate, unified.add_concept, domain="Finance", assets=names, **{kind: "Many"})
    nowhere = {"entityType": "DATAASSET", "entityId": "0c5f0a3e-0000-4000-8000-000000000000"}
    do(estate, unified.link_id, **nowhere, **{kind: "Many"})
    estate.act("delete", asset=names[5])
    estate.tick()
    for _ in range(3):
        estate.clock.advance(60)
        new_small_estate(**settings).tick()
    for _ in range(2):
        fresh = new_small_estate(**settings)
        since = estate.purview.log.last_seq
        fresh.tick()
        links = "Terms_ListRelatedEntities" if kind == "term" else "DataProducts_ListRelationships"
        assert asked(fresh, since) == {links: 1}
        assert known(fresh) == set(names) - {names[5]}
    do(estate, unified.link, assets=[f"{SQL}/Products"], **{kind: "Many"})
    fresh, since = new_small_estate(**settings), estate.purview.log.last_seq
    fresh.tick()
    assert asked(fresh, since)["DataAssets_Query"] == 1
    assert asked(fresh, since)["Entity_ListByGuids"] <= 2, "the new one is described, and read in full"
    assert known(fresh) == {*names, f"{SQL}/Products"} - {names[5]}


@pytest.mark.faults
@pytest.mark.parametrize("links", ["kept", "cut"])
@pytest.mark.parametrize("after", ["frozen", "empty", "not_found"])
def test_a_migration_of_a_term_of_more_than_100_assets_retires_none(catalog: NewEstate, links: str, after: str) -> None:
    estate = catalog(SYNC_TERM=TAG)
    estate.purview.patch_switches({"migrated_links_over_limit": links, "classic_list_after": after})
    names = add_files(estate, MANY, terms=[f"{TAG}@Glossary"])
    estate.tick()
    everybody = known(estate)
    assert set(names) < everybody
    for phase in ("running", "staged", "moved", "published"):
        do(estate, unified.curate, phase=phase, domain="Finance")
        for _ in range(4):
            estate.clock.advance(2400)
            tick(estate)
        assert {one.qualified_name for one in estate.records() if one.status is AssetStatus.RETIRED} == set(), phase
    do(estate, unified.link, term=f"{TAG}@Finance", assets=[f"{SQL}/Products"])
    estate.clock.advance(60)
    tick(estate)
    assert known(estate) == everybody | {f"{SQL}/Products"}


@pytest.mark.parametrize("name", ["short", "formal"])
def test_a_child_term_that_is_copied_by_its_short_or_formal_name_loses_nobody(catalog: NewEstate, name: str) -> None:
    estate = catalog(SYNC_TERM="Customer_Address")
    estate.purview.patch_switches({"migrated_child_name": name, "classic_list_after": "empty"})
    for asset in ASSETS:
        estate.act("tag", asset=asset, term="Customer_Address@Glossary")
    sync(estate)
    assert known(estate) == set(ASSETS)
    do(estate, unified.curate, phase="published", domain="Finance")
    ticks(estate, 6, minutes=40)
    assert {one.status for one in estate.records()} == {AssetStatus.SYNCED}


def test_keywords_of_the_catalog_count_from_cluedins_settings_and_a_change_is_taken_over(
    catalog: NewEstate, cluedin: CluedIn
) -> None:
    cluedin.store.settings.update({ENABLED: "true", KEYWORDS: '"Tag@Finance"; "product:Sales"'})
    estate = catalog(SYNC_SETTINGS_SOURCE="cluedin", SYNC_TERM="ignored")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=[ASSETS[0]])
    do(estate, unified.add_concept, term="Tag", domain="Sales", assets=[ASSETS[1]])
    do(estate, unified.add_concept, product="Sales", domain="Sales", assets=[ASSETS[2]])
    sync(estate)
    assert known(estate) == {ASSETS[0], ASSETS[2]}
    cluedin.store.settings[KEYWORDS] = '"Tag"'
    run = sync(estate)
    assert {ASSETS[0], ASSETS[1]} <= {one.qualified_name for one in estate.records() if not one.absent}
    assert any("The settings changed" in note and "product:Sales" in note for note in run.notes), run.notes


def test_a_product_from_cluedins_settings_is_refused_where_only_classic_terms_are_asked(
    catalog: NewEstate, cluedin: CluedIn
) -> None:
    cluedin.store.settings.update({ENABLED: "true", KEYWORDS: '"product:Sales"'})
    estate = catalog(SYNC_SETTINGS_SOURCE="cluedin", SYNC_TERM="ignored", SYNC_TERM_STORE="classic")
    error = estate.failing_tick(ConfigError).error
    assert KEYWORDS in error
    assert "SYNC_TERM_STORE" in error


@pytest.mark.parametrize(("before", "after"), [("auto", "unified"), ("auto", "classic"), ("classic", "auto")])
def test_another_store_counts_at_the_next_tick_and_retires_nobody_at_once(
    catalog: NewEstate, new_small_estate: NewEstate, before: str, after: str
) -> None:
    estate = catalog(SYNC_TERM=TAG, SYNC_TERM_STORE=before)
    do(estate, unified.add_concept, term=TAG, domain="Finance", assets=[ASSETS[2]])
    sync(estate)
    changed = new_small_estate(SYNC_TERM=TAG, SYNC_TERM_STORE=after)
    since = estate.purview.log.last_seq
    changed.tick()
    names = set(asked(changed, since))
    assert ("Terms_ListRelatedEntities" in names) is (after != "classic")
    assert ("Glossary_ListEntitiesAssignedWithTerm" in names) is (after != "unified")
    assert {one.status for one in changed.records()} <= {AssetStatus.SYNCED, AssetStatus.QUEUED}

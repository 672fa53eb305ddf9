"""A migration of the classic glossary, however it goes and whatever is visible meanwhile, retires nothing."""

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.runs.run import RunOutcome
from tests.integration.sync_core.discovery.terms.migrating import CLASSIC, TERM, classic_term, many
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    READER,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tick,
)
from tests.kit.estate import Estate, NewEstate

pytestmark = pytest.mark.faults


def tag_many(estate: Estate, count: int) -> None:
    for number in range(count):
        name = f"{SQL}/Made{number:03}"
        made = {"name": f"Made{number:03}", "typeName": "azure_sql_table", "qualifiedName": name, "terms": [CLASSIC]}
        estate.act("add_asset", **made)


@pytest.mark.parametrize("listed", ["empty", "not_found", "frozen"])
def test_a_migration_of_an_estate_of_one_asset_retires_nothing(new_small_estate: NewEstate, listed: str) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    names = sorted(asset.qualified_name for asset, _ in estate.purview.glossary.assigned(classic_term(estate)))
    for name in names[1:]:
        estate.act("untag", asset=name, term=CLASSIC)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    estate.purview.patch_switches({"classic_list_after": listed})
    sync(estate)
    assert len(estate.records()) == 1
    for phase in ("running", "staged", "moved", "published"):
        do(estate, unified.curate, phase=phase, domain="Finance")
        many(estate, 4, 2400)
        assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, phase


@pytest.mark.parametrize("listed", ["empty", "not_found", "frozen"])
def test_a_migration_that_cuts_links_over_100_retires_nothing(new_small_estate: NewEstate, listed: str) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    tag_many(estate, 118)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    estate.purview.patch_switches({"classic_list_after": listed, "migrated_links_over_limit": "cut"})
    sync(estate)
    assert len(estate.records()) == 120
    for phase in ("running", "staged", "moved", "published"):
        do(estate, unified.curate, phase=phase, domain="Finance")
        for _ in range(4):
            estate.clock.advance(2400)
            tick(estate)
        retired = [one for one in estate.records() if one.status is AssetStatus.RETIRED or one.absent]
        assert not retired, f"{phase}: {len(retired)} absent or retired"


@pytest.mark.parametrize("listed", ["empty", "not_found", "frozen"])
def test_runs_and_health_stay_well_while_classic_terms_are_gone_and_copies_are_drafts(
    new_small_estate: NewEstate, listed: str
) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    estate.purview.patch_switches({"classic_list_after": listed, "classic_terms_after": "gone"})
    sync(estate)
    bad = {}
    for phase in ("running", "staged", "moved", "published"):
        do(estate, unified.curate, phase=phase, domain="Finance")
        runs = many(estate, 4, 660)
        estate.app.reconcile.run()
        failed = [run.error for run in runs if run.outcome is RunOutcome.FAILED]
        if failed or estate.app.health.answer().status != 200:
            bad[phase] = (len(failed), failed[-1][:300] if failed else "", estate.app.health.answer().status)
    assert not bad


def test_a_direct_switch_retires_nothing_while_a_steward_still_links_the_new_term(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    for name in ("Products", "ActiveCustomers"):
        estate.act("tag", asset=f"{SQL}/{name}", term=CLASSIC)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    do(estate, unified.curate, phase="direct")
    many(estate, 3, 3700)
    do(estate, unified.add_concept, term=TERM, domain="Finance", assets=ASSETS[:1])
    many(estate, 6, 60)
    many(estate, 3, 660)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, statuses(estate)


@pytest.mark.parametrize("phase", ["staged", "moved"])
def test_what_a_run_says_while_classic_terms_are_gone(new_small_estate: NewEstate, phase: str) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    estate.purview.patch_switches({"classic_list_after": "not_found", "classic_terms_after": "gone"})
    many(estate, 1, 60)
    do(estate, unified.curate, phase=phase, domain="Finance")
    many(estate, 2, 660)
    run = estate.last_run()
    assert run.outcome.value == "succeeded", (run.outcome, run.error, estate.app.health.answer().body)


@pytest.mark.parametrize("store", ["unified", "classic"])
def test_another_store_setting_counts(new_small_estate: NewEstate, store: str) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    estate.act("untag", asset=f"{SQL}/Customers", term=CLASSIC)
    do(estate, unified.add_domain, name="Finance")
    estate.purview.patch_switches({"unified_link_before_curation": "works"})
    do(estate, unified.add_concept, term=TERM, domain="Finance", assets=ASSETS[:1])
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    assert set(statuses(estate)) == {"Customers", "Orders"}
    other = new_small_estate(SYNC_TERM=TERM, SYNC_TERM_STORE=store)
    sync(other)
    other.clock.advance(700)
    since = other.purview.log.last_seq
    sync(other)
    names = asked(other, since)
    if store == "unified":
        assert "Glossary_ListEntitiesAssignedWithTerm" not in names, names
    else:
        assert not [one for one in names if one.startswith(("Terms_", "BusinessDomain_"))], names

"""What people are told of terms in two stores: in the run, in `status`, by the doctor, and by a notification."""

import pytest

from local.cluedin.simulator import CluedIn
from local.purview.admin import unified
from sync_core.runs.run import RunOutcome, RunRecord
from tests.integration.sync_core.discovery.test_selection import ENABLED, KEYWORDS
from tests.integration.sync_core.discovery.unified_estate import ASSETS, do, sync, tick, ticks
from tests.kit.estate import Estate, NewEstate
from tests.kit.people import People

pytestmark = pytest.mark.faults

TAG = "Sync to CluedIn"
CLASSIC = f"{TAG}@Glossary"
READER = "Global Catalog Reader"


@pytest.fixture
def tenant(new_small_estate: NewEstate) -> NewEstate:
    """Make apps in a tenant with the domains Finance and Sales, whose catalog the app only reads."""

    def make(**settings: str) -> Estate:
        estate = new_small_estate(**{"SYNC_TERM": TAG, **settings})
        estate.purview.patch_switches({"unified_link_before_curation": "works", "classic_list_after": "empty"})
        for domain in ("Finance", "Sales"):
            do(estate, unified.add_domain, name=domain)
        do(estate, unified.set_roles, roles=["global-catalog-reader"])
        return estate

    return make


def said(run: RunRecord) -> str:
    return " ".join([*run.notes, run.error or ""])


def examined(estate: Estate, check: str) -> tuple[str, str]:
    (found,) = [one for one in estate.app.doctor.examine() if check in one.check]
    return str(found.verdict), found.detail


@pytest.mark.parametrize("terms", ["listed", "gone"])
def test_curation_and_the_keyword_to_write_are_told_everywhere_and_people_hear_once(
    tenant: NewEstate, terms: str
) -> None:
    estate, people = tenant(SYNC_TERM=CLASSIC), People()
    discover = people.hear_of_curation(estate.app)
    estate.purview.patch_switches({"classic_terms_after": terms})
    sync(estate)
    do(estate, unified.curate, phase="published", domain="Finance")
    for _ in range(4):
        estate.clock.advance(660)
        discover.run()
    run = estate.last_run()
    assert run.outcome is not RunOutcome.FAILED
    for text in (said(run), str(estate.status()["assetCuration"]), examined(estate, "what the keywords find")[1]):
        assert "frozen since" in text
        assert f"'{CLASSIC}' cannot follow by itself: write {TAG}@Finance, or the bare name {TAG}" in text
    (news,) = people.told
    assert news.startswith("asset_curation: This tenant seems to have enabled asset curation")
    assert f"{TAG}@Finance" in news


def test_nothing_is_told_of_curation_where_nothing_shows_it(tenant: NewEstate) -> None:
    estate = tenant()
    run = sync(estate)
    assert "curation" not in said(run)
    assert "assetCuration" not in estate.status()
    assert "asset curation is not seen to be enabled" in examined(estate, "what the keywords find")[1]


def test_auto_without_a_role_says_what_to_grant_to_who_has_no_classic_term(tenant: NewEstate) -> None:
    estate = tenant(SYNC_TERM="Tag@Finance")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=[])
    tick(estate)
    error = estate.last_run().error
    assert "Data Reader on the root collection" in error
    assert "in the governance domain Finance" in error
    assert READER in error


def test_auto_without_a_role_says_once_what_to_grant_while_classic_terms_go_on_and_status_from_then_on(
    tenant: NewEstate,
) -> None:
    estate = tenant()
    do(estate, unified.set_roles, roles=[])
    assert "unifiedCatalog" not in estate.status()
    assert READER in said(sync(estate))
    assert [run.notes for run in ticks(estate, 60, minutes=1) if run.notes] == []
    estate.app.reconcile.run()
    assert estate.app.health.answer().status == 200
    assert "Classic terms decide alone" in estate.status()["unifiedCatalog"]
    assert READER in estate.status()["unifiedCatalog"]
    assert "SYNC_TERM_STORE=classic" in str(estate.app.dashboard.answer({}).body)
    verdict, detail = examined(estate, "its host answers")
    assert verdict == "OPEN"
    assert READER in detail
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    assert ticks(estate, 1)[0].notes == []
    assert "unifiedCatalog" not in estate.status()


def test_each_run_says_that_a_catalog_that_fails_is_paused(tenant: NewEstate) -> None:
    estate = tenant(SYNC_TERM=f"{TAG}; Tag")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    sync(estate)
    estate.purview_fault("BusinessDomain_|Terms_", times=None, status=503)
    ticks(estate, 1)
    for run in ticks(estate, 20, minutes=1):
        told = [note for note in run.notes if "the Unified Catalog cannot be read since" in note]
        assert len(told) == 1, run.notes
        assert "decide alone" not in said(run)


def test_unified_without_a_role_names_the_role_and_the_domain(tenant: NewEstate) -> None:
    estate = tenant(SYNC_TERM="Tag@Finance", SYNC_TERM_STORE="unified")
    do(estate, unified.set_roles, roles=[])
    tick(estate)
    error = estate.last_run().error
    assert READER in error
    assert "governance domain Finance" in error


@pytest.mark.parametrize("store", ["auto", "unified"])
def test_a_draft_that_the_catalog_hides_is_told_as_what_it_may_be(tenant: NewEstate, store: str) -> None:
    estate = tenant(SYNC_TERM="Tag@Finance", SYNC_TERM_STORE=store)
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS, status="Draft")
    tick(estate)
    error = estate.last_run().error
    assert "A draft is not shown: publish it, and its domain" in error
    assert "in the governance domain Finance" in error


def test_a_name_that_several_domains_and_stores_have_is_told_in_each_run(tenant: NewEstate) -> None:
    estate = tenant()
    for domain, asset in (("Finance", ASSETS[0]), ("Sales", ASSETS[2])):
        do(estate, unified.add_concept, term=TAG, domain=domain, assets=[asset])
    names = [f"classic term {CLASSIC}", f"term {TAG}@Finance", f"term {TAG}@Sales"]
    for run in (sync(estate), ticks(estate, 1, minutes=1)[0]):
        assert f"'{TAG}' selects the assets of all of these: {'; '.join(names)}." in run.notes
    verdict, detail = examined(estate, "they select something")
    assert verdict == "PASS"
    assert all(name in detail for name in names)


def test_terms_of_one_domain_that_look_alike_are_told_apart(tenant: NewEstate) -> None:
    estate = tenant(SYNC_TERM="Tag@Finance")
    one = do(estate, unified.add_concept, term="Tag", domain="Finance", assets=[ASSETS[0]])
    other = do(estate, unified.add_concept, term="Tag ", domain="Finance", assets=[ASSETS[2]])
    names = [f"term Tag@Finance (id {one['id']})", f"term Tag @Finance (white space at its end, id {other['id']})"]
    run = sync(estate)
    assert f"'Tag@Finance' selects the assets of all of these: {'; '.join(sorted(names))}." in run.notes
    for check in ("they select something", "what the keywords find"):
        assert all(name in examined(estate, check)[1] for name in names)


def test_who_writes_another_domain_hears_where_the_term_is(tenant: NewEstate) -> None:
    estate = tenant(SYNC_TERM="Tag@Sales; product:Tag@Sales")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.add_concept, product="Tag", domain="Finance", assets=ASSETS)
    tick(estate)
    detail = examined(estate, "what the keywords find")[1]
    for right in ("Tag@Finance", "product:Tag@Finance"):
        assert f"in the governance domain Sales, but has {right}: write that." in said(estate.last_run())
        assert f"nothing published there has that name in that domain; {right} is there" in detail


@pytest.mark.parametrize("source", ["app", "cluedin"])
def test_the_doctor_writes_out_the_setting_that_follows(tenant: NewEstate, cluedin: CluedIn, source: str) -> None:
    cluedin.store.settings.update({ENABLED: "true", KEYWORDS: f"{CLASSIC}; product:Sales"})
    estate = tenant(SYNC_TERM=f"{CLASSIC}; product:Sales", SYNC_SETTINGS_SOURCE=source)
    do(estate, unified.add_concept, product="Sales", domain="Sales", assets=ASSETS)
    do(estate, unified.add_concept, term=TAG, domain="Finance", assets=ASSETS)
    setting = "SYNC_TERM" if source == "app" else KEYWORDS
    assert f"that is: {setting}={TAG}@Finance; product:Sales." in examined(estate, "what the keywords find")[1]


def test_a_name_that_one_term_has_is_no_note(tenant: NewEstate) -> None:
    assert "selects the assets of all" not in said(sync(tenant()))


@pytest.mark.parametrize("hidden", ["not_found", "forbidden", "readable"])
def test_the_doctor_names_a_term_that_is_paused_and_why(tenant: NewEstate, hidden: str) -> None:
    estate = tenant(SYNC_TERM="Tag; Sales")
    estate.purview.patch_switches({"unified_hidden": hidden})
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:2])
    do(estate, unified.add_concept, term="Sales", domain="Sales", assets=ASSETS[2:])
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    ticks(estate, 2)
    verdict, detail = examined(estate, "they select something")
    assert verdict == "OPEN"
    assert "term Tag@Finance is paused: " in detail
    assert "term Sales@Sales" in detail
    assert "term Sales@Sales is paused" not in detail
    assert "'Tag'" in examined(estate, "what the keywords find")[1]

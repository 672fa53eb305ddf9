"""What is not visible is not untagged: drafts, odd answers and the migration."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.purview.admin import unified
from local.purview.admin.actions import find_asset, find_term
from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.assets.record import AssetStatus
from sync_core.catalog.values import Kind
from sync_core.runs.run import RunOutcome, RunRecord
from tests.faults.virtual import make_virtual_app
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.discovery.test_discover_unified import (
    ASSETS,
    CATALOG_OPERATIONS,
    LINKS,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tick,
    work,
)
from tests.integration.sync_core.estate import Estate

TERM = "Sync to CluedIn"
CLASSIC = f"{TERM}@Glossary"
READER = ["global-catalog-reader"]
SYNCED = {AssetStatus.SYNCED}


def tagged(new: NewEstate, **changes: str) -> Estate:
    """A tenant without classic terms: three assets are linked with the term Tag of the domain Finance."""
    estate = new(**{"SYNC_TERM": "Tag", **changes})
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=READER)
    return estate


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    """The same at once."""
    return tagged(new_small_estate)


def on_its_clock(estate: Estate) -> Estate:
    """Let pauses pass by the test's clock: those that a service asks for are kept by storage's."""
    return replace(estate, app=make_virtual_app(estate.app.settings, estate.clock))


def many(estate: Estate, rounds: int, seconds: int) -> list[RunRecord]:
    """Run some ticks with their work, each after a while."""
    runs = []
    for _ in range(rounds):
        estate.clock.advance(seconds)
        tick(estate)
        work(estate)
        runs.append(estate.last_run())
    return runs


def classic_term(estate: Estate) -> Any:
    return find_term(estate.purview, CLASSIC)


def untag_by_service(estate: Estate, count: int | None = None) -> None:
    """Take assets out of the classic list as the service may do, also from a frozen one."""
    term, glossary = classic_term(estate), estate.purview.glossary
    pairs: list[Any] = [(asset.guid, assignment.guid) for asset, assignment in glossary.assigned(term)][:count]
    is_frozen, glossary._is_frozen = glossary._is_frozen, lambda: False
    glossary.unassign(term, pairs, "migration")
    glossary._is_frozen = is_frozen
    estate.purview.submit_changes()


def make_classic(estate: Estate, name: str) -> None:
    (glossary,) = [one for one in estate.purview.glossary.glossaries() if one.display_text == "Glossary"]
    body = {"name": name, "status": "Approved", "anchor": {"glossaryGuid": glossary.guid}}
    estate.purview.glossary.create_term(body, "steward")
    estate.purview.submit_changes()


def tag_many(estate: Estate, count: int) -> None:
    for number in range(count):
        name = f"{SQL}/Made{number:03}"
        made = {"name": f"Made{number:03}", "typeName": "azure_sql_table", "qualifiedName": name, "terms": [CLASSIC]}
        estate.act("add_asset", **made)


def approve(estate: Estate, count: int) -> None:
    now = estate.clock.now()
    word = Approval(assets=count, by="Ada", given_at=now, expires_at=now + timedelta(days=1))
    estate.app.approvals.save(APPROVAL, word)


def link_many(estate: Estate, count: int) -> None:
    """Link a data product with new assets."""
    concept = unified.find_concept(estate.purview, {"product": "Sales"})
    for number in range(count):
        name = f"{SQL}/Made{number:04}"
        estate.act("add_asset", name=f"Made{number:04}", typeName="azure_sql_table", qualifiedName=name)
        estate.purview.unified.link_entity(concept, find_asset(estate.purview, name), "steward")
    estate.purview.submit_changes()


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


def test_after_curation_a_classic_list_that_shrinks_makes_nobody_missing(new_small_estate: NewEstate) -> None:
    """Design 4: after it the classic list is evidence of yesterday: it keeps its assets present."""
    estate = new_small_estate(SYNC_TERM=TERM)
    for name in ("Products", "ActiveCustomers"):
        estate.act("tag", asset=f"{SQL}/{name}", term=CLASSIC)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    count = len(estate.records())
    do(estate, unified.curate, phase="staged")
    many(estate, 3, 3700)
    assert estate.app.term_lists.curation() is not None, "curation is known: the search finds none"
    untag_by_service(estate, 2)
    many(estate, 5, 660)
    assert len(estate.records()) == count
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, statuses(estate)


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


def test_curation_is_not_concluded_from_columns_only(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM=f"{TERM}; Other")
    do(estate, unified.set_roles, roles=READER)
    make_classic(estate, "Other")
    estate.add_columns(3, term="Other@Glossary")
    sync(estate)
    many(estate, 4, 3700)
    assert estate.app.term_lists.curation() is None


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 400, "body": {"error": {"code": "X", "message": "bad"}}},
        {"status": 200, "body": "<html>login</html>"},
        {"status": 200, "body": {"x": 1}},
        {"status": 409, "body": {}},
    ],
    ids=str,
)
def test_curation_is_not_concluded_from_an_answer_that_is_no_404(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    estate.purview_fault("Glossary_ListEntitiesAssignedWithTerm", times=None, **effect)
    many(estate, 2, 660)
    assert estate.app.term_lists.curation() is None


def test_a_classic_term_that_is_deleted_in_a_tenant_without_curation_is_no_curation(
    new_small_estate: NewEstate,
) -> None:
    """A classic list that gains an asset afterwards proves that nothing is frozen."""
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    for name in ("Customers", "Orders"):
        estate.act("untag", asset=f"{SQL}/{name}", term=CLASSIC)
    many(estate, 3, 660)
    estate.act("tag", asset=f"{SQL}/Products", term=CLASSIC)
    estate.act("tag", asset=f"{SQL}/Customers", term=CLASSIC)
    many(estate, 3, 7300)
    assert statuses(estate)["Products"] is AssetStatus.SYNCED
    assert estate.app.term_lists.curation() is None, "the classic list grows: it is not frozen"


@pytest.mark.parametrize("effect", [{"status": 400, "body": {}}, {"status": 200, "body": "<html>"}], ids=str)
def test_one_odd_answer_after_a_sample_migration_ends_no_classic_term(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    """The tenant has tried the sample migration; a copy is published. Classic terms are alive and are tagged with."""
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    do(estate, unified.curate, phase="sample")
    do(estate, unified.move, term=f"{TERM}@.StagingDomain", to="Finance")
    do(estate, unified.set_status, term=f"{TERM}@Finance", status="Published")
    many(estate, 2, 660)
    estate.purview_fault("Glossary_ListEntitiesAssignedWithTerm", times=1, **effect)
    many(estate, 1, 60)
    estate.purview.faults.clear()
    estate.act("tag", asset=f"{SQL}/Products", term=CLASSIC)
    many(estate, 4, 3700)
    assert statuses(estate).get("Products") is AssetStatus.SYNCED, (statuses(estate), estate.app.term_lists.curation())


def test_several_lists_of_one_asset_that_show_none_at_once_make_nobody_missing(new_small_estate: NewEstate) -> None:
    """Each list alone looks like an asset that lost its tag."""
    names = [f"T{n}" for n in range(4)]
    estate = new_small_estate(SYNC_TERM="; ".join(names))
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    for name, asset in zip(names, [*ASSETS, f"{SQL}/ActiveCustomers"], strict=True):
        do(estate, unified.add_concept, term=name, domain="Finance", assets=[asset])
    do(estate, unified.set_roles, roles=READER)
    many(estate, 2, 60)
    assert len(estate.records()) == 4
    estate.purview_fault("Terms_ListRelatedEntities", times=None, status=200, body={"value": []})
    many(estate, 4, 660)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, statuses(estate)


def test_a_false_curation_does_not_stop_the_classic_store(new_small_estate: NewEstate) -> None:
    """A steward deletes one classic term for good in a tenant that never enabled curation; another one goes on."""
    estate = new_small_estate(SYNC_TERM=f"{TERM}; Other")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=READER)
    estate.purview.patch_switches({"unified_link_before_curation": "works"})
    do(estate, unified.add_concept, term=TERM, domain="Finance", assets=ASSETS[:1])
    make_classic(estate, "Other")
    estate.act("tag", asset=f"{SQL}/ActiveCustomers", term="Other@Glossary")
    many(estate, 2, 60)
    estate.purview_fault("Glossary_ListEntitiesAssignedWithTerm", times=None, status=400, body={"error": {"code": "X"}})
    many(estate, 2, 660)
    estate.purview.faults.clear()
    estate.act("tag", asset=f"{SQL}/Products", term=CLASSIC)
    many(estate, 5, 3700)
    assert statuses(estate).get("Products") is AssetStatus.SYNCED, statuses(estate)
    assert statuses(estate).get("Orders") is AssetStatus.SYNCED, statuses(estate)


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


def test_a_list_that_a_person_approved_empty_retires_and_pauses_no_more_classic(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    untag_by_service(estate)
    many(estate, 3, 660)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    approve(estate, 2)
    many(estate, 5, 7300)
    assert set(statuses(estate).values()) == {AssetStatus.RETIRED}, statuses(estate)
    run = many(estate, 1, 90_000)[0]
    assert not [note for note in run.notes if "fell from several" in note], run.notes


def test_a_term_that_is_deleted_and_made_again_with_the_same_assets_goes_on(new_small_estate: NewEstate) -> None:
    estate = tagged(new_small_estate)
    sync(estate)
    do(estate, unified.delete, term="Tag")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    many(estate, 3, 660)
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    many(estate, 6, 7300)
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED, statuses(estate)


@pytest.mark.parametrize(
    ("store", "status"),
    [("auto", 403), ("auto", 429), ("unified", 401), ("unified", 429), ("unified", 500), ("auto", 404)],
)
@pytest.mark.parametrize("operation", ["BusinessDomain_", "Terms_Query"])
def test_one_call_that_fails_does_not_stop_a_known_term(
    new_small_estate: NewEstate, operation: str, status: int, store: str
) -> None:
    estate = on_its_clock(new_small_estate(SYNC_TERM="Tag; product:Sales", SYNC_TERM_STORE=store))
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, product="Sales", domain="Finance", assets=ASSETS[1:2])
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    many(estate, 1, 60)
    estate.purview_fault(operation, times=None, status=status)
    many(estate, 2, 660)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    runs = many(estate, 5, 60)
    assert statuses(estate).get("ActiveCustomers") is AssetStatus.SYNCED, runs[-1].notes


@pytest.mark.parametrize(
    ("operation", "term"), [("BusinessDomain_", "Tag"), ("DataProducts_Query", "Tag; product:Sales")]
)
@pytest.mark.parametrize("status", [403, 500])
def test_one_call_of_the_catalog_that_fails_does_not_hide_a_new_term(
    new_small_estate: NewEstate, operation: str, term: str, status: int
) -> None:
    """Design 4: a store pauses only when no call to it succeeds."""
    estate = new_small_estate(SYNC_TERM=term)
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, product="Sales", domain="Finance", assets=ASSETS[1:2])
    do(estate, unified.set_roles, roles=READER)
    estate.purview_fault(operation, times=None, status=status)
    for _ in range(3):
        estate.clock.advance(660)
        tick(estate)
    assert "Customers" in statuses(estate), (estate.last_run().error, estate.last_run().notes)


def test_a_link_that_cannot_be_read_makes_nobody_missing(estate: Estate) -> None:
    """As an unreadable row of the classic list: who cannot be read may be the asset that would count as missing."""
    sync(estate)
    found = estate.app.catalog
    domains = found.find_concepts(Kind.TERM, "Tag")
    ids = found.fetch_links(Kind.TERM, domains[0].id).ids
    value: list[dict[str, str | None]] = [{"relationshipType": "Related", "entityId": one} for one in ids[1:]]
    value.append({"relationshipType": "Related", "entityId": None})
    estate.purview_fault(LINKS, times=None, status=200, body={"value": value})
    many(estate, 5, 660)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, statuses(estate)


def test_malformed_answers_of_each_call_make_nobody_missing(new_small_estate: NewEstate) -> None:
    estate = tagged(new_small_estate)
    sync(estate)
    odd: tuple[Any, ...] = (
        "<html>",
        {"value": None},
        {"values": []},
        {"value": [None, 1, "x"]},
        {"value": [{"entityId": 5}]},
    )
    for body in odd:
        for operation in (LINKS, "Terms_Query", "BusinessDomain_Enumerate", "DataAssets_Query", "Terms_Get"):
            estate.purview_fault(operation, times=None, status=200, body=body)
            many(estate, 3, 660)
            assert set(statuses(estate).values()) == SYNCED, (operation, body, statuses(estate))
            estate.purview.faults.clear()


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


@pytest.mark.parametrize("operation", ["Terms_|BusinessDomain_", "BusinessDomain_"])
def test_the_catalog_is_left_alone_while_it_asks_for_it(estate: Estate, operation: str) -> None:
    sync(estate)
    estate.purview_fault(operation, times=None, status=429, headers={"Retry-After": "600"})
    estate.clock.advance(180)  # names are looked up
    tick(estate)
    counts = []
    for _ in range(5):
        since = estate.purview.log.last_seq
        estate.clock.advance(60)
        tick(estate)
        counts.append([one for one in asked(estate, since) if one.startswith(CATALOG_OPERATIONS)])
    assert counts == [[]] * 5


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("when", ["new", "known"])
def test_one_unreadable_entity_of_the_data_map_does_not_stop_its_term(
    new_small_estate: NewEstate, status: int, when: str
) -> None:
    estate = tagged(new_small_estate)
    guid = find_asset(estate.purview, ASSETS[0]).guid
    if when == "known":
        sync(estate)
    estate.unreadable(guid, status=status)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    many(estate, 3, 660)
    assert statuses(estate).get("ActiveCustomers") is AssetStatus.SYNCED, (statuses(estate), estate.last_run().notes)


def test_what_was_learned_of_a_large_product_is_kept_when_a_later_call_fails(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="product:Sales")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, product="Sales", domain="Finance")
    do(estate, unified.set_roles, roles=READER)
    link_many(estate, 500)
    estate.purview_fault("DataAssets_Query", times=9, skip=7, status=500)
    tick(estate)
    since = estate.purview.log.last_seq
    estate.clock.advance(300)
    estate.purview.faults.clear()
    tick(estate)
    assert asked(estate, since).get("DataAssets_Query", 0) <= 4, asked(estate, since)


def test_looks_at_a_known_term_that_fails_grow_rare_and_list_no_term_of_any_glossary(
    new_small_estate: NewEstate,
) -> None:
    estate = tagged(new_small_estate, SYNC_TERM="Tag@Finance")
    sync(estate)
    many(estate, 2, 60)
    estate.purview_fault(LINKS, times=None, status=409)
    counts = []
    for _ in range(4):
        since = estate.purview.log.last_seq
        many(estate, 60, 60)
        counts.append(asked(estate, since))
    assert [count.get("Glossary_ListTermHeaders", 0) for count in counts] == [0] * 4
    assert counts[0]["Glossary_List"] <= 12
    assert all(count["Glossary_List"] <= 8 for count in counts[1:]), (
        "every ten minutes the names, and two looks at most"
    )
    assert counts[0][LINKS] <= 7
    assert all(count.get(LINKS, 0) <= 2 for count in counts[1:])


def test_a_term_that_is_published_again_is_read_when_its_name_is_found_not_when_its_pause_ends(
    new_small_estate: NewEstate,
) -> None:
    """A steward unpublishes it for half a day, to add a link."""
    estate = tagged(new_small_estate)
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    many(estate, 12, 3600)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    do(estate, unified.set_status, term="Tag", status="Published")
    many(estate, 4, 60)
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

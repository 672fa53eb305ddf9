"""Odd answers and classic lists that shrink are no proof of curation, and make nobody missing."""

from datetime import timedelta
from typing import Any

import pytest

from local.purview.admin import unified
from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.assets.record import AssetStatus
from tests.integration.sync_core.discovery.terms.migrating import (
    CLASSIC,
    TERM,
    classic_term,
    many,
)
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    READER,
    SQL,
    do,
    statuses,
    sync,
)
from tests.kit.estate import SEARCH, Estate, NewEstate

pytestmark = pytest.mark.faults


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


def approve(estate: Estate, count: int) -> None:
    now = estate.clock.now()
    word = Approval(assets=count, by="Ada", given_at=now, expires_at=now + timedelta(days=1))
    estate.app.approvals.save(APPROVAL, word)


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


@pytest.mark.parametrize("times", [1, None], ids=["once", "whatever is asked"])
@pytest.mark.parametrize("body", [{"@search.count": 0, "value": []}, {"value": []}], ids=str)
def test_curation_is_not_concluded_from_a_search_that_finds_nothing_once_or_nothing_at_all(
    new_small_estate: NewEstate, body: dict[str, Any], times: int | None
) -> None:
    estate = new_small_estate(SYNC_TERM=TERM)
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    estate.purview_fault(SEARCH, times=times, status=200, body=body)
    many(estate, 2, 3700)
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

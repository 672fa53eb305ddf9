"""A 401 or 429 about one thing for ever, where others are answered, pauses that thing alone and no service."""

from contextlib import suppress
from typing import Any

import pytest

from local.purview import Purview
from local.purview.admin import unified
from local.simulation.faults import Effect, Fault, Match
from local.stack import TERM
from sync_core.discovery.terms.resolve_terms import RESOLVE_AFTER
from sync_core.errors import SyncError
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.throttle import Throttle
from tests.integration.sync_core.discovery.terms.test_resolve_terms import PRODUCTS, make_term
from tests.integration.sync_core.discovery.unified_estate import ASSETS, do
from tests.integration.sync_core.discovery.unreadable import SECOND, list_of, names
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

pytestmark = pytest.mark.faults

REFUSALS: list[dict[str, Any]] = [
    {"status": 401, "body": {"errorCode": "ATLAS-401-00-001", "errorMessage": "no"}},
    {"status": 429, "headers": {"Retry-After": "0"}},
]
refused = pytest.mark.parametrize("effect", REFUSALS, ids=["401", "429"])


def strikes(estate: Estate) -> int:
    """How often all of us were asked to leave Purview alone."""
    throttle = estate.app.notes("throttle").load(Throttle, "purview")
    return throttle.strikes if throttle else 0


def tick(estate: Estate, *, after_s: float = 60) -> None:
    """Run discovery a minute or more later, once no pause is on."""
    while pause_s := estate.app.discover_assets.pauses.wait_s("purview"):
        estate.clock.advance(pause_s)
    tick_at_once(estate, after_s=after_s)


def tick_at_once(estate: Estate, *, after_s: float = 60) -> None:
    """Run discovery a minute later; in a pause it is skipped."""
    estate.clock.advance(after_s)
    with suppress(SyncError):
        estate.app.discover_assets.run()


def deferred(estate: Estate, kind: Kind) -> list[Deferred]:
    return [one for one in estate.app.deferred.first(99) if one.kind is kind]


@refused
@pytest.mark.parametrize("which", [TERM, SECOND], ids=["the first", "the second"])
def test_a_list_that_is_refused_pauses_its_term_alone(
    new_small_estate: NewEstate, purview: Purview, which: str, effect: dict[str, Any]
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    fault = estate.unreadable(list_of(purview, which), **effect)

    for _ in range(3):
        tick(estate)
    first = strikes(estate)
    assert names(estate) == (["Products"] if which == TERM else ["Customers", "Orders"])
    estate.act("add_asset", name="later", terms=[SECOND if which == TERM else TERM])
    for _ in range(15):
        tick(estate, after_s=4 * 60)

    assert "later" in names(estate)
    assert strikes(estate) == first
    (paused,) = deferred(estate, Kind.TERM)
    assert (paused.next_look_at - paused.looked_at).total_seconds() <= 2 * 3600
    assert {record.absent for record in estate.records()} == {0}
    estate.purview.faults.clear(fault)
    estate.clock.advance(2 * 3600)
    estate.tick()
    assert names(estate) == ["Customers", "Orders", "Products", "later"]


@refused
@pytest.mark.parametrize("which", ["Sync", "Second"])
def test_a_keyword_that_is_refused_is_deferred_alone(
    new_small_estate: NewEstate, purview: Purview, which: str, effect: dict[str, Any]
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    fault = estate.unreadable(f"qualifiedName={which}", **effect)

    for _ in range(3):
        tick(estate)
    first = strikes(estate)
    for _ in range(7):
        tick(estate, after_s=3 * 60)

    assert names(estate) == (["Products"] if which == "Sync" else ["Customers", "Orders"])
    assert strikes(estate) == first
    assert estate.last_run().outcome == "failed"
    estate.purview.faults.clear(fault)
    tick(estate, after_s=2 * 3600)
    assert names(estate) == ["Customers", "Orders", "Products"]


@refused
def test_a_glossary_that_is_refused_hides_no_other(
    new_small_estate: NewEstate, purview: Purview, effect: dict[str, Any]
) -> None:
    (other,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.unreadable(f"glossary/{other.guid}/terms", **effect)

    for _ in range(3):
        tick(estate)
    first = strikes(estate)
    for _ in range(7):
        tick(estate, after_s=3 * 60)

    assert names(estate) == ["Customers", "Orders"]
    assert strikes(estate) == first
    assert len(deferred(estate, Kind.GLOSSARY)) == 1


@refused
def test_terms_that_are_known_go_on_while_looking_up_is_refused(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = new_small_estate()
    estate.tick()
    estate.purview_fault("Entity_GetByUniqueAttribute", times=None, **effect)
    estate.purview_fault("Glossary_List$", times=None, **effect)
    estate.act("tag", asset="Products", term=TERM)

    for _ in range(7):
        tick(estate, after_s=3 * 60)

    assert "Products" in names(estate)
    assert estate.last_run().outcome == "succeeded"
    tick(estate, after_s=RESOLVE_AFTER.total_seconds())
    assert len(deferred(estate, Kind.STORE)) == 1


@refused
@pytest.mark.parametrize("which", ["Tag", "Other"], ids=["the first", "the second"])
def test_a_name_that_the_catalog_refuses_holds_up_no_other(
    new_small_estate: NewEstate, which: str, effect: dict[str, Any]
) -> None:
    estate = new_small_estate(SYNC_TERM="Tag; Other")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    for name, asset in zip(("Tag", "Other"), ASSETS, strict=False):
        do(estate, unified.add_concept, term=name, domain="Finance", assets=[asset])
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    match = Match(operation="Terms_Query", body=f'"{which}"')
    fault = estate.purview.faults.add(Fault(match=match, effect=Effect.model_validate(effect), times=None))

    for _ in range(4):
        tick(estate)

    assert names(estate) == (["Orders"] if which == "Tag" else ["Customers"])
    do(estate, unified.link, term="Other" if which == "Tag" else "Tag", assets=ASSETS[2:])
    for _ in range(10):
        tick(estate, after_s=3 * 60)
    assert "Products" in names(estate)
    (paused,) = deferred(estate, Kind.TERM)
    assert (paused.name, paused.looks > 3) == (which, True)
    assert (paused.next_look_at - paused.looked_at).total_seconds() <= 2 * 3600
    estate.purview.faults.clear(fault)
    tick(estate, after_s=2 * 3600)
    assert names(estate) == ["Customers", "Orders", "Products"]
    assert deferred(estate, Kind.TERM) == []


@refused
@pytest.mark.parametrize("others", [1, 4])
def test_where_every_list_is_refused_it_is_the_store_and_over_with_it(
    new_small_estate: NewEstate, purview: Purview, others: int, effect: dict[str, Any]
) -> None:
    for number in range(others):
        make_term(purview, f"Word {number}")
    estate = new_small_estate(SYNC_TERM=";".join([TERM, *(f"Word {number}@Glossary" for number in range(others))]))
    estate.tick()
    estate.act("tag", asset="Products", term=TERM)
    estate.purview_fault(ASSIGNMENTS, times=None, **effect)

    before = estate.purview.log.last_seq
    for _ in range(5):
        tick_at_once(estate)
        assert estate.last_run().outcome in {"failed", "skipped"}
    assert estate.asked_of_purview(before)[ASSIGNMENTS] <= 5 * 3 * 3  # three terms, each tried three times
    assert deferred(estate, Kind.TERM) == []
    estate.purview.faults.clear()

    tick(estate)
    assert "Products" in names(estate)

"""A term whose list cannot be read is paused alone, visibly, and nobody counts as missing by it."""

from typing import Any

import pytest

from local.purview import Purview
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.errors import TransientError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import CUSTOMERS, PRODUCTS, SALES_MODEL, make_term
from tests.integration.sync_core.discovery.unreadable import SECOND, list_of, names, ticks
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate
from tests.kit.people import People

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("effect", [{"status": 500}, {"status": 200, "body": {}}, {"status": 403}], ids=str)
def test_a_term_whose_list_cannot_be_read_is_paused_alone_and_nobody_counts_as_missing_by_it(
    new_small_estate: NewEstate, purview: Purview, effect: dict[str, Any]
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.sync()
    fault = estate.unreadable(list_of(purview, SECOND), **effect)
    estate.act("tag", asset=SALES_MODEL, term=TERM)
    estate.act("untag", asset="Orders", term=TERM)

    ticks(estate, 4)

    run = estate.last_run()
    assert any("The term Second@Glossary" in note for run in estate.app.runs.latest(run.kind, 9) for note in run.notes)
    assert estate.record_of("Products").status is AssetStatus.SYNCED
    assert estate.record_of("Products").absent == 0
    # Those of the other term come and go.
    assert estate.record_of("Sales Model")
    assert estate.record_of("Orders").status is AssetStatus.RETIRED

    estate.purview.faults.clear(fault)
    estate.act("untag", asset="Products", term=SECOND)
    estate.clock.advance(2 * 3600)
    ticks(estate, 3)
    assert estate.record_of("Products").status is AssetStatus.RETIRED


@pytest.mark.parametrize("is_later", [False, True], ids=["tagged from the start", "tagged later"])
def test_what_a_paused_term_shows_beside_another_one_stays_while_the_other_drops_it(
    new_small_estate: NewEstate, purview: Purview, *, is_later: bool
) -> None:
    make_term(purview, "Second", PRODUCTS, *(() if is_later else (CUSTOMERS,)))
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.sync()
    if is_later:
        estate.act("tag", asset="Customers", term=SECOND)
        ticks(estate, 1)
    estate.unreadable(list_of(purview, SECOND))

    estate.act("untag", asset="Customers", term=TERM)
    ticks(estate, 4)

    assert estate.record_of("Customers").status is AssetStatus.SYNCED


def test_who_began_to_be_missing_is_missing_no_longer_while_the_term_is_paused(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "Second", CUSTOMERS, PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.sync()
    estate.act("untag", asset="Products", term=SECOND)
    ticks(estate, 1)
    assert estate.record_of("Products").absent == 1
    estate.unreadable(list_of(purview, SECOND))

    ticks(estate, 4)

    assert (estate.record_of("Products").absent, estate.record_of("Products").status) == (1, AssetStatus.SYNCED)


def test_a_paused_term_is_asked_for_again_after_two_hours_at_the_latest(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    fault = estate.unreadable(list_of(purview, SECOND))
    ticks(estate, 30)
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 1}

    estate.purview.faults.clear(fault)
    estate.clock.advance(2 * 3600)
    estate.tick()

    assert "Products" in names(estate)


@pytest.mark.parametrize(
    "effect",
    [{"status": 500}, {"status": 403}, {"status": 404}, {"status": 200, "body": "<html>"}, {"status": 200, "body": {}}],
    ids=str,
)
def test_the_only_term_is_paused_visibly_where_its_list_alone_cannot_be_read(
    small_estate: Estate, purview: Purview, effect: dict[str, Any]
) -> None:
    small_estate.sync()
    fault = small_estate.unreadable(list_of(purview, TERM), **effect)
    small_estate.act("untag", asset="Orders", term=TERM)
    small_estate.act("tag", asset="Products", term=TERM)

    before, waited = small_estate.purview.log.last_seq, 0
    for _ in range(20):
        small_estate.clock.advance(60)
        run = small_estate.tick()
        assert any(TERM in note and "next look" in note for note in run.notes)
        waited += ASSIGNMENTS not in small_estate.asked_of_purview(before)
        before = small_estate.purview.log.last_seq
    assert waited >= 14  # the pause grows
    (paused,) = [one for one in small_estate.status()["deferred"] if one["kind"] == "term"]
    assert (paused["name"], bool(paused["reason"])) == (TERM, True)
    assert paused["since"] <= paused["lookedAt"] < paused["nextLookAt"]
    assert {record.absent for record in small_estate.records()} == {0}
    small_estate.app.reconcile.run()
    assert small_estate.app.health.answer().status == 200

    small_estate.purview.faults.clear(fault)
    ticks(small_estate, 3, every_s=2 * 3600)
    assert (small_estate.record_of("Orders").status, "Products" in names(small_estate)) == (AssetStatus.RETIRED, True)


def test_people_hear_once_of_the_only_term_that_cannot_be_read_for_a_day(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.sync()
    small_estate.unreadable(list_of(purview, TERM))
    people = People()
    discover = people.hear_of_pauses(small_estate.app)

    told = []
    for _ in range(30):
        small_estate.clock.advance(3600)
        discover.run()
        told.append(len(people.told))

    assert (told[22], told[-1]) == (0, 1)
    assert people.told[0].startswith("terms_paused: 1 term is paused for a day")
    assert f"'{TERM}' (" in people.told[0]
    assert "answered 500" in people.told[0]


def test_the_doctor_says_why_the_only_term_is_paused_and_when_it_is_asked_again(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.sync()
    small_estate.unreadable(list_of(purview, TERM))
    ticks(small_estate, 5)

    (found,) = [one for one in small_estate.app.doctor.examine() if "they select something" in one.check]

    assert found.verdict == "OPEN"
    assert f"classic term {TERM} is paused: " in found.detail
    assert "answered 500" in found.detail
    assert "next look" in found.detail


def test_where_purview_answers_nothing_the_run_fails_and_says_why(small_estate: Estate) -> None:
    small_estate.sync()
    small_estate.purview_fault(".*", times=None, status=503)

    for _ in range(6):
        small_estate.clock.advance(60)
        assert "answered 503" in small_estate.failing_tick(TransientError).error
    assert {record.absent for record in small_estate.records()} == {0}


def test_an_outage_that_meets_a_paused_term_fails_the_run_until_it_is_over(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.sync()
    small_estate.unreadable(list_of(purview, TERM))
    ticks(small_estate, 20)
    outage = small_estate.unreadable("/", status=503)

    small_estate.clock.advance(360)  # names are looked up again by now, and the list waits
    assert "No term can be read" in small_estate.failing_tick(TransientError).error
    for _ in range(18):
        small_estate.clock.advance(660)
        small_estate.failing_tick(TransientError)
    small_estate.purview.faults.clear(outage)
    small_estate.clock.advance(60)

    assert any(f"The term {TERM} cannot be read" in note for note in small_estate.tick().notes)

"""Where the only term cannot be read: a pause while its store answers anything, a failed run where it does not."""

from typing import Any

import pytest

from sync_core.errors import TransientError
from sync_core.runs.run import RunOutcome
from tests.integration.sync_core.discovery.terms.migrating import CLASSIC, SYNCED, many
from tests.integration.sync_core.discovery.unified_estate import CATALOG_OPERATIONS, LINKS, statuses, sync, tagged
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

ANY_OF_CATALOG = "|".join(CATALOG_OPERATIONS)


def assert_paused(estate: Estate, name: str) -> None:
    """Runs succeed and tell it, health is well, nobody is missing."""
    for run in many(estate, 6, 60):
        assert run.outcome is RunOutcome.SUCCEEDED
        assert any(f"The term {name}" in note and "next look" in note for note in run.notes)
    estate.app.reconcile.run()
    assert estate.app.health.answer().status == 200
    assert set(statuses(estate).values()) == SYNCED
    assert all(not record.absent for record in estate.records())


@pytest.mark.parametrize(
    "effect", [{"status": 500}, {"status": 401}, {"status": 403}, {"status": 200, "body": {"x": 1}}], ids=str
)
def test_the_only_term_of_the_catalog_is_paused_while_the_catalog_answers_anything(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = tagged(new_small_estate, SYNC_TERM_STORE="unified")
    sync(estate)
    estate.purview_fault(LINKS, times=None, **effect)
    assert_paused(estate, "Tag")


@pytest.mark.parametrize("status", [401, 403, 503])
def test_a_catalog_that_answers_nothing_is_told_in_each_run_and_nobody_is_missing_by_it(
    new_small_estate: NewEstate, status: int
) -> None:
    estate = tagged(new_small_estate, SYNC_TERM_STORE="unified")
    sync(estate)
    estate.purview_fault(ANY_OF_CATALOG, times=None, status=status)
    for _ in range(6):
        estate.clock.advance(60)
        if status == 503:
            assert "No term can be read" in estate.failing_tick(TransientError).error
        else:  # a refusal pauses the term and its store
            assert any(f"answered {status}" in note for note in estate.tick().notes)
            assert {"store", "term"} <= {one["kind"] for one in estate.status()["deferred"]}
    assert set(statuses(estate).values()) == SYNCED
    assert all(not record.absent for record in estate.records())


def test_a_catalog_that_answers_nothing_fails_no_run_of_a_classic_term_that_is_paused(
    new_small_estate: NewEstate,
) -> None:
    estate = new_small_estate(SYNC_TERM=CLASSIC)
    sync(estate)
    estate.purview_fault(ANY_OF_CATALOG, times=None, status=503)
    estate.clock.advance(660)  # names are looked up
    estate.tick()
    estate.purview_fault(ASSIGNMENTS, times=None, status=500)
    assert_paused(estate, CLASSIC)

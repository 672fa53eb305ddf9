"""When a term counts and when it is paused: a table of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.standing import (
    LONGEST_DISTANCE,
    Reason,
    Standing,
    distance,
    problem_of,
    reason_of,
)
from sync_core.discovery.stores import Outcome, StoreState, judge_store
from sync_core.discovery.targets import Store, Target
from sync_core.errors import AddressError, ConfigError, NotFoundError, RejectedError, SyncError, TransientError

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TARGET = Target(("Sync@Finance",), Store.UNIFIED, Kind.TERM, "u1", "Sync", "Finance", "f")
DOMAINS = {"f": "Finance", "s": "Sales", "f2": "Finance"}


@pytest.mark.parametrize(
    ("name", "domain", "status", "problem"),
    [
        ("Sync", "f", Status.PUBLISHED, None),
        (" Sync ", "f", Status.PUBLISHED, None),
        ("Sync", "f2", Status.PUBLISHED, None),
        ("Sync", "f", Status.DRAFT, Reason.DRAFT),
        ("Sync", "f", Status.EXPIRED, Reason.EXPIRED),
        ("Sync", "f", Status.OTHER, Reason.UNPUBLISHED),
        ("Sync 2", "f", Status.PUBLISHED, Reason.RENAMED),
        ("sync", "f", Status.PUBLISHED, Reason.RENAMED),
        ("Sync", "s", Status.PUBLISHED, Reason.MOVED),
        ("Sync", "", Status.PUBLISHED, Reason.MOVED),
        ("Sync 2", "s", Status.DRAFT, Reason.DRAFT),
    ],
)
def test_only_a_published_term_of_the_configured_name_and_domain_counts(
    name: str, domain: str, status: Status, problem: Reason | None
) -> None:
    concept = Concept(Kind.TERM, "u1", name, domain, status)
    assert problem_of(TARGET, concept, DOMAINS, has_place=True) is problem


def test_a_bare_name_follows_its_term_into_another_domain() -> None:
    concept = Concept(Kind.TERM, "u1", "Sync", "s", Status.PUBLISHED)
    assert problem_of(TARGET, concept, DOMAINS, has_place=False) is None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotFoundError("x"), Reason.NOT_FOUND),
        (ConfigError("x"), Reason.REFUSED),
        (AddressError("x"), Reason.UNREADABLE),
        (TransientError("x"), Reason.UNREADABLE),
        (RejectedError("x"), Reason.UNREADABLE),
    ],
)
def test_a_failed_look_has_a_reason(error: SyncError, reason: Reason) -> None:
    assert reason_of(error) is reason


@pytest.mark.parametrize(
    ("before", "count", "is_paused"),
    [
        (0, 0, False),
        (1, 0, False),
        (2, 0, True),
        (50, 0, True),
        (50, 1, False),
        (2, 3, False),
    ],
)
def test_a_list_that_falls_from_several_to_none_proves_nothing(before: int, count: int, *, is_paused: bool) -> None:
    after = Standing(shown=before).listed(count, NOW)
    assert (after.pause is not None) is is_paused
    assert after.shown == (before if is_paused else count)
    if after.pause:
        assert after.pause.reason is Reason.EMPTIED


def test_an_emptied_list_stays_paused_until_it_shows_something_or_somebody_says_that_it_may_be_empty() -> None:
    emptied = Standing(shown=3).listed(0, NOW).listed(0, NOW + MINUTE)
    assert emptied.pause is not None
    assert (emptied.pause.since, emptied.pause.looks, emptied.shown) == (NOW, 2, 3)
    assert emptied.listed(0, NOW + 2 * MINUTE, may_be_empty=True) == Standing(shown=0)
    assert emptied.listed(1, NOW + 2 * MINUTE) == Standing(shown=1)


def test_a_draft_whose_list_is_empty_does_not_make_its_return_an_absence() -> None:
    draft = Standing(shown=3).paused(Reason.DRAFT, NOW)
    assert draft.listed(0, NOW + MINUTE).pause is not None
    assert draft.listed(4, NOW + MINUTE) == Standing(shown=4)


def test_a_pause_keeps_its_beginning_and_what_was_shown_last_whatever_the_reason() -> None:
    paused = Standing(shown=7).paused(Reason.DRAFT, NOW).paused(Reason.REFUSED, NOW + MINUTE, "403")
    assert paused.pause is not None
    assert (paused.pause.since, paused.pause.reason, paused.pause.detail) == (NOW, Reason.REFUSED, "403")
    assert (paused.pause.looks, paused.shown) == (2, 7)


def test_looks_have_a_growing_distance_of_two_hours_at_most() -> None:
    minutes = [distance(looks) / MINUTE for looks in range(1, 12)]
    assert minutes == [0, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    assert distance(10_000) == LONGEST_DISTANCE


def test_a_paused_term_is_looked_at_when_its_time_has_come() -> None:
    paused = Standing().paused(Reason.DRAFT, NOW).paused(Reason.DRAFT, NOW)
    assert [paused.is_due(NOW + minutes * MINUTE) for minutes in (0, 1, 2, 3)] == [False, False, True, True]
    assert Standing().is_due(NOW)


def test_people_hear_of_a_pause_after_a_day() -> None:
    paused = Standing().paused(Reason.DRAFT, NOW)
    assert [paused.is_long(NOW + timedelta(hours=hours)) for hours in (1, 23, 24)] == [False, False, True]
    assert not Standing().is_long(NOW)


@pytest.mark.parametrize(
    ("outcomes", "has_shown", "state"),
    [
        ([], False, StoreState.OPEN),
        ([Outcome.ANSWERED], False, StoreState.OPEN),
        ([Outcome.ANSWERED, Outcome.FAILED, Outcome.NO_ROLE], True, StoreState.OPEN),
        ([Outcome.FAILED], False, StoreState.PAUSED),
        ([Outcome.FAILED, Outcome.NO_ROLE], False, StoreState.PAUSED),
        ([Outcome.NO_ROLE, Outcome.NO_ROLE], False, StoreState.CLOSED),
        ([Outcome.NO_ROLE], True, StoreState.PAUSED),
    ],
)
def test_a_store_pauses_only_when_no_call_succeeds(
    outcomes: list[Outcome], state: StoreState, *, has_shown: bool
) -> None:
    assert judge_store(outcomes, has_shown=has_shown) is state

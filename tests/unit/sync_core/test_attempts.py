"""What a failure of work means for its next try."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from sync_core.errors import ConfigError, ConflictError, RejectedError, SyncError, ThrottledError, TransientError
from sync_core.flows.attempts import Attempts
from sync_core.mapping.backoff import CONFIG_DELAY_S, FIRST_DELAY_S, LONGEST_THROTTLE, MOST_ATTEMPTS

CONFLICT_S = 45.0


@dataclass
class Fails:
    """Work that fails in one way."""

    error: Exception
    attempts: int = 0
    throttled_for: timedelta = timedelta()
    name: str = "work"
    delays: list[float] = field(default_factory=list)
    noted: list[SyncError] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def do(self) -> None:
        raise self.error

    def note_failure(self, error: SyncError) -> None:
        self.noted.append(error)

    def note_throttle(self, error: SyncError) -> timedelta:
        del error
        return self.throttled_for

    def put_back(self, delay_s: float) -> None:
        self.delays.append(delay_s)

    def give_up(self, error: SyncError, cause_class: str) -> None:
        del error
        self.given_up.append(cause_class)


def attempt(work: Fails) -> Fails:
    assert not Attempts(lambda: 0.0, CONFLICT_S).attempt(work)
    return work


@pytest.mark.parametrize(("retry_after_s", "delay_s"), [(None, FIRST_DELAY_S), (0.0, FIRST_DELAY_S), (42.0, 42.0)])
def test_work_that_is_to_slow_down_waits_as_long_as_asked_for_and_never_comes_at_once(
    retry_after_s: float | None, delay_s: float
) -> None:
    work = attempt(Fails(ThrottledError("busy", retry_after_s=retry_after_s)))
    assert (work.delays, work.noted, work.given_up) == ([delay_s], [], [])


def test_work_that_is_to_slow_down_for_a_day_is_given_up() -> None:
    work = attempt(Fails(ThrottledError("busy"), throttled_for=LONGEST_THROTTLE))
    assert (work.delays, work.given_up) == ([], ["exhausted_throttled"])


def test_what_a_person_must_mend_is_not_tried_every_few_seconds() -> None:
    assert attempt(Fails(ConfigError("wrong role"))).delays == [CONFIG_DELAY_S]


def test_what_another_worker_took_over_comes_back_when_its_claim_has_ended_and_counts_no_attempt() -> None:
    work = attempt(Fails(ConflictError("taken")))
    assert (work.delays, work.noted) == ([CONFLICT_S], [])


def test_the_last_attempt_is_the_last() -> None:
    assert attempt(Fails(TransientError("down"), attempts=MOST_ATTEMPTS - 2)).given_up == []
    assert attempt(Fails(TransientError("down"), attempts=MOST_ATTEMPTS - 1)).given_up == ["exhausted_transient"]


def test_what_is_refused_is_given_up_at_once() -> None:
    assert attempt(Fails(RejectedError("no"))).given_up == ["rejected"]


def test_a_bug_counts_as_an_attempt_and_the_host_hears_of_it() -> None:
    work = Fails(ZeroDivisionError("a bug"), attempts=MOST_ATTEMPTS - 2)
    with pytest.raises(ZeroDivisionError):
        attempt(work)
    assert [(error.cause_class, str(error)) for error in work.noted] == [("bug", "ZeroDivisionError: a bug")]
    assert work.given_up == []


def test_a_bug_ends_too() -> None:
    work = attempt(Fails(ZeroDivisionError("a bug"), attempts=MOST_ATTEMPTS - 1))
    assert (work.given_up, work.noted) == (["exhausted_bug"], [])

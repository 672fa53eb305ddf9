"""How fast requests go: a published pace over its window, a learned one evenly, and never a long wait."""

from dataclasses import dataclass, field

from sync_core.http.pace import LEARNED_WINDOW_S, LONGEST_WAIT_S, SHARED_FOR_S, WINDOW_S, Pace, PublishedPace

PUBLISHED = PublishedPace(per_s=25.0, most_per_s=250.0, operations={"list": 5.0})


@dataclass
class Time:
    """A clock that moves as one sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def send(pace: Pace, count: int, operation: str = "") -> None:
    for _ in range(count):
        pace.take(operation)


def test_where_nothing_is_published_or_learned_nobody_waits() -> None:
    time = Time()
    send(Pace(None, clock=lambda: time.now, sleep=time.sleep), 5000)
    assert time.slept == []


def test_a_published_pace_is_kept_over_its_window() -> None:
    time = Time()
    pace = Pace(PUBLISHED, clock=lambda: time.now, sleep=time.sleep)
    send(pace, round(25 * WINDOW_S))
    assert time.slept == []
    send(pace, 50)
    assert round(sum(time.slept), 6) == 2.0


def test_an_operation_with_a_pace_of_its_own_uses_up_no_others() -> None:
    time = Time()
    pace = Pace(PUBLISHED, clock=lambda: time.now, sleep=time.sleep)
    send(pace, round(5 * WINDOW_S) - 1, "list")
    send(pace, 100)
    assert time.slept == []
    send(pace, 2, "list")
    assert time.slept


def test_a_learned_pace_comes_before_the_published_ones() -> None:
    time = Time()
    pace = Pace(PUBLISHED, lambda: 4.0, lambda: time.now, time.sleep)
    send(pace, round(4 * LEARNED_WINDOW_S) + 8, "list")
    assert (pace.per_s, round(sum(time.slept), 6)) == (4.0, 2.0)


def test_many_at_once_wait_no_longer_than_a_few_seconds() -> None:
    waits: list[float] = []
    send(Pace(None, lambda: 1.0, lambda: 1000.0, waits.append), 100)
    assert max(waits) == LONGEST_WAIT_S


def test_who_is_held_back_for_a_window_and_not_refused_may_go_faster_up_to_a_bound() -> None:
    time = Time()
    pace = Pace(PUBLISHED, clock=lambda: time.now, sleep=time.sleep)
    send(pace, round(25 * WINDOW_S) * 2 + 100)
    assert pace.per_s == 50.0
    send(pace, 60_000)
    assert pace.per_s == 250.0


def test_how_fast_requests_went_is_told_where_they_were_enough_to_tell() -> None:
    time = Time()
    pace = Pace(None, clock=lambda: time.now, sleep=time.sleep)
    send(pace, 9)
    assert pace.observed_per_s() is None
    for _ in range(40):
        time.now += 0.1
        pace.take()
    assert round(pace.observed_per_s() or 0) == 12  # nine at once, then ten a second for four seconds
    time.now += 60
    assert pace.observed_per_s() is None


def sharing(time: Time, found: list[int | None]) -> Pace:
    """A pace whose sharers are counted as `found` tells, from its end."""
    return Pace(PUBLISHED, clock=lambda: time.now, sleep=time.sleep, count_sharers=found.pop)


def test_who_asks_for_much_divides_the_pace_with_the_others_who_do() -> None:
    time, found = Time(), list[int | None]([4])
    pace = sharing(time, found)
    send(pace, round(25 * WINDOW_S / 2))
    assert (found, pace.per_s) == ([4], 25.0), "who asks for little counts nobody"
    send(pace, 2)
    assert (found, pace.per_s) == ([], 25.0 / 4)


def test_sharers_are_counted_now_and_then_and_forgotten_where_little_is_asked_for() -> None:
    time, found = Time(), [None, 2]
    pace = sharing(time, found)
    send(pace, 260)
    assert (found, pace.per_s) == ([None], 12.5)
    time.now += SHARED_FOR_S - 1
    send(pace, 1)
    assert pace.per_s == 12.5
    time.now += 1
    send(pace, 1)
    assert (found, pace.per_s) == ([None], 25.0)


def test_where_it_is_not_told_who_shares_the_last_count_holds() -> None:
    time, found = Time(), [None, 2]
    pace = sharing(time, found)
    send(pace, 260)
    while found:
        time.now += 1
        send(pace, 13)
    assert pace.per_s == 12.5

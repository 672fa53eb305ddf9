"""When dead letters are tried again, and how many at once."""

from datetime import timedelta

import pytest

from sync_core.jobs.replaying import FEWEST_A_RUN, MOST_A_RUN, is_replay_due, replay_at, replays_a_run
from tests.unit.sync_core.builders import NOW, make_letter


@pytest.mark.parametrize("cause_class", ["unreadable", "state", "unsafe", "died"])
def test_what_no_replay_can_mend_is_left_to_a_person(cause_class: str) -> None:
    assert replay_at(make_letter(cause_class=cause_class)) is None
    assert not is_replay_due(make_letter(cause_class=cause_class), NOW + timedelta(days=9))


@pytest.mark.parametrize("cause_class", ["rejected", "not_found", "exhausted_config", "exhausted_bug"])
def test_a_new_letter_is_tried_again_at_once(cause_class: str) -> None:
    assert is_replay_due(make_letter(cause_class=cause_class), NOW)


@pytest.mark.parametrize(("replays", "hours"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 24), (2000, 24)])
def test_one_that_dies_again_waits_twice_as_long_each_time_and_a_day_at_most(replays: int, hours: float) -> None:
    dead_letter = make_letter(cause_class="rejected", replays=replays, replayed_at=NOW - timedelta(minutes=1))
    assert replay_at(dead_letter) == NOW + timedelta(hours=hours)


IDS = [str(number) for number in range(2 * MOST_A_RUN)]


@pytest.mark.parametrize(
    ("last", "still_open", "many"),
    [
        (0, 0, FEWEST_A_RUN),
        (1, 0, FEWEST_A_RUN),
        (20, 10, FEWEST_A_RUN),
        (20, 9, 40),
        (40, 0, 80),
        (640, 0, MOST_A_RUN),
        (MOST_A_RUN, MOST_A_RUN, FEWEST_A_RUN),
    ],
)
def test_a_run_replays_more_only_after_one_whose_letters_mostly_worked(last: int, still_open: int, many: int) -> None:
    assert replays_a_run(IDS[:last], {*IDS[:still_open], "another"}) == many

"""Which dead letters are worth another try on their own, when, and how many at once."""

from collections.abc import Collection, Container
from datetime import datetime, timedelta

from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import DIED, UNREADABLE

# What is no message of ours, asks for what cannot be read or must be decided, or kills workers, is left to a person.
# Whatever else failed may work now: a setting, a role, a service, a thing that was refused can be mended without our
# hearing of it.
LEFT_TO_A_PERSON = frozenset({UNREADABLE, "state", "unsafe", DIED})
SECOND_REPLAY_AFTER = timedelta(minutes=30)
LONGEST_REPLAY_AFTER = timedelta(hours=24)
FEWEST_A_RUN = 20
MOST_A_RUN = 1000


def is_replay_due(dead_letter: DeadLetter, now: datetime) -> bool:
    """Whether it is time to try a dead letter again."""
    due_at = replay_at(dead_letter)
    return due_at is not None and now >= due_at


def replay_at(dead_letter: DeadLetter) -> datetime | None:
    """Return from when on a dead letter is tried again: at once, half an hour later, then each time twice as long.

    None is the answer for a dead letter that is left to a person.
    """
    if dead_letter.cause_class in LEFT_TO_A_PERSON:
        return None
    if not dead_letter.replays:
        return dead_letter.last_seen_at
    wait = min(SECOND_REPLAY_AFTER * 2.0 ** min(dead_letter.replays - 1, 10), LONGEST_REPLAY_AFTER)
    return max(dead_letter.last_seen_at, dead_letter.replayed_at or dead_letter.last_seen_at) + wait


def replays_a_run(last: Collection[str], still_open: Container[str]) -> int:
    """Return how many dead letters to replay, given those of the last run and those that are open now.

    Few, while the cause may last: each costs calls to a service that is ill. After a run whose dead letters mostly
    worked, twice as many: an outage of hours leaves thousands.
    """
    failed = sum(1 for key in last if key in still_open)
    if 2 * failed >= len(last):
        return FEWEST_A_RUN
    return max(FEWEST_A_RUN, min(2 * len(last), MOST_A_RUN))

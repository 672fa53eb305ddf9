"""Which dead letters are worth another try on their own: those whose cause may have gone."""

from datetime import datetime, timedelta

from sync_core.domain.dead_letter import DeadLetter

# A person fixes a setting, a role, a service; the message itself was good. What a service refused for good is left to
# a person, and so is what is no message of ours.
HEALING_CAUSES = frozenset(
    {"exhausted_transient", "exhausted_throttled", "exhausted_config", "poison", "not_found", "unknown_asset"}
)
SECOND_REPLAY_AFTER = timedelta(minutes=30)
LONGEST_REPLAY_AFTER = timedelta(hours=24)


def is_replay_due(letter: DeadLetter, now: datetime) -> bool:
    """Whether it is time to try a letter again."""
    due_at = replay_at(letter)
    return due_at is not None and now >= due_at


def replay_at(letter: DeadLetter) -> datetime | None:
    """Return from when on a letter is tried again: at once, half an hour later, then after twice as long each time.

    None is the answer for a letter that is left to a person.
    """
    if letter.cause_class not in HEALING_CAUSES:
        return None
    if not letter.replays:
        return letter.last_seen_at
    wait = min(SECOND_REPLAY_AFTER * 2.0 ** min(letter.replays - 1, 10), LONGEST_REPLAY_AFTER)
    return max(letter.last_seen_at, letter.replayed_at or letter.last_seen_at) + wait

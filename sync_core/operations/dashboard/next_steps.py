"""What happens next with an asset, a data set or a dead letter, and whether a person is needed for it."""

from dataclasses import dataclass
from datetime import datetime

from sync_core.absence.retirement import GRACE_SNAPSHOTS
from sync_core.assets.listed import ListedAsset
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError, RejectedError
from sync_core.jobs.backoff import MOST_ATTEMPTS
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.replaying import replay_at
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.operations.dashboard.words import relative
from sync_core.operations.facts import Facts

NOTHING = "Nothing: it is done."
OF_ASSETS = {
    AssetStatus.SYNCED: NOTHING,
    AssetStatus.REJECTED: "Mend it in Purview. It is read again within an hour, at once by the button on its own page.",
    AssetStatus.RETIRED: "Nothing. If it has its term again, it keeps its group.",
}
OF_DATA_SETS = {
    DataSetStatus.PUSHED: "Nothing until it is processed again.",
    DataSetStatus.NOT_MAPPED: "Map it in CluedIn and process it: the rest of its lineage follows.",
    DataSetStatus.NOT_FROM_PURVIEW: "Nothing: it is left alone.",
    DataSetStatus.UNKNOWN: "Nothing: it is gone from CluedIn.",
}
OF_DEAD_LETTERS = {
    "died": "The worker died in it each time. Look into the log for why, then replay it.",
    "unsafe": "Read the cause and decide, then replay it.",
    "unreadable": "Find out who writes to the queue, then close it.",
}


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next. `letter` is the dead letter that has more to say, `is_stuck` that a person is needed."""

    text: str
    dead_letter: str = ""
    is_stuck: bool = False

    @property
    def is_worth_saying(self) -> bool:
        """Whether it says more than that all is done."""
        return self != DONE


DONE = Next(NOTHING)
HIDDEN = Next(
    "Purview hides it from the app (403): give the app a role at its collection. It stays as it is meanwhile.",
    is_stuck=True,
)
CLOSED = Next("Nothing: a person closed its dead letter. Replay that, and it is tried again.")


def after_asset(asset: ListedAsset, facts: Facts) -> Next:
    """Tell what happens next with an asset; an open dead letter has the first word, whatever its state."""
    if asset.key in open_letters(facts):
        return _after_death(asset.key, facts)
    match AssetStatus(asset.status):
        case AssetStatus.QUEUED:
            return _try_again(asset.key, facts)
        case AssetStatus.FAILED:
            return _after_death(asset.key, facts)
        case AssetStatus.REJECTED:
            return Next(OF_ASSETS[AssetStatus.REJECTED], is_stuck=True)
        case AssetStatus.SYNCED if asset.absent:
            return _missing(asset, facts)
        case AssetStatus.SYNCED if asset.guid in facts.hidden:
            return HIDDEN
        case status:
            return Next(OF_ASSETS[status])


def after_data_set(record: DataSetRecord, facts: Facts) -> Next:
    """Tell what happens next with a data set."""
    try_at = facts.try_at(record.data_set_id)
    is_given_up = record.status is DataSetStatus.FAILED or record.data_set_id in open_letters(facts)
    if is_given_up and try_at is None:
        return _after_death(record.data_set_id, facts)
    if record.status is DataSetStatus.QUEUED or try_at is not None:
        return _try_again(record.data_set_id, facts)
    return Next(OF_DATA_SETS[record.status])


def after_dead_letter(dead_letter: DeadLetter, now: datetime) -> Next:
    """Tell what happens next with a dead letter."""
    if dead_letter.set_aside_at:
        return CLOSED
    again_at = replay_at(dead_letter)
    if again_at is None:
        return Next(
            OF_DEAD_LETTERS.get(dead_letter.cause_class, "Read the cause, then replay or close it."), is_stuck=True
        )
    is_refused = dead_letter.cause_class == RejectedError.cause_class
    remedy = "Mend the cause. " if is_refused else ""
    if again_at <= now:
        return Next(f"{remedy}It is replayed by the next reconcile run, within 15 min.", is_stuck=is_refused)
    return Next(f"{remedy}It is replayed by itself {relative(again_at, now)}; sooner by hand.", is_stuck=is_refused)


def open_letters(facts: Facts) -> frozenset[str]:
    """Return the ids of the dead letters that nobody has closed."""
    return frozenset(one.id for one in facts.dead_letters if not one.set_aside_at)


def stuck_letters(facts: Facts) -> frozenset[str]:
    """Return the ids of the dead letters that wait for a person."""
    return frozenset(one.id for one in facts.dead_letters if after_dead_letter(one, facts.generated_at).is_stuck)


def is_blocked(job: Job) -> bool:
    """Whether outstanding work fails until a person mends a setting, a role or a term."""
    is_outstanding = job.state is not JobState.DEAD and bool(job.attempts)
    return is_outstanding and job.last_error_class == ConfigError.cause_class


def _try_again(key: str, facts: Facts) -> Next:
    job, try_at = facts.jobs.get(key), facts.try_at(key)
    if job is None or try_at is None:
        return Next("It is worked off now.")  # done since its record was read
    moment = "now" if try_at <= facts.generated_at else f"{relative(try_at, facts.generated_at)}, at {try_at:%H:%M:%S}"
    if not job.attempts:
        return Next(f"It is worked off {moment}.")
    remedy = "Mend what the error names. " if is_blocked(job) else ""
    return Next(f"{remedy}Attempt {job.attempts + 1} of {MOST_ATTEMPTS} comes {moment}.", is_stuck=bool(remedy))


def _after_death(dead_letter: str, facts: Facts) -> Next:
    known = {each.id: each for each in facts.dead_letters}
    if dead_letter not in known:
        job = facts.jobs.get(dead_letter)
        is_closed = job is not None and job.set_aside_at is not None
        return CLOSED if is_closed else Next("It was given up: a dead letter tells why.", is_stuck=True)
    then = after_dead_letter(known[dead_letter], facts.generated_at)
    return then if then is CLOSED else Next(then.text, dead_letter, then.is_stuck)


def _missing(asset: ListedAsset, facts: Facts) -> Next:
    if facts.approval_needed and asset.absent >= GRACE_SNAPSHOTS - 1:
        return Next("It is no longer found. Whether it is retired waits for a person's approval.", is_stuck=True)
    return Next("It was not found the last time. It is retired if it is missing once more.")

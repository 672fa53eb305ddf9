"""What the app's own rows say of an asset: seen or not, waiting, given up, missing, retired; pure."""

from collections.abc import Iterator
from datetime import datetime

from sync_core.absence.retirement import GRACE_SNAPSHOTS, is_due
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.errors import ConfigError
from sync_core.jobs.backoff import MOST_ATTEMPTS
from sync_core.jobs.dead_letter import to_dead_letter
from sync_core.jobs.job import TAKEN_UP_WITHIN, Job, JobState
from sync_core.jobs.replaying import replay_at
from sync_core.operations.explain.evidence import Evidence, Sight
from sync_core.operations.explain.findings import Cause, Finding, Weight
from sync_core.runs.deferred import Kind

AT_ONCE = "Then the command resync, or a button on the dashboard, asks Purview at once."


def judge_state(evidence: Evidence) -> Iterator[Finding]:
    """Say what the app knows of it, and what it will do next."""
    for error in evidence.state.errors:
        yield Finding(Cause.NOT_ANSWERED, Weight.IN_THE_WAY, "What the app remembers of it cannot be read.", error)
    yield from _judge_deferred(evidence)
    record = evidence.record
    if record is None:
        yield from _judge_unknown(evidence)
        return
    yield from _judge_absence(record, evidence)
    yield from _judge_status(record, evidence)
    job = evidence.state.job
    if job is not None and job.state is JobState.DEAD:
        yield _dead_letter(job)
    elif job is not None:
        yield _waiting(job, evidence.now)
    elif record.status is AssetStatus.QUEUED:
        what = "Its group and source are to be made, and no job says so: the next run of reconcile sees to that."
        yield Finding(Cause.WAITING, Weight.WAITS, what, f"Queued at {_at(record.queued_at)}.")


def _judge_deferred(evidence: Evidence) -> Iterator[Finding]:
    for one in evidence.state.deferred:
        is_first = evidence.record is None
        fix = "See to what it says." if not one.is_hidden else "Give the app's identity the role Data Reader there."
        fix += f" {AT_ONCE}" if one.kind is Kind.ASSET else ""
        cause = Cause.HIDDEN if one.is_hidden else Cause.DEFERRED
        weight = Weight.IN_THE_WAY if is_first and one.is_hidden else Weight.WAITS if is_first else Weight.NOTE
        what = f"The {one.kind} {one.name or one.id} could not be read; it is left alone until {_at(one.next_look_at)}."
        yield Finding(cause, weight, what, one.reason, fix)


def _judge_unknown(evidence: Evidence) -> Iterator[Finding]:
    """Nothing is recorded: if it is selected, the next tick sees it."""
    seen = evidence.purview
    if evidence.is_selected and seen.sight is Sight.SHOWN and seen.left_out == "":
        what = "It is selected, and the app has not recorded it yet: the next tick does, within a minute."
        fix = "None. If it lasts, see the notes of the last runs in status."
        yield Finding(Cause.NOT_SEEN_YET, Weight.WAITS, what, "There is no record of it.", fix)
    else:
        yield Finding(Cause.NOT_SEEN_YET, Weight.NOTE, "The app has never recorded it.", "There is no record of it.")


def _judge_absence(record: AssetRecord, evidence: Evidence) -> Iterator[Finding]:
    if not record.absent or record.status is AssetStatus.RETIRED:
        return
    since = _at(record.absent_since)
    needed = evidence.state.approval_needed
    told = f"It was missing from {record.absent} complete snapshots in a row, since {since}."
    if is_due(record) and needed:
        what = (
            f"The app no longer finds it among the selected assets. That it is retired waits for a person's approval, "
            f"as {needed.assets} of {needed.of} would be."
        )
        fix = (
            "Look why they are not found (a term renamed, a role lost). If they are to go: python -m sync_core "
            f"approve retirement {needed.assets} --by NAME"
        )
        yield Finding(Cause.GUARD, Weight.IN_THE_WAY, what, told, fix)
        return
    what = (
        "The app no longer finds it among the selected assets: it is in its grace, "
        f"{record.absent} of {GRACE_SNAPSHOTS} looks."
    )
    fix = "Give it its term again: else it is retired, and its group in CluedIn stays."
    yield Finding(Cause.IN_GRACE, Weight.IN_THE_WAY, what, told, fix)


def _judge_status(record: AssetRecord, evidence: Evidence) -> Iterator[Finding]:
    match record.status:
        case AssetStatus.RETIRED:
            what = f"It is retired since {_at(record.retired_at)}: its group and source in CluedIn stay as they are."
            fix = "Give it its term again: it keeps its group."
            weight = Weight.WAITS if evidence.is_selected else Weight.IN_THE_WAY
            yield Finding(Cause.RETIRED, weight, what, record.reason, fix)
        case AssetStatus.REJECTED:
            fix = f"Mend it in Purview: it is read again hourly. {AT_ONCE}"
            yield Finding(
                Cause.REJECTED, Weight.IN_THE_WAY, record.reason, f"Recorded at {_at(record.refreshed_at)}.", fix
            )
        case AssetStatus.QUEUED | AssetStatus.FAILED | AssetStatus.SYNCED:
            return


def _dead_letter(job: Job) -> Finding:
    letter = to_dead_letter(job)
    again_at = None if letter.set_aside_at else replay_at(letter)
    then = f"It is replayed by itself from {_at(again_at)} on" if again_at else "It is not replayed by itself"
    what = f"Its work was given up after {letter.attempts} attempts: a dead letter, {letter.cause_class}. {then}."
    fix = f"Mend what the cause names, then: python -m sync_core replay --id {letter.id}"
    return Finding(Cause.DEAD_LETTER, Weight.IN_THE_WAY, what, letter.cause, fix)


def _waiting(job: Job, now: datetime) -> Finding:
    try_at = max(job.due_at - TAKEN_UP_WITHIN, now)
    what = f"Its group and source are to be made: the next attempt comes at {_at(try_at)}."
    if job.throttled_since:
        told = f"A service asks to slow down since {_at(job.throttled_since)}. {job.last_error}"
        return Finding(Cause.THROTTLED, Weight.WAITS, what, told, "None: that costs no attempt.")
    if not job.attempts:
        return Finding(Cause.WAITING, Weight.WAITS, what, job.last_error or f"Asked for at {_at(job.asked_at)}.")
    told = f"{job.attempts} of {MOST_ATTEMPTS} attempts failed. {job.last_error}"
    is_stuck = job.last_error_class == ConfigError.cause_class
    fix = "Mend what the error names." if is_stuck else "None: it is tried again by itself."
    return Finding(Cause.WAITING, Weight.IN_THE_WAY if is_stuck else Weight.WAITS, what, told, fix)


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "an unknown time"

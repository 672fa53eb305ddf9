"""The history of one asset, as far as its record, its job and its data sets hold it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.jobs.job import Job, JobState
from sync_core.lineage.record import DataSetRecord
from sync_core.operations.dashboard.words import lines
from sync_core.wording import many

DONE = {Origin.CREATED: "created in CluedIn", Origin.ADOPTED: "adopted: it stood in CluedIn already"}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, when, and by which run and request, where that is known."""

    at: datetime
    what: str
    details: tuple[str, ...] = ()
    run: str = ""
    request: str = ""
    requests: Mapping[str, int] = field(default_factory=dict)


def history_of(record: AssetRecord, job: Job | None, data_sets: Sequence[DataSetRecord]) -> list[Event]:
    """Return what happened, the latest first; of what happened several times, the last time."""
    events = [*_in_purview(record), *_in_cluedin(record), *(_tries(job) if job else ()), *_lineage(data_sets)]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _in_purview(record: AssetRecord) -> Iterator[Event]:
    yield Event(record.first_seen_at, "Seen in Purview for the first time", run=record.first_seen_run_id)
    renamed = (f"It is called {record.name} now; its group was made for {record.synced_name}.",)
    if record.refreshed_at != record.first_seen_at or record.is_renamed:
        yield Event(record.refreshed_at, "Read from Purview", renamed if record.is_renamed else ())
    if record.absent and record.absent_since:
        yield Event(record.absent_since, f"Not found since; missing from {many(record.absent, 'complete look')}")
    if record.retired_at and record.status is AssetStatus.RETIRED:
        yield Event(record.retired_at, "Retired", lines(record.reason))


def _in_cluedin(record: AssetRecord) -> Iterator[Event]:
    if record.queued_at:
        yield Event(record.queued_at, "Queued: its group and source were to be made", run=record.queued_run_id)
    if record.gone_at:
        yield Event(record.gone_at, "Its group or source was proven to be gone from CluedIn")
    if record.group_at:
        yield Event(record.group_at, f"Group {record.group_id} {_how(record.group_origin)}")
    if record.synced_at:
        yield Event(
            record.synced_at,
            f"Synced: source {record.source_id} {_how(record.source_origin)}",
            run=record.synced_run_id,
            request=record.synced_request_id,
            requests=record.synced_requests,
        )


def _tries(job: Job) -> Iterator[Event]:
    if job.last_error_at:
        failed = many(job.former_attempts + job.attempts, "attempt")
        yield Event(job.last_error_at, f"Failed, after {failed} in all", lines(job.last_error), run=job.run_id)
    if job.gave_up_at:
        what = "Given up" if job.state is JobState.DEAD else "Given up, before it was tried again"
        yield Event(job.gave_up_at, f"{what} ({job.gave_up_for.replace('_', ' ')})")
    if job.replayed_at:
        yield Event(job.replayed_at, f"Replayed, {many(job.replays, 'time')} in all")


def _lineage(data_sets: Sequence[DataSetRecord]) -> Iterator[Event]:
    for one in data_sets:
        yield Event(one.first_seen_at, f"Data set {one.name or one.data_set_id} was heard of")
        if one.pushed_at:
            what = f"Lineage of data set {one.name} written to Purview"
            yield Event(one.pushed_at, what, run=one.pushed_run_id, requests=one.pushed_requests)


def _how(origin: Origin | None) -> str:
    return DONE[origin] if origin else "stands in CluedIn"

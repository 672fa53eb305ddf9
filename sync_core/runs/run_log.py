"""Writes down what a run does while it does it, and keeps it however the run ends."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync_core.each_request import before_each_request
from sync_core.errors import OutOfTimeError, SyncError
from sync_core.ledger import request_ledger
from sync_core.logs import get_logger
from sync_core.runs.bounds import bounded_counts, bounded_notes
from sync_core.runs.counts import Count
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.runs.run_store import RunStore
from sync_core.safe_text import safe_text
from sync_core.telemetry.metrics import Metric, measure
from sync_core.telemetry.spans import Attribute, Span, span

logger = get_logger(__name__)

LONGEST_ERROR = 4000
# The host kills a run after ten minutes (host.json). Each part of a run has its own time, and all of them together this
# one: what it cuts goes on in the next run. Should a part forget it, no request begins after the last moment.
RUN_TIME = timedelta(minutes=4)
LAST_REQUEST_AFTER = timedelta(minutes=6)
MEASURED = (Count.NEW, Count.CHANGED, Count.RETURNING, Count.REJECTED, Count.HIDDEN, Count.RETIRED)


@dataclass
class RunLog:
    """The run that is going on. `outcome` is what is recorded if nothing fails."""

    run_id: str
    started_at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    outcome: RunOutcome = RunOutcome.SUCCEEDED

    def ends_within(self, now: datetime, share: timedelta) -> datetime:
        """Return when a part of the run that begins now has to end: after its own share, and with the run at latest."""
        return min(now + share, self.started_at + RUN_TIME)

    def has_time(self, now: datetime) -> bool:
        """Whether there is time left to begin another part of the run."""
        return now < self.started_at + RUN_TIME

    def check_time(self, now: datetime) -> None:
        """Keep a run from asking for anything long after its end.

        Raises:
            OutOfTimeError: it should have ended.
        """
        if now - self.started_at >= LAST_REQUEST_AFTER:
            minutes = LAST_REQUEST_AFTER.seconds // 60
            raise OutOfTimeError(f"The run takes longer than {minutes} minutes; the next one goes on.")

    def skip(self, why: str) -> None:
        """Note that there was nothing to do, and why."""
        self.outcome = RunOutcome.SKIPPED
        self.notes.append(why)


@contextmanager
def recorded_run(runs: RunStore, kind: RunKind, run_id: str, clock: Callable[[], datetime]) -> Iterator[RunLog]:
    """Record the run in whose block one is, with its outgoing requests; an error is recorded and goes on its way."""
    log = RunLog(run_id, clock())
    with (
        span(f"{kind} run", {Attribute.RUN: run_id, Attribute.RUN_KIND: kind.value}) as told,
        request_ledger() as requests,
        before_each_request(lambda: log.check_time(clock())),
    ):
        try:
            yield log
        except Exception as error:
            cause_class = error.cause_class if isinstance(error, SyncError) else "bug"
            failed = _record(log, kind, clock(), requests, RunOutcome.FAILED)
            _tell(failed, told)
            said = safe_text(f"{type(error).__name__}: {error}")[:LONGEST_ERROR]
            runs.save(failed.model_copy(update={"error": said, "error_class": cause_class}))
            raise
        record = _record(log, kind, clock(), requests, log.outcome)
        _tell(record, told)
        runs.save(record)
        logger.info(
            "%s run %s %s: %s; requests %s",
            *(kind, run_id, record.outcome, dict(record.counts), dict(record.requests)),
            extra={"run_id": run_id, "outcome": record.outcome.value},
        )


def _record(log: RunLog, kind: RunKind, now: datetime, requests: Counter[str], outcome: RunOutcome) -> RunRecord:
    return RunRecord(
        run_id=log.run_id,
        kind=kind,
        started_at=log.started_at,
        finished_at=now,
        outcome=outcome,
        counts=bounded_counts({safe_text(name): count for name, count in log.counts.items()}),
        requests=dict(requests),
        notes=bounded_notes([safe_text(note) for note in log.notes]),
    )


def _tell(record: RunRecord, told: Span) -> None:
    """Tell OpenTelemetry how a run ended."""
    told.tell({Attribute.RUN_OUTCOME: record.outcome.value})
    ended = {"kind": record.kind.value, "outcome": record.outcome.value}
    measure(Metric.RUNS, 1, ended)
    if record.finished_at is not None:
        measure(Metric.RUN_DURATION, (record.finished_at - record.started_at).total_seconds(), ended)
    for count in MEASURED:
        if record.counts.get(count):
            measure(Metric.ASSETS, record.counts[count], {"outcome": count.value})

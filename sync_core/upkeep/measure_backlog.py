"""Measures what is outstanding, for whoever set up metrics: for nobody else it asks nothing of storage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sync_core.jobs.job import JobKind
from sync_core.jobs.job_store import JobStore
from sync_core.runs.run_log import RunLog
from sync_core.telemetry.metrics import Metric, is_measured, measure

MOST_READ = 5000
"""Of more jobs than that the number is this one, and the oldest is the oldest of these."""


@dataclass(frozen=True)
class MeasureBacklog:
    """Counts the outstanding jobs of each kind, and tells for how long the oldest one has been asked for."""

    jobs: Mapping[JobKind, JobStore]
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Measure; five storage operations a kind at most."""
        del log
        if not is_measured():
            return
        for kind, jobs in self.jobs.items():
            asked_at = [job.asked_at for job in islice(jobs.pending(), MOST_READ)]
            oldest_s = (self.clock() - min(asked_at)).total_seconds() if asked_at else 0.0
            measure(Metric.OUTSTANDING, len(asked_at), {"kind": kind.value})
            measure(Metric.OLDEST, max(oldest_s, 0.0), {"kind": kind.value})

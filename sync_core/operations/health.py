"""Answers `health`: anyone may ask, so it names failing checks and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sync_core import __version__
from sync_core.answer import HttpAnswer, json_answer
from sync_core.errors import SyncError
from sync_core.jobs.watch_queues import WatchQueues
from sync_core.logs import get_logger
from sync_core.operations.well_being import LONGEST_SILENCE, LONGEST_SILENCE_OF_RECONCILE, is_silent, up_since
from sync_core.runs.run import RunKind, RunOutcome
from sync_core.runs.run_store import RunStore

# Enough of each to tell that the app was up while the other timer should have run.
DISCOVERIES_READ = 20
RECONCILIATIONS_READ = 4
logger = get_logger(__name__)


def health_answer(failing: list[str]) -> HttpAnswer:
    """Answer 200 when nothing fails, else 503 with the names of the failing checks."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
    body = {"status": "unhealthy" if failing else "healthy", "failing": failing, "version": __version__}
    return json_answer(body, status)


@dataclass(frozen=True)
class Health:
    """Checks what four storage reads can tell: storage itself, how the timers are doing, and who empties the queues.

    `started_at` is when this process was first asked. `is_discovering` tells whether a discovery is under way; it is
    asked, with one more read, only where none ended for long.
    """

    runs: RunStore
    queues: WatchQueues
    started_at: datetime
    clock: Callable[[], datetime]
    is_discovering: Callable[[], bool]

    def answer(self) -> HttpAnswer:
        """Answer `GET health`. An app that has just been deployed or started is healthy."""
        try:
            return health_answer([*self._failing_timers(), *self.queues.stuck()])
        except SyncError:
            logger.exception("The health check cannot read the state")
            return health_answer(["storage"])

    def _failing_timers(self) -> Iterator[str]:
        now = self.clock()
        discoveries = self.runs.latest(RunKind.DISCOVER, DISCOVERIES_READ)
        reconciliations = self.runs.latest(RunKind.RECONCILE, RECONCILIATIONS_READ)
        up = up_since(self.started_at, [*discoveries, *reconciliations], now)
        latest = next(iter(discoveries), None)
        has_failed = latest is not None and latest.outcome is RunOutcome.FAILED
        if has_failed or (is_silent(latest, up, LONGEST_SILENCE, now) and not self.is_discovering()):
            yield "discovery"
        if is_silent(next(iter(reconciliations), None), up, LONGEST_SILENCE_OF_RECONCILE, now):
            yield "reconcile"

"""Answers `health`: anyone may ask, so it names failing checks and nothing else."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sync_core.domain.answer import HttpAnswer, json_answer
from sync_core.domain.run import RunKind, RunOutcome
from sync_core.errors import SyncError
from sync_core.state.runs import RunStore

logger = logging.getLogger(__name__)

LONGEST_SILENCE = timedelta(minutes=5)


def health_answer(failing: list[str]) -> HttpAnswer:
    """Answer 200 when nothing fails, else 503 with the names of the failing checks."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
    return json_answer({"status": "unhealthy" if failing else "healthy", "failing": failing}, status)


@dataclass(frozen=True)
class CheckHealth:
    """Checks what one storage read can tell: storage itself, and how discovery is doing."""

    runs: RunStore
    clock: Callable[[], datetime]

    def answer(self) -> HttpAnswer:
        """Answer `GET health`. An app that never ran a discovery is healthy: it has just been deployed."""
        try:
            latest = self.runs.latest(RunKind.DISCOVER, 1)
        except SyncError:
            logger.exception("The health check cannot read the state")
            return health_answer(["storage"])
        if not latest:
            return health_answer([])
        last_sign = latest[0].finished_at or latest[0].started_at
        is_silent = self.clock() - last_sign > LONGEST_SILENCE
        return health_answer(["discovery"] if is_silent or latest[0].outcome is RunOutcome.FAILED else [])

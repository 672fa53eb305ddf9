"""Answers `health`: anyone may ask, so it names failing checks and nothing else."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sync_core import __version__
from sync_core.domain.answer import HttpAnswer, json_answer
from sync_core.domain.run import RunKind
from sync_core.errors import SyncError
from sync_core.mapping.well_being import is_discovery_well
from sync_core.state.runs import RunStore

logger = logging.getLogger(__name__)


def health_answer(failing: list[str]) -> HttpAnswer:
    """Answer 200 when nothing fails, else 503 with the names of the failing checks."""
    status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
    body = {"status": "unhealthy" if failing else "healthy", "failing": failing, "version": __version__}
    return json_answer(body, status)


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
        is_well = is_discovery_well(latest[0] if latest else None, self.clock())
        return health_answer([] if is_well else ["discovery"])

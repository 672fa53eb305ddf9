"""Looks into CluedIn for what was processed, for deliveries that could not say what.

Such a delivery asks for a look: all of them are one job. One look begins at once, the next one a minute later at the
earliest, however many ask. It is done with a snapshot of CluedIn that is complete, and whose reading began after the
last of them was stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_core.errors import WaitError
from sync_core.jobs.claims import Claim
from sync_core.lineage.look_at_cluedin import LookAtCluedIn
from sync_core.logs import get_logger
from sync_core.runs.leases import Held, Leases
from sync_core.runs.run_log import RunLog

logger = get_logger(__name__)

LEASE = "look"
EVERY_S = 60
HOLD_S = 15


@dataclass(frozen=True)
class LookNow:
    """Makes looks."""

    look_at_cluedin: LookAtCluedIn
    leases: Leases
    clock: Callable[[], datetime]

    def look(self, claim: Claim) -> None:
        """Look, and end the job.

        Raises:
            WaitError: the latest look began less than a minute ago, or another one is needed.
            TransientError, ConfigError: CluedIn does not answer.
        """
        lease = self.leases.acquire(LEASE, claim.run_id, EVERY_S)
        if isinstance(lease, Held):
            raise WaitError("A look into CluedIn began a moment ago.", retry_after_s=lease.remaining_s + 1)
        started_at = self.clock()
        try:
            self._look(claim)
        finally:
            left_s = EVERY_S - int((self.clock() - started_at).total_seconds())
            lease.leave_for(max(left_s, 0))

    def _look(self, claim: Claim) -> None:
        log = RunLog(claim.run_id, self.clock())
        began_at = self.look_at_cluedin.run(log, lambda: claim.renew_if_older_than(HOLD_S))
        logger.info("Looked into CluedIn for deliveries without a body: %s", dict(log.counts))
        if began_at is None or began_at <= claim.job.asked_at:
            raise WaitError("The look into CluedIn goes on.", retry_after_s=1)
        claim.done()

"""Looks into CluedIn for what was processed, for deliveries that could not say what.

Such a delivery is stored and asks for a look. One begins at once, the next one a minute later at the earliest, however
many ask; a delivery that comes meanwhile is looked for then. It is closed by a snapshot of CluedIn whose reading began
after it was stored, and that is complete.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from pydantic import BaseModel

from sync_core.clients.cluedin import CLUEDIN
from sync_core.domain.delivery import Delivery
from sync_core.domain.message import LookMessage
from sync_core.errors import SyncError
from sync_core.flows.look_at_cluedin import LookAtCluedIn
from sync_core.flows.pauses import Pauses
from sync_core.flows.push_lineage import SWITCHED_OFF
from sync_core.flows.run_log import RunLog
from sync_core.mapping.backoff import LONGEST_DELAY_S
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.leases import Held, Leases
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue

logger = logging.getLogger(__name__)

LEASE = "look"
EVERY_S = 60
CLOCKS_DIFFER_S = 2  # ours and the queue's: what is due so soon may have begun
NEXT = "next-look"
LOOKED = "looked_for"


class NextLook(BaseModel):
    """When the latest look that was asked for begins, or began."""

    at: datetime


@dataclass(frozen=True)
class LookNow:
    """Asks for looks, and makes them."""

    deliveries: DeliveryStore
    look_at_cluedin: LookAtCluedIn
    queue: WorkQueue
    leases: Leases
    notes: Notes
    pauses: Pauses
    is_on: bool
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def ask(self) -> None:
        """See to it that a look begins from now on: two storage operations at the most, and a message."""
        self._later(0.0)

    def handle(self, message: LookMessage) -> None:
        """Look, if a delivery waits for it. Two at once, or a message too many, change nothing.

        Raises:
            TransientError, ConfigError: storage failed; the host delivers the message again.
        """
        waiting = [delivery for delivery in self.deliveries.open() if delivery.names_nothing]
        if not waiting:
            return
        if not self.is_on:
            self._close(waiting, SWITCHED_OFF)
            return
        pause_s = self.pauses.wait_s(CLUEDIN.name)
        lease = Held("", 0, pause_s) if pause_s else self.leases.acquire(LEASE, self.new_id(), EVERY_S)
        if isinstance(lease, Held):
            self._later(lease.remaining_s + 1, message.times_put_back)
            return
        started_at = self.clock()
        try:
            self._look(waiting, message)
        finally:
            left_s = EVERY_S - int((self.clock() - started_at).total_seconds())
            lease.leave_for(max(left_s, 0))

    def _look(self, waiting: Sequence[Delivery], message: LookMessage) -> None:
        log = RunLog("look", self.clock())
        try:
            began_at = self.look_at_cluedin.run(log)
        except SyncError as error:
            times = message.times_put_back + 1
            delay_s = min(EVERY_S * 2.0 ** (times - 1), LONGEST_DELAY_S)
            logger.warning("The look into CluedIn failed, the next one begins in %.0f s: %s", delay_s, error)
            self._later(delay_s, times)
            return
        logger.info("Looked into CluedIn for %s deliveries without a body: %s", len(waiting), dict(log.counts))
        seen = [one for one in waiting if began_at is not None and one.received_at < began_at]
        self._close(seen, LOOKED)
        if len(seen) < len(waiting):
            self._later(0.0)

    def _later(self, delay_s: float, times_put_back: int = 0) -> None:
        """Ask for a look after a delay, and a minute after the latest one at the earliest.

        One that is asked for and did not begin sees whatever is stored until then: it is enough. The message is sent
        first: were the note alone there, nobody would ask again until it is over.
        """
        now, latest = self.clock(), self.notes.load(NextLook, NEXT)
        ahead_s = (latest.at - now).total_seconds() if latest else -inf
        if CLOCKS_DIFFER_S < ahead_s <= LONGEST_DELAY_S:
            return
        if -EVERY_S < ahead_s <= CLOCKS_DIFFER_S:
            delay_s = max(delay_s, ahead_s + EVERY_S)
        self.queue.send(LookMessage(kind="look", times_put_back=times_put_back), delay_s)
        self.notes.save(NEXT, NextLook(at=now + timedelta(seconds=delay_s)))

    def _close(self, deliveries: Sequence[Delivery], result: str) -> None:
        for delivery in deliveries:
            self.deliveries.close(delivery, result, self.clock())

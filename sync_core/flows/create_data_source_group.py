"""Works off one message of the asset queue: claim the asset, provision it, and decide what a failure means."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.clients.cluedin import CLUEDIN
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.message import AssetMessage
from sync_core.errors import RejectedError, SyncError
from sync_core.flows.announce import Announce
from sync_core.flows.attempts import Attempts
from sync_core.flows.bury import Bury, with_failure, with_throttle
from sync_core.flows.pauses import Pauses
from sync_core.flows.provision import Provision
from sync_core.flows.take_assets import SEND_AGAIN_AFTER
from sync_core.state.assets import AssetStore
from sync_core.state.leases import Held, Lease, Leases
from sync_core.state.names import ASSET_QUEUE
from sync_core.state.queues import WorkQueue

logger = logging.getLogger(__name__)

# Longer than any single call of the worker can take, and short enough that a dead worker's asset does not wait long.
CLAIM_S = 45
SETTLE_S = 4  # CluedIn shows what it made after about a second
LONGEST_SETTLE_S = 120  # a person who has mended something must not wait for a quarter of an hour


@dataclass(frozen=True)
class CreateDataSourceGroup:
    """Handles messages that ask for an asset's group and source."""

    provision: Provision
    assets: AssetStore
    bury: Bury
    leases: Leases
    queue: WorkQueue
    announce: Announce
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    chance: Callable[[], float]
    pauses: Pauses
    claim_s: int = CLAIM_S

    def handle(self, body: bytes) -> None:
        """Work off one message. Delivered twice, it changes nothing the second time.

        Raises:
            TransientError, ConfigError, ConflictError: storage failed; the host delivers the message again.
        """
        try:
            message = AssetMessage.from_json(body)
        except RejectedError as error:
            self.bury.message(ASSET_QUEUE, body, error.code, str(error))
            return
        stored = self.assets.load(message.asset_key)
        if stored is None:
            self.bury.unknown_asset(message)
        elif self._is_outdated(message):
            logger.info("Asset %s has a newer message; dropping this one", message.asset_key)
        elif stored.record.status is AssetStatus.QUEUED:
            self._claim(message)

    def put_back(self, message: AssetMessage, delay_s: float) -> None:
        """Let a message come again after a delay; until long after that, discovery sends no other one.

        In this order: were the message sent first and the rest failed, the host would deliver the first one again, too.
        """
        due_at = self.clock() + timedelta(seconds=delay_s) + SEND_AGAIN_AFTER
        times = self.assets.postpone(message.asset_key, due_at)
        self.queue.send(message.model_copy(update={"times_put_back": times}), delay_s)

    def _is_outdated(self, message: AssetMessage) -> bool:
        return message.times_put_back > 0 and message.is_outdated(self.assets.times_put_back(message.asset_key))

    def _claim(self, message: AssetMessage) -> None:
        pause_s = self.pauses.wait_s(CLUEDIN.name)
        if pause_s:
            self.put_back(message, pause_s)
            return
        run_id = self.new_id()
        claim = self.leases.acquire(f"asset-{message.asset_key}", run_id, self.claim_s)
        if isinstance(claim, Held):
            logger.info("Asset %s is being worked on by %s; putting its message back", message.asset_key, claim.owner)
            self.put_back(message, claim.remaining_s + 1 + self.chance())
            return
        stored = self.assets.load(message.asset_key)
        if stored is None or stored.record.status is not AssetStatus.QUEUED:
            claim.release()  # another delivery was faster
            return
        work = AssetWork(self, message, stored.record, claim, run_id)
        try:
            is_done = Attempts(self.chance, self.claim_s).attempt(work)
        except Exception:
            claim.leave_for(SETTLE_S)
            raise
        if is_done:
            claim.release()
            self.announce.if_done()


@dataclass(frozen=True)
class AssetWork:
    """The work on one claimed asset."""

    worker: CreateDataSourceGroup
    message: AssetMessage
    record: AssetRecord
    claim: Lease
    run_id: str

    @property
    def name(self) -> str:
        """What it is, for the log."""
        return f"Asset {self.record.key}"

    def do(self) -> None:
        """Provision the asset; a dead letter of an earlier try is closed by that."""
        self.worker.provision.provision(self.record, self.claim, self.run_id)
        if self.record.last_error_class:
            self.worker.bury.unbury(ASSET_QUEUE, self.record.key)

    @property
    def attempts(self) -> int:
        """How many attempts failed before this one."""
        return self.record.attempts

    def note_failure(self, error: SyncError) -> None:
        """Note the failure in the asset's record."""
        self._must_be_ours()
        self.worker.assets.change(self.record.key, with_failure(error, self.worker.clock()))

    def note_throttle(self, error: SyncError) -> timedelta:
        """Note in the asset's record that the service asks to slow down."""
        self._must_be_ours()
        now = self.worker.clock()
        record = self.worker.assets.change(self.record.key, with_throttle(error, now))
        return now - (record.throttled_since or now)

    def put_back(self, delay_s: float) -> None:
        """Put the message back, and let no one else look before it comes again.

        What a call with an unknown outcome made shows up after a while only.
        """
        self.worker.put_back(self.message, delay_s)
        self.claim.leave_for(min(int(delay_s) - 1, LONGEST_SETTLE_S))

    def give_up(self, error: SyncError, cause_class: str) -> None:
        """Make the message a dead letter."""
        self._must_be_ours()
        self.worker.bury.asset(self.message, error, cause_class)
        self.claim.release()

    def _must_be_ours(self) -> None:
        """Say nothing over the work of a successor; the host delivers the message again, which then finds it done."""
        self.claim.renew()

"""Works off one message of the asset queue: claim the asset, provision it, and decide what a failure means."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.message import AssetMessage
from sync_core.errors import ConfigError, ConflictError, RejectedError, SyncError, TransientError
from sync_core.flows.announce import Announce
from sync_core.flows.bury import Bury, with_failure
from sync_core.flows.provision import Provision
from sync_core.flows.take_assets import SEND_AGAIN_AFTER
from sync_core.mapping.backoff import CONFIG_DELAY_S, MOST_ATTEMPTS, backoff_s
from sync_core.state.assets import AssetStore
from sync_core.state.leases import Held, Leases
from sync_core.state.names import ASSET_QUEUE
from sync_core.state.queues import WorkQueue

logger = logging.getLogger(__name__)

# Longer than any single call of the worker can take, and short enough that a dead worker's asset does not wait long.
CLAIM_S = 45


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
            cause = f"No asset is recorded under {message.asset_key}; discovery records it if it is tagged."
            self.bury.message(ASSET_QUEUE, body, "unknown_asset", cause)
        elif stored.record.status is AssetStatus.QUEUED:
            self._claim(message)

    def _claim(self, message: AssetMessage) -> None:
        run_id = self.new_id()
        claim = self.leases.acquire(f"asset-{message.asset_key}", run_id, self.claim_s)
        if isinstance(claim, Held):
            logger.info("Asset %s is being worked on by %s; putting its message back", message.asset_key, claim.owner)
            self._put_back(message, claim.remaining_s + 1 + self.chance())
            return
        try:
            stored = self.assets.load(message.asset_key)
            if stored is None or stored.record.status is not AssetStatus.QUEUED:
                return  # another delivery was faster
            self._try(message, lambda: self.provision.provision(stored.record, claim, run_id))
        finally:
            claim.release()

    def _try(self, message: AssetMessage, provision: Callable[[], AssetRecord]) -> None:
        try:
            provision()
        except ConflictError as error:
            logger.warning("Asset %s: %s", message.asset_key, error)
            self._put_back(message, self.claim_s)
        except TransientError as error:
            self._try_later(message, error, retry_after_s=error.retry_after_s)
        except ConfigError as error:
            self._try_later(message, error, retry_after_s=CONFIG_DELAY_S)
        except SyncError as error:
            self.bury.asset(message, error, error.cause_class)
        else:
            self.announce.if_done()

    def _try_later(self, message: AssetMessage, error: SyncError, *, retry_after_s: float | None) -> None:
        record = self.assets.change(message.asset_key, with_failure(error, self.clock()))
        if record.attempts >= MOST_ATTEMPTS:
            self.bury.asset(message, error, f"exhausted_{error.cause_class}")
            return
        delay_s = backoff_s(record.attempts, retry_after_s=retry_after_s, chance=self.chance())
        logger.warning("Asset %s failed, attempt %s, next in %.0f s: %s", record.key, record.attempts, delay_s, error)
        self._put_back(message, delay_s)

    def _put_back(self, message: AssetMessage, delay_s: float) -> None:
        self.queue.send(message, delay_s)
        self.assets.postpone(message.asset_key, self.clock() + timedelta(seconds=delay_s) + SEND_AGAIN_AFTER)

"""Turns work that cannot succeed into dead letters: with its cause, its payload, and the asset's record saying so."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.dead_letter import UNKNOWN_ASSET, DeadLetter, letter_id
from sync_core.domain.message import AssetMessage
from sync_core.errors import SyncError
from sync_core.state.assets import AssetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.names import ASSET_QUEUE

logger = logging.getLogger(__name__)

LONGEST_TEXT = 4000


def with_failure(error: Exception, now: datetime) -> Callable[[AssetRecord], AssetRecord]:
    """Return the change that notes one more failed attempt in a record."""
    failure = {**last_error(error, now), "throttled_since": None}
    return lambda record: record.model_copy(update={**failure, "attempts": record.attempts + 1})


def with_throttle(error: Exception, now: datetime) -> Callable[[AssetRecord], AssetRecord]:
    """Return the change that notes in a record that the service asks to slow down: that is no attempt."""

    def change(record: AssetRecord) -> AssetRecord:
        return record.model_copy(update={**last_error(error, now), "throttled_since": record.throttled_since or now})

    return change


def last_error(error: Exception, now: datetime) -> dict[str, Any]:
    """Return what a record keeps of an error."""
    return {
        "last_error": str(error)[:LONGEST_TEXT],
        "last_error_class": error.cause_class if isinstance(error, SyncError) else "bug",
        "last_error_at": now,
    }


@dataclass(frozen=True)
class Bury:
    """Keeps what was given up. Idempotent: the same work dying twice is one letter."""

    assets: AssetStore
    dead_letters: DeadLetterStore
    clock: Callable[[], datetime]
    announce: bool

    def message(self, queue: str, body: bytes, cause_class: str, cause: str) -> None:
        """Keep a message that no worker can work off."""
        payload = body.decode("utf-8", "replace")[:LONGEST_TEXT]
        self.letter(queue, payload, DeadLetterCause("a message", cause_class, cause, 1), payload)
        logger.error("A message of %s is dropped, %s: %s", queue, cause_class, cause)

    def unknown_asset(self, message: AssetMessage) -> None:
        """Keep a message whose asset is not recorded; discovery records it, if it is tagged, and that heals this."""
        text = f"No asset is recorded under {message.asset_key}; discovery records it if it is tagged."
        cause = DeadLetterCause("an asset that is not recorded", UNKNOWN_ASSET, text, 1)
        self.letter(ASSET_QUEUE, message.asset_key, cause, message.to_json())
        logger.error("A message of %s is given up, %s", ASSET_QUEUE, text)

    def asset(self, message: AssetMessage, error: Exception, cause_class: str) -> None:
        """Keep the work on an asset that failed for good, and mark the asset's record as failed."""
        stored = self.assets.load(message.asset_key)
        if stored is None:
            self.unknown_asset(message)
            return
        cause = DeadLetterCause(stored.record.qualified_name, cause_class, str(error), stored.record.attempts + 1)
        # The letter first: a crash in between repeats the work, it does not lose the reason.
        is_news = self.letter(ASSET_QUEUE, message.asset_key, cause, message.to_json())
        failed = with_failure(error, self.clock())
        # The class is kept as the letter has it: should the letter be lost, it is written again from the record.
        update = {"status": AssetStatus.FAILED, "last_error_class": cause_class}
        self.assets.close(
            message.asset_key,
            lambda record: failed(record).model_copy(update=update),
            announce=self.announce and is_news,
        )
        logger.error("Asset %s is given up, %s: %s", message.asset_key, cause_class, error)

    def unbury(self, queue: str, work: str) -> None:
        """Close the letter of a piece of work that succeeded after all."""
        self.dead_letters.close(letter_id(queue, work))

    def letter(self, queue: str, work: str, cause: "DeadLetterCause", payload: str) -> bool:
        """Keep a piece of work, named so that its next death is the same letter; return whether it is news."""
        now = self.clock()
        return self.dead_letters.record(
            DeadLetter(
                letter_id=letter_id(queue, work),
                queue=queue,
                subject=cause.subject,
                cause_class=cause.cause_class,
                cause=cause.text[:LONGEST_TEXT],
                payload=payload,
                first_seen_at=now,
                last_seen_at=now,
                attempts=cause.attempts,
            )
        )


@dataclass(frozen=True, slots=True)
class DeadLetterCause:
    """Why some work was given up, and after how many attempts."""

    subject: str
    cause_class: str
    text: str
    attempts: int

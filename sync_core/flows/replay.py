"""Brings dead letters back to life: their work goes on the queue again, as if it were new."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.dead_letter import DeadLetter
from sync_core.domain.message import AssetMessage, DataSetMessage
from sync_core.errors import RejectedError
from sync_core.state.assets import AssetStore, Todo
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.names import ASSET_QUEUE
from sync_core.state.queues import WorkQueue


@dataclass(frozen=True)
class Replay:
    """Replays letters. A letter stays open until its work succeeds, so a replay that dies again loses nothing."""

    letters: DeadLetterStore
    assets: AssetStore
    asset_queue: WorkQueue
    lineage_queue: WorkQueue
    clock: Callable[[], datetime]

    def replay(self, letter: DeadLetter) -> None:
        """Put a letter's work back.

        Raises:
            RejectedError: its payload is no message that could be worked off, or its asset is not recorded.
        """
        if letter.queue == ASSET_QUEUE:
            self._replay_asset(AssetMessage.from_json(letter.payload.encode()))
        else:
            self.lineage_queue.send(DataSetMessage.from_json(letter.payload.encode()))
        self.letters.note_replay(letter, self.clock())

    def replay_each(self, letters: Iterable[DeadLetter]) -> tuple[int, list[str]]:
        """Replay letters; return how many were, and why others could not be."""
        count, refused = 0, []
        for letter in letters:
            try:
                self.replay(letter)
            except RejectedError as error:
                refused.append(f"{letter.letter_id}: {error}")
            else:
                count += 1
        return count, refused

    def _replay_asset(self, message: AssetMessage) -> None:
        if self.assets.load(message.asset_key) is None:
            raise RejectedError(f"No asset is recorded under {message.asset_key}.", code="unknown_asset")
        now = self.clock()

        def queue_again(record: AssetRecord) -> AssetRecord:
            is_open = record.status in {AssetStatus.FAILED, AssetStatus.QUEUED}
            update = {"status": AssetStatus.QUEUED, "attempts": 0, "queued_at": now}
            return record.model_copy(update=update) if is_open else record

        todo = Todo(key=message.asset_key, run_id=message.run_id, due_at=now)
        if self.assets.ask_again(message.asset_key, queue_again, todo).status is AssetStatus.QUEUED:
            self.asset_queue.send(message)

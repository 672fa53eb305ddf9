"""Brings dead letters back to life: their work goes on the queue again, as if it were new."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.dead_letter import UNKNOWN_ASSET, DeadLetter
from sync_core.domain.message import AssetMessage, DataSetMessage
from sync_core.errors import RejectedError, StateError
from sync_core.state.asset_rows import Todo
from sync_core.state.assets import AssetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.names import ASSET_QUEUE
from sync_core.state.queues import WorkQueue

OPEN = frozenset({AssetStatus.FAILED, AssetStatus.QUEUED})


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
        # Noted first: the work may succeed, and close the letter, before this goes on.
        if not self.letters.note_replay(letter.letter_id, self.clock()):
            return
        if letter.queue == ASSET_QUEUE:
            self._replay_asset(AssetMessage.from_json(letter.payload.encode()).afresh(), letter)
        else:
            self.lineage_queue.send(DataSetMessage.from_json(letter.payload.encode()).afresh())

    def replay_each(self, letters: Iterable[DeadLetter]) -> tuple[int, list[str]]:
        """Replay letters; return how many were, and why others could not be: one of these holds up no other."""
        count, refused = 0, []
        for letter in letters:
            try:
                self.replay(letter)
            except (RejectedError, StateError) as error:
                refused.append(f"{letter.letter_id}: {error}")
            else:
                count += 1
        return count, refused

    def _replay_asset(self, message: AssetMessage, letter: DeadLetter) -> None:
        stored = self.assets.load(message.asset_key)
        if stored is None:
            raise RejectedError(f"No asset is recorded under {message.asset_key}.", code=UNKNOWN_ASSET)
        if stored.record.status not in OPEN:
            self.letters.close(letter.letter_id)  # e.g. the worker that synced it died before it could close it
            return
        now = self.clock()

        def queue_again(record: AssetRecord) -> AssetRecord:
            return record.queued_again(now, record.queued_run_id) if record.status in OPEN else record

        todo = Todo(key=message.asset_key, run_id=message.run_id, due_at=now)
        if self.assets.ask_again(message.asset_key, queue_again, todo).status is AssetStatus.QUEUED:
            self.asset_queue.send(message)

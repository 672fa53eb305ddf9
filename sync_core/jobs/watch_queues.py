"""Watches whether the work queues are emptied: a function that the host disabled fails nothing, it only never runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue

# Work that waits its turn has another message at its head each time, work that failed a higher count of deliveries.
STUCK_AFTER = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(minutes=30)  # nobody looks any more: reconcile itself does not run


class QueueHead(BaseModel):
    """Which message stood at the head of a queue, since when, and until when it was seen there."""

    head: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True)
class WatchQueues:
    """Compares the heads of queues with those of the run before. `queues` are by their names."""

    queues: Mapping[str, WorkQueue]
    notes: Notes
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Look at the heads; two operations a queue, another one while a message waits."""
        for name, queue in self.queues.items():
            seen = self._watch(name, queue.peek_head())
            if seen is not None and self._is_stuck(seen):
                log.notes.append(f"Nobody takes the messages of {name}: is its function disabled?")

    def stuck(self) -> list[str]:
        """Name the queues that nobody empties, as the latest run saw them."""
        found = {name: self.notes.load(QueueHead, _note(name)) for name in self.queues}
        return [name for name, seen in found.items() if seen is not None and self._is_stuck(seen)]

    def _watch(self, name: str, head: str) -> QueueHead | None:
        now, before = self.clock(), self.notes.load(QueueHead, _note(name))
        if head:
            since = before.since if before is not None and before.head == head else now
            seen = QueueHead(head=head, since=since, seen_at=now)
            self.notes.save(_note(name), seen)
            return seen
        if before is not None:
            self.notes.delete(_note(name))
        return None

    def _is_stuck(self, seen: QueueHead) -> bool:
        return seen.seen_at - seen.since >= STUCK_AFTER and self.clock() - seen.seen_at <= FORGOTTEN_AFTER


def _note(queue: str) -> str:
    return f"head-{queue}"

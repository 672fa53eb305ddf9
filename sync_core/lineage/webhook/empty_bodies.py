"""Remembers that deliveries arrive without their body, and explains it while it lasts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync_core.lineage.webhook.bodiless import explain, noted
from sync_core.lineage.webhook.empty_bodies_seen import EmptyBodiesSeen
from sync_core.storage.notes import Notes

SEEN = "empty-bodies"


@dataclass(frozen=True)
class EmptyBodies:
    """Keeps one note. Who receives deliveries writes it."""

    notes: Notes
    clock: Callable[[], datetime]

    def note(self, *, refused: bool) -> None:
        """Note one more such delivery; one operation, and once a minute another one."""
        seen = noted(self.notes.load(EmptyBodiesSeen, SEEN), self.clock(), refused=refused)
        if seen is not None:
            self.notes.save(SEEN, seen)

    def explain(self) -> str:
        """Return what is wrong and what to do, or nothing."""
        return explain(self.notes.load(EmptyBodiesSeen, SEEN), self.clock())

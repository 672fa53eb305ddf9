"""Counts the assets by state: now, where that is quick, else as they were when `reconcile` last counted them all."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from sync_core.assets.asset_store import AssetStore
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.table import ROWS_A_PAGE

NOTE = "counted-assets"
MAX_COUNTED_NOW = 2 * ROWS_A_PAGE
COUNT_TIME = timedelta(minutes=1)


class Counted(BaseModel):
    """Assets by state, and when they were counted; None while there are more than anybody has counted yet."""

    model_config = ConfigDict(frozen=True)

    counts: dict[str, int] = Field(default_factory=dict)
    counted_at: datetime | None = None


class Counting(BaseModel):
    """The last whole count, and one that is going on: what was counted up to the key `after`."""

    last: Counted = Field(default_factory=Counted)
    so_far: dict[str, int] = Field(default_factory=dict)
    after: str = ""


@dataclass(frozen=True)
class CountAssets:
    """Counts, and keeps what it has counted."""

    assets: AssetStore
    notes: Notes
    clock: Callable[[], datetime]

    def latest(self, now: datetime) -> Counted:
        """Return the counts of now for less than 2,000 assets, else the last ones; three storage operations at most."""
        kept = self.kept()
        if sum(kept.counts.values()) >= MAX_COUNTED_NOW:
            return kept
        counts = Counter[str]()
        for _, page in self.assets.count_each():
            counts += page
            if counts.total() >= MAX_COUNTED_NOW:
                return kept if kept.counted_at else Counted(counts=dict(counts))
        return Counted(counts=dict(counts), counted_at=now)

    def kept(self) -> Counted:
        """Return the last whole count that was kept: nothing while there are few assets, or were until just now."""
        return (self.notes.load(Counting, NOTE) or Counting()).last

    def run(self, log: RunLog) -> None:
        """Count on, as far as there is time for; the next run goes on, or begins anew where all are counted.

        What is quick to count is not kept.
        """
        kept, ends_at = self.notes.load(Counting, NOTE) or Counting(), log.ends_within(self.clock(), COUNT_TIME)
        counts = Counter(kept.so_far)
        for after, page in self.assets.count_each(kept.after):
            counts += page
            if self.clock() >= ends_at:
                self.notes.save(NOTE, kept.model_copy(update={"so_far": dict(counts), "after": after}))
                return
        whole = Counted(counts=dict(counts), counted_at=self.clock())
        if max(counts.total(), sum(kept.last.counts.values())) >= MAX_COUNTED_NOW:
            self.notes.save(NOTE, Counting(last=whole))

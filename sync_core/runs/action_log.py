"""What people did: one row for each action, beside the runs, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from sync_core.runs.newest_first import newest_first_key
from sync_core.runs.run_store import forget_before
from sync_core.safe_text import safe_text
from sync_core.storage.rows import readable, whole_row
from sync_core.storage.table import Table

PARTITION = "action"
LONGEST_TARGET = 300
LONGEST_REASON = 500
MOST_REASONS = 10


class ActionOutcome(StrEnum):
    """How an action ended."""

    BEGUN = "begun"  # it is being done, or whoever did it died in it
    DONE = "done"
    REFUSED = "refused"  # what it names does not exist, or it cannot be done now
    FAILED = "failed"


class ActionRecord(BaseModel):
    """Who did what and when, to how much of it, and why not to the rest.

    `target` is what was named, `left` how much there was no time for. `is_signed_in` says that the platform told who it
    was; otherwise `by` is what whoever has the key called themselves.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    by: str
    is_signed_in: bool = False
    action: str
    target: str = ""
    outcome: ActionOutcome = ActionOutcome.BEGUN
    done: int = 0
    left: int = 0
    reasons: list[str] = Field(default_factory=list)

    @property
    def key(self) -> str:
        """The key of its row."""
        return newest_first_key(self.at, self.id)

    def ended(self, outcome: ActionOutcome, done: int = 0, left: int = 0, reasons: list[str] | None = None) -> Self:
        """Return the action as it ended."""
        kept = [safe_text(reason)[:LONGEST_REASON] for reason in (reasons or [])[:MOST_REASONS]]
        return self.model_copy(update={"outcome": outcome, "done": done, "left": left, "reasons": kept})


@dataclass(frozen=True)
class ActionLog:
    """Reads and writes what people did."""

    table: Table

    def save(self, record: ActionRecord) -> None:
        """Insert an action, or let it say this."""
        self.table.merge(whole_row(PARTITION, record.key, record))

    def look_up(self, key: str) -> ActionRecord | None:
        """Return one action, or None, also where it cannot be read."""
        found = self.table.get(PARTITION, key)
        return next(readable(ActionRecord, [found.values]), None) if found else None

    def latest(self, count: int) -> list[ActionRecord]:
        """Return the latest actions that can be read, newest first."""
        rows = self.table.rows("PartitionKey eq @partition", {"partition": PARTITION}, size=count)
        return list(islice(readable(ActionRecord, islice(rows, count)), count))

    def forget_before(self, moment: datetime, has_time: Callable[[], bool] = lambda: True) -> int:
        """Delete actions before a moment, a thousand or as many as there is time for; return how many."""
        return forget_before(self.table, PARTITION, moment, has_time)

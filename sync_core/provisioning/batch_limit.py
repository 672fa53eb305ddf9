"""How many calls this CluedIn takes in one request; what it refused is remembered for a day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from sync_core.cluedin.batches import is_about_the_batch
from sync_core.errors import RejectedError
from sync_core.jobs.message import MAX_ASSETS
from sync_core.logs import get_logger
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

NOTE = "cluedin-batch"
KEPT_FOR = timedelta(days=1)
READ_AGAIN_AFTER = timedelta(minutes=1)
REFUSALS_IN_A_ROW = 3
FEWEST = 2  # one alone is no batch


class NotedLimit(BaseModel):
    """The most that was not refused, and when that was learned."""

    model_config = ConfigDict(frozen=True)

    most: int = Field(ge=1)
    noted_at: datetime


@dataclass
class _Known:
    noted: NotedLimit | None = None
    read_at: datetime | None = None
    refusals: int = 0


@dataclass(frozen=True)
class BatchLimit:
    """Keeps the limit, for all instances; each reads it once a minute."""

    notes: Notes
    clock: Callable[[], datetime]
    _known: _Known = field(default_factory=_Known, repr=False)

    def current(self) -> int:
        """Return the limit: below two for none."""
        now, known = self.clock(), self._known
        if known.read_at is None or now - known.read_at >= READ_AGAIN_AFTER:
            known.noted, known.read_at = self.notes.load(NotedLimit, NOTE), now
        noted = known.noted
        return noted.most if noted is not None and now - noted.noted_at < KEPT_FOR else MAX_ASSETS

    def worked(self) -> None:
        """Note that a batch was taken."""
        self._known.refusals = 0

    def refused(self, size: int, why: RejectedError) -> None:
        """Note that so many were refused; half of them may be taken.

        What may be the fault of one member is believed to be that of the batch after three in a row.
        """
        if size < FEWEST:
            return
        self._known.refusals += 1
        if is_about_the_batch(why) or self._known.refusals >= REFUSALS_IN_A_ROW:
            self._lower(size, why)

    def _lower(self, size: int, why: RejectedError) -> None:
        self._known.refusals = 0
        noted = NotedLimit(most=max(size // 2, 1), noted_at=self.clock())
        logger.warning("CluedIn refuses %s calls in one request, from now on %s: %s", size, noted.most, why)
        self.notes.save(NOTE, noted)
        self._known.noted = noted

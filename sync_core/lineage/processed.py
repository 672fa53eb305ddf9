"""How many records a data set had each time that its numbers changed: a short history for people."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sync_core.cluedin.data_set import RecordCounts

MOST_KEPT = 20


class Processed(BaseModel):
    """The numbers of a data set as CluedIn told them at a moment; None where it did not."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    total: int | None = None
    successful: int | None = None
    failed: int | None = None


def with_counts(known: Sequence[Processed], counts: RecordCounts, now: datetime) -> list[Processed]:
    """Return the history with these counts, if they are told and are not those that came last."""
    latest = Processed(at=now, total=counts.total, successful=counts.successful, failed=counts.failed)
    is_told = latest.model_dump(exclude={"at"}, exclude_none=True)
    is_news = not known or known[-1].model_dump(exclude={"at"}) != latest.model_dump(exclude={"at"})
    return [*known, latest][-MOST_KEPT:] if is_told and is_news else list(known)

"""What processing leaves behind: submissions and golden records; and streams, which carry these on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class SubmissionStatus(StrEnum):
    """States of a processing log; the user interface shows these words, the raw ones are unconfirmed (2.10)."""

    IN_PROGRESS = "InProgress"
    FINISHED = "Finished"
    ABORTED = "Aborted"
    CANCELLED = "Cancelled"
    ERROR = "Error"


@dataclass(frozen=True)
class Submission:
    """One press of the Process button."""

    id: int
    data_set_id: str
    annotation_id: int | None
    created_at: datetime
    finishes_at: datetime
    total: int
    success: int
    failed: int

    @property
    def expected_total(self) -> int:
        """Everything is expected to be sent."""
        return self.total


@dataclass(frozen=True)
class GoldenRecord:
    """A processed record, as the server's search shows it."""

    id: str
    name: str
    entity_type: str
    origin_entity_code: str
    created_date: datetime
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """A stream of golden records to an export target; it does not name its data sets."""

    id: str
    name: str
    created_by: str
    created_at: datetime
    status: str = "New"
    mode: str | None = None
    container_name: str | None = None
    condition: dict[str, Any] = field(default_factory=dict)
    rules: tuple[dict[str, Any], ...] = ()
    number_of_records: int = 0

"""A run: one invocation that did something, with what it did and what it cost."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class RunKind(StrEnum):
    """Which behaviour ran."""

    DISCOVER = "discover"
    RECONCILE = "reconcile"


class RunOutcome(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"  # another version of the app recorded it


class RunRecord(BaseModel):
    """What one run did, what it cost and how it ended.

    `counts` are named by what they count (`assigned`, `new`, `queued` ...). `requests` are outgoing calls by service
    (`purview`, `cluedin`, `storage`). `notes` tell what a person may want to know, e.g. changed keywords.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    kind: RunKind
    started_at: datetime
    finished_at: datetime | None = None
    outcome: RunOutcome = RunOutcome.RUNNING
    counts: dict[str, int] = Field(default_factory=dict)
    requests: dict[str, int] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)
    error: str = ""
    error_class: str = ""

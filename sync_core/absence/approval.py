"""A change that is larger than the sync may make on its own, and a person's approval that it may."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

LONGEST_BY = 200


class ApprovalKind(StrEnum):
    """What a person can approve."""

    RETIREMENT = "retirement"  # that so many assets are retired, or that a list which fell to none is believed


class ApprovalNeeded(BaseModel):
    """What waits for a person: how many assets would be retired, of how many, and some of their names."""

    model_config = ConfigDict(frozen=True)

    assets: int
    of: int
    since: datetime
    examples: list[str] = Field(default_factory=list)


class Approval(BaseModel):
    """A person's approval: up to so many assets may be retired, until it expires; `used` counts those that were."""

    model_config = ConfigDict(frozen=True)

    assets: int
    by: str
    given_at: datetime
    expires_at: datetime
    used: int = 0

    @field_validator("by")
    @classmethod
    def _cut(cls, by: str) -> str:
        """Who said it is kept in a row, and told beside each asset: it has a bound."""
        return by[:LONGEST_BY]

    @property
    def left(self) -> int:
        """How many more assets it allows."""
        return self.assets - self.used

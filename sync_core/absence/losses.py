"""How much was lost lately: a loss that shows bit by bit is still one loss, over any 24 hours."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

# More than this many, and more than this share of what is synced, is not lost without proof or a person's approval.
FREE_ASSETS = 5
FREE_SHARE = 0.3
COUNTED_TOGETHER = timedelta(days=1)
COUNTED_AS_ONE = timedelta(minutes=10)  # bounds how many moments are kept


class Loss(BaseModel):
    """How many were lost at a moment, or within the ten minutes after it."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    assets: int


class Losses(BaseModel):
    """What was lost within the last 24 hours, at most some 145 entries."""

    model_config = ConfigDict(frozen=True)

    lost: list[Loss] = Field(default_factory=list)

    def within_a_day(self, now: datetime) -> int:
        """Return how many were lost within the 24 hours before `now`."""
        return sum(loss.assets for loss in self._recent(now))

    def plus(self, assets: int, now: datetime) -> "Losses":
        """Return these losses and others of this moment; what is older than a day is dropped."""
        recent = self._recent(now)
        if recent and now - recent[-1].at < COUNTED_AS_ONE:
            recent[-1] = Loss(at=recent[-1].at, assets=recent[-1].assets + assets)
            return Losses(lost=recent)
        return Losses(lost=[*recent, Loss(at=now, assets=assets)])

    def _recent(self, now: datetime) -> list[Loss]:
        return [loss for loss in self.lost if now - loss.at < COUNTED_TOGETHER]


def are_few(due: int, recent: int) -> bool:
    """Whether so few may be lost without proof or a person's approval, of however many, after `recent` that were."""
    return due + recent <= FREE_ASSETS


def is_free(due: int, total: int, recent: int) -> bool:
    """Whether `due` of `total` assets may be lost without proof or a person's approval, after `recent` that were."""
    return are_few(due, recent) or due + recent <= FREE_SHARE * (total + recent)

"""How far a term or data product may be believed: it counts, or it is paused and what it showed last counts.

Not visible is not untagged. Only a published, readable one whose list was read whole may make an asset missing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from sync_core.catalog.values import Concept, Status
from sync_core.discovery.targets import Target
from sync_core.domain.spelling import normalized
from sync_core.errors import AddressError, ConfigError, NotFoundError, SyncError

SEVERAL = 2
FIRST_DISTANCE = timedelta(minutes=2)
LONGEST_DISTANCE = timedelta(hours=2)
LONG_AFTER = timedelta(days=1)


class Reason(StrEnum):
    """Why a term is paused; the words are shown to people."""

    DRAFT = "it is a draft: publish it"
    EXPIRED = "it is expired: publish it again"
    UNPUBLISHED = "it is not published"
    NOT_FOUND = "it is not shown: it was deleted, or is a draft"
    REFUSED = "the app may not read it"
    UNREADABLE = "it cannot be read"
    RENAMED = "it has another name now"
    MOVED = "it is in another governance domain now"
    EMPTIED = "its list fell from several assets to none"
    FROZEN = "this tenant has enabled asset curation, so classic terms are frozen"


class Pause(BaseModel):
    """Since when, why, and when it is looked at next. `looks` failed in a row."""

    model_config = ConfigDict(frozen=True)

    reason: Reason
    detail: str = ""
    since: datetime
    looks: int = 1
    next_look_at: datetime


class Standing(BaseModel):
    """What is remembered of one term: how many assets it showed when it counted last, and its pause if it has one."""

    model_config = ConfigDict(frozen=True)

    shown: int = 0
    pause: Pause | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is looked at now."""
        return self.pause is None or now >= self.pause.next_look_at

    def is_long(self, now: datetime) -> bool:
        """Whether it is paused for so long that people are notified."""
        return self.pause is not None and now - self.pause.since >= LONG_AFTER

    def listed(self, count: int, now: datetime, *, may_be_empty: bool = False) -> "Standing":
        """Return the standing after its list was read whole, and it itself found well wherever the list changed.

        A list that falls from several to none proves nothing, unless a person or the other store says that it may.
        """
        was_emptied = self.pause is not None and self.pause.reason is Reason.EMPTIED
        if count == 0 and not may_be_empty and (self.shown >= SEVERAL or was_emptied):
            return self.paused(Reason.EMPTIED, now)
        return Standing(shown=count)

    def paused(self, reason: Reason, now: datetime, detail: str = "") -> "Standing":
        """Return the standing after a look that may not count; what it showed last is kept."""
        looks = self.pause.looks + 1 if self.pause else 1
        pause = Pause(
            reason=reason,
            detail=detail,
            since=self.pause.since if self.pause else now,
            looks=looks,
            next_look_at=now + distance(looks),
        )
        return Standing(shown=self.shown, pause=pause)


def distance(looks: int) -> timedelta:
    """Return how long a term is left alone after so many looks in a row that failed.

    After the first one not at all: one odd answer proves nothing. Then it doubles.
    """
    return min(FIRST_DISTANCE * 2.0 ** min(looks - 2, 16), LONGEST_DISTANCE) if looks > 1 else timedelta(0)


def problem_of(target: Target, concept: Concept, domains: Mapping[str, str], *, has_place: bool) -> Reason | None:
    """Return why a term or data product may not count, as it is now; None if it may.

    Its id counts while it is published and bears the configured name and, with `has_place`, is in a domain of the
    configured name.
    """
    match concept.status:
        case Status.DRAFT:
            return Reason.DRAFT
        case Status.EXPIRED:
            return Reason.EXPIRED
        case Status.OTHER:
            return Reason.UNPUBLISHED
        case Status.PUBLISHED:
            pass
    if normalized(concept.name) != normalized(target.name):
        return Reason.RENAMED
    if has_place and normalized(domains.get(concept.domain_id, "")) != normalized(target.place):
        return Reason.MOVED
    return None


def reason_of(error: SyncError) -> Reason:
    """Return what a failed look says of a term."""
    match error:
        case NotFoundError():
            return Reason.NOT_FOUND
        case AddressError():
            return Reason.UNREADABLE
        case ConfigError():
            return Reason.REFUSED
        case _:
            return Reason.UNREADABLE

"""To whom the state belongs: one CluedIn organization and one Purview account. Another pair finds its own.

Ids of CluedIn start from 1 again after a restore, and two organizations have the same ones: state of one must never be
read as that of another. What the settings lead to is weighed like any answer: the same settings that lead elsewhere are
believed after a while only, other settings at once.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

BELIEVED_AFTER = timedelta(minutes=10)
VERIFIED_FOR = timedelta(minutes=10)
BY_HOST = "host:"  # how an account is named whose root collection may not be read


class Identity(BaseModel):
    """An organization's guid, and an account's root collection or host."""

    model_config = ConfigDict(frozen=True)

    organization: str
    account: str

    @property
    def key(self) -> str:
        """A short hash, for keys."""
        return short_hash(f"{self.organization}\n{self.account}")


class Installation(BaseModel):
    """Where the state lies to which these settings lead; `identity` is None until it was read once.

    `other` is whom the same settings led to lately, `other_since` since when; `verified_at` is when they last led to
    whom they should.
    """

    model_config = ConfigDict(frozen=True)

    scope: str
    identity: Identity | None = None
    other: Identity | None = None
    other_since: datetime | None = None
    verified_at: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the services need not be asked again yet, by whichever process asked them last."""
        is_sure = self.verified_at is not None and self.other is None
        return is_sure and timedelta(0) <= now - (self.verified_at or now) < VERIFIED_FOR


@dataclass(frozen=True, slots=True)
class Weighed:
    """What becomes of an installation; `scope_of` names whose scope it is to take, if it is another one's now."""

    installation: Installation
    scope_of: Identity | None = None
    is_in_doubt: bool = False


def weigh(known: Installation, seen: Identity, now: datetime) -> Weighed:
    """Compare whom the settings lead to with whom they led to before."""
    if known.identity is None:
        return Weighed(known.model_copy(update={"identity": seen}), scope_of=seen)
    if _is_same(known.identity, seen):
        better = seen if known.identity.account.startswith(BY_HOST) else known.identity
        return Weighed(known.model_copy(update={"identity": better, "other": None, "other_since": None}))
    if known.other != seen or known.other_since is None:
        return Weighed(known.model_copy(update={"other": seen, "other_since": now}), is_in_doubt=True)
    if now - known.other_since < BELIEVED_AFTER:
        return Weighed(known, is_in_doubt=True)
    return Weighed(Installation(scope=known.scope, identity=seen), scope_of=seen)


def short_hash(text: str) -> str:
    """Return sixteen characters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_same(known: Identity, seen: Identity) -> bool:
    is_by_host = known.account.startswith(BY_HOST) or seen.account.startswith(BY_HOST)
    return known.organization == seen.organization and (known.account == seen.account or is_by_host)

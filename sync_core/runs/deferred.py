"""What could not be read, since when, why, and when it is looked at next."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Kind(StrEnum):
    """What may be impossible to read while everything else goes on."""

    ASSET = "asset"
    TYPE = "type"
    TERM = "term"
    GLOSSARY = "glossary"
    STORE = "store"  # where terms are looked for as a whole
    WINDOW = "window"  # a span of time of the search
    SOURCE = "source"
    GROUP = "group"  # one that was missing from a snapshot, and cannot be asked for alone

    @property
    def plural(self) -> str:
        """The word for several of them."""
        return "glossaries" if self is Kind.GLOSSARY else f"{self}s"


class Deferred(BaseModel):
    """One thing whose last `looks` looks in a row failed, the first of them at `since`.

    `is_hidden` says that the service refuses to show it (403). `cause_class` is that of the last error, `reason` its
    text.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    id: str
    name: str = ""
    since: datetime
    looks: int = 1
    looked_at: datetime
    next_look_at: datetime
    is_hidden: bool = False
    cause_class: str = ""
    reason: str = ""

    def waits(self, now: datetime) -> bool:
        """Whether it is left alone for now."""
        return now < self.next_look_at

    def __str__(self) -> str:
        called = self.name or self.id
        verb = "is hidden from the app" if self.is_hidden else "cannot be read"
        return (
            f"The {self.kind} {called} {verb} since {self.since:%Y-%m-%d %H:%M} UTC, next look "
            f"{self.next_look_at:%Y-%m-%d %H:%M}: {self.reason}"
        )

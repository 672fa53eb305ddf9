"""When a thing can be read: what was just made is not there yet, what was deleted lingers in lists.

Source: docs/vendors/unified-catalog.md, section 9.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from local.purview.model import Json
from local.purview.switches import PurviewSwitches
from local.purview.unified.errors import invalid, not_found
from local.purview.unified.model import Thing

T = TypeVar("T", bound=Thing)


class Shelf(Generic[T]):
    """Things of one sort by id, which compares without case."""

    def __init__(self, what: str, switches: Callable[[], PurviewSwitches], now: Callable[[], datetime]) -> None:
        self.what, self._switches, self._now = what, switches, now
        self._things: dict[str, T] = {}

    def add(self, thing: T) -> T:
        """Keep a new one."""
        self._things[thing.id] = thing
        return thing

    def __iter__(self) -> Iterator[T]:
        """All that were not deleted, also those that cannot be read yet."""
        return (thing for thing in self._things.values() if thing.deleted_at is None)

    def get(self, thing_id: str) -> T:
        """One that can be read by id."""
        thing = self._things.get(thing_id.lower())
        if thing is None or thing.deleted_at is not None or not self._is_ripe(thing):
            raise not_found(self.what, thing_id)
        return thing

    def listed(self) -> list[T]:
        """Those that lists show."""
        return [thing for thing in self._things.values() if self._is_ripe(thing) and self._lingers(thing)]

    def remove(self, thing: T) -> None:
        """Delete one."""
        thing.deleted_at = self._now()

    def _is_ripe(self, thing: T) -> bool:
        return self._now() - thing.created_at >= timedelta(seconds=self._switches().unified_create_lag_s)

    def _lingers(self, thing: T) -> bool:
        ghost = timedelta(seconds=self._switches().unified_ghost_s)
        return thing.deleted_at is None or self._now() - thing.deleted_at < ghost


def required(body: Json, *fields: str) -> None:
    """Refuse a body without one of these."""
    for name in fields:
        if not body.get(name):
            raise invalid(f"The {name} field is required.")


def only_one(found: Iterable[T], what: str, name: str) -> T:
    """The one that a person means.

    Raises:
        ValueError: there is none, or more than one.
    """
    matches = list(found)
    if len(matches) != 1:
        raise ValueError(f"{len(matches)} {what} are called {name!r}: {[each.id for each in matches]}")
    return matches[0]

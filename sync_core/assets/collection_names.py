"""Keeps what the collections of assets are called, for people: a record holds the generated name, e.g. `slsq1x`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from sync_core.errors import SyncError
from sync_core.purview.resolve_collection import friendly_path
from sync_core.purview.wire import Collection
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

NOTE = "collection-names"
EVERY = timedelta(hours=1)
MOST = 1000
LONGEST = 200


class KnownNames(BaseModel):
    """What collections are called, by their generated names, and when that was asked for."""

    read_at: datetime
    names: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class CollectionNames:
    """Asks for the names once an hour, whatever comes of it; who only tells them asks nobody."""

    fetch: Callable[[], Iterable[Collection]]
    notes: Notes
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Read the names, if that is due. What may not be read, or comes empty, leaves those that were read last."""
        now, known = self.clock(), self.notes.load(KnownNames, NOTE)
        if known and timedelta(0) <= now - known.read_at < EVERY:
            return
        before = known.names if known else {}
        self.notes.save(NOTE, KnownNames(read_at=now, names=self._read(log) or before))

    def _read(self, log: RunLog) -> dict[str, str]:
        try:
            return names_of(self.fetch())
        except SyncError as error:
            log.notes.append(f"The names of the collections cannot be read: the page shows their codes. {error}")
            return {}

    def recall(self) -> Mapping[str, str]:
        """Return the names that were read last, by the generated names; one storage operation."""
        known = self.notes.load(KnownNames, NOTE)
        return known.names if known else {}


def names_of(collections: Iterable[Collection]) -> dict[str, str]:
    """Return what people call each collection; where several are called so, the path from the root down."""
    by_name = {one.name: one for one in collections if one.name}
    shared = Counter(one.friendly_name.casefold() for one in by_name.values())

    def called(one: Collection) -> str:
        return one.friendly_name if shared[one.friendly_name.casefold()] == 1 else friendly_path(one, by_name)

    return {name: called(one)[:LONGEST] for name, one in sorted(by_name.items())[:MOST]}

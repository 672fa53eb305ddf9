"""The real app on a clock that tests move: nothing waits, and an hour of back-off takes no time.

Storage's own clock moves along: queues show a message when it is due by the test's clock, and leases end by it.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from azure.data.tables import TableEntity, TableServiceClient
from azure.storage.queue import QueueServiceClient

from local.simulation import Clock
from sync_core.app import App
from sync_core.jobs.message import Message
from sync_core.runs.pauses import Pauses
from sync_core.runtime import Runtime
from sync_core.settings import Settings
from sync_core.storage.looking import LookingTable
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE, NOTES_TABLE
from sync_core.storage.notes import Notes
from sync_core.storage.queues import Sendable, WorkQueue
from sync_core.storage.rows import Row
from sync_core.storage.table import ROWS_A_PAGE, StoredRow, Table

AHEAD = "writtenAheadS"
DUE_AT = "dueAt"
LONG_AGO = "2000-01-01T00:00:00+00:00"


class TimedMessage(Message):
    """A message that tells when it is due; the app ignores what it does not know."""

    text: str
    due_at: datetime

    def to_json(self) -> str:
        """Return the message with its time."""
        return json.dumps({**json.loads(self.text), DUE_AT: self.due_at.isoformat()})


class TimedQueue(WorkQueue):
    """A queue whose delays pass by the test's clock: `Crew` takes what is due."""

    def __init__(self, service: QueueServiceClient, name: str, now: Callable[[], datetime]) -> None:
        super().__init__(service, name)
        self._now = now

    def send(self, message: Sendable, delay_s: float = 0) -> None:
        """Send at once, with the time from which on it may be seen."""
        due_at = self._now() + timedelta(seconds=delay_s)
        super().send(TimedMessage(text=message.to_json(), due_at=due_at))

    def is_idle(self) -> bool:
        """Whether no message may be seen by now."""
        waiting = [json.loads(base64.b64decode(one.content or "")) for one in self._client.peek_messages(32)]
        return not any(datetime.fromisoformat(one.get(DUE_AT, LONG_AGO)) <= self._now() for one in waiting)


class TimedTable(Table):
    """A table whose service has the test's clock."""

    def __init__(self, service: TableServiceClient, name: str, ahead_s: Callable[[], float], scope: str = "") -> None:
        super().__init__(service, name, scope)
        self._ahead_s = ahead_s

    def insert(self, row: Row) -> str | None:
        """Insert, and note by how much the clock is ahead."""
        return super().insert({**row, AHEAD: self._ahead_s()})

    def replace(self, row: Row, etag: str) -> str:
        """Replace, and note by how much the clock is ahead."""
        return super().replace({**row, AHEAD: self._ahead_s()}, etag)

    def update(self, row: Row, etag: str) -> str:
        """Merge, and note by how much the clock is ahead."""
        return super().update({**row, AHEAD: self._ahead_s()}, etag)

    def merge(self, row: Row) -> None:
        """Insert or merge, and note by how much the clock is ahead."""
        super().merge({**row, AHEAD: self._ahead_s()})

    def rows(
        self, query: str, parameters: Mapping[str, Any], *, size: int = ROWS_A_PAGE, select: Sequence[str] = ()
    ) -> Iterator[TableEntity]:
        """Read rows with their times by the test's clock."""
        for row in super().rows(query, parameters, size=size, select=select):
            written: dict[str, Any] = row.metadata  # type: ignore[assignment]
            if written["timestamp"] is not None:  # where all columns travel
                written["timestamp"] += timedelta(seconds=float(row.get(AHEAD, 0.0)))
            yield row

    def get(self, partition: str, row_key: str) -> StoredRow | None:
        """Read a row with its times by the test's clock."""
        found = super().get(partition, row_key)
        if found is None:
            return None
        written_at = found.written_at + timedelta(seconds=float(found.values.get(AHEAD, 0.0)))
        read_at = found.read_at + timedelta(seconds=self._ahead_s())
        return StoredRow(found.values, found.etag, written_at, read_at)


class LookingTimedTable(LookingTable, TimedTable):
    """The same for who only looks."""


def timed_table(app: App, name: str, ahead_s: Callable[[], float], scope: str = "") -> TimedTable:
    """Make a table on the test's clock, for what the app does: one that only looks writes nothing."""
    kind = LookingTimedTable if app.only_looks else TimedTable
    return kind(app.storage.tables, name, ahead_s, scope)


@dataclass(frozen=True)
class VirtualApp(App):
    """The app whose storage has the test's clock, too."""

    clock: Clock = field(kw_only=True)

    @cached_property
    def asset_queue(self) -> TimedQueue:
        """The queue of assets."""
        return TimedQueue(self.storage.queues, ASSET_QUEUE, self.clock.now)

    @cached_property
    def lineage_queue(self) -> TimedQueue:
        """The queue of data sets."""
        return TimedQueue(self.storage.queues, LINEAGE_QUEUE, self.clock.now)

    def new_table(self, name: str) -> TimedTable:
        """Return a table."""
        return timed_table(self, name, lambda: self.clock.offset_s, self.scope)


def make_virtual_app(
    settings: Settings, clock: Clock, *, skew_s: float = 0, chance: Callable[[], float] = lambda: 0.5
) -> App:
    """Make the app as another process would have it. Its own clock may be wrong by `skew_s`; storage's is right."""
    runtime = Runtime(
        now=lambda: clock.now() + timedelta(seconds=skew_s),
        monotonic=lambda: clock.now().timestamp(),
        sleep=clock.advance,
        chance=chance,
    )
    return VirtualApp(settings, runtime, clock=clock)


class CalmApp(App):
    """The app in real time, but it waits by its clock alone, also through the pauses that services ask for."""

    @cached_property
    def pauses(self) -> Pauses:
        """The pauses."""
        table = timed_table(self, NOTES_TABLE, self._ahead_s)
        runtime = replace(self.runtime, monotonic=lambda: self.runtime.now().timestamp())
        return Pauses(Notes(table, "throttle"), runtime)

    def _ahead_s(self) -> float:
        return (self.runtime.now() - datetime.now(UTC)).total_seconds()


def make_calm_app(settings: Settings, clock: Clock, *, scope: str = "") -> App:
    """Make the app as another process would have it: its own clients and memory. Its waits move the clock."""
    return CalmApp(settings, Runtime(now=clock.now, sleep=clock.advance), scope=scope)

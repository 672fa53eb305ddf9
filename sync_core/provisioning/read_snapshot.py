"""Reads CluedIn as a whole, a part a run if need be: one reader at a time, in bounded time, no page twice.

A server that refuses a field or a page size is asked for less, and that is remembered for a day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from sync_core.cluedin.lists import SMALLEST_FULL_PAGE, ListPage
from sync_core.cluedin.snapshot import GroupSeen, Snapshot
from sync_core.cluedin.snapshots import FEWEST_GROUPS_PER_CALL, CluedInSnapshots, Limits
from sync_core.each_request import before_each_request
from sync_core.errors import SyncError
from sync_core.logs import get_logger
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.runs.defer import is_own_failure
from sync_core.runs.leases import Held, Lease, Leases
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

LEASE = "cluedin-snapshot"
LEASE_S = 60  # longer than one page can take
READING = "cluedin-reading"
LIMITS = "cluedin-limits"
LIMITS_KEPT = timedelta(days=1)
ROUND_TIME = timedelta(hours=2)  # what was read longer ago says little of today: the reading begins anew
PAGES_PER_PART = 10
LONGEST_REASON = 500
MOST_BLIND_PAGES = 10  # in a row; a server may answer any page number with the same


class Reading(BaseModel):
    """A reading that is not complete: when it began, and at which page it goes on.

    A page that fails in two runs is read in pieces, `pieces` of them, and a piece that fails alone is skipped; `unread`
    names the last one of these, and `last_skipped` is its page.
    """

    model_config = ConfigDict(frozen=True)

    started_at: datetime
    page: int = 0
    limits: Limits
    has_failed: bool = False
    pieces: int = 1
    skipped: int = 0
    unread: str = ""
    last_skipped: int | None = None

    def next(self, limits: Limits) -> "Reading":
        """Return the reading behind its page; where the limits are others, pages are counted anew."""
        page = 0 if limits.groups_per_call != self.limits.groups_per_call else self.page
        update = {"page": page + 1, "limits": limits, "has_failed": False}
        if self.pieces > 1 and (page + 1) % self.pieces == 0:
            whole = limits.model_copy(update={"groups_per_call": limits.groups_per_call * self.pieces})
            update |= {"page": (page + 1) // self.pieces, "limits": whole, "pieces": 1, "last_skipped": None}
        return self.model_copy(update=update)

    def in_pieces(self) -> "Reading":
        """Return the reading of the same page in pieces, one of which may fail."""
        pieces = self.limits.groups_per_call // FEWEST_GROUPS_PER_CALL
        fewest = self.limits.model_copy(update={"groups_per_call": FEWEST_GROUPS_PER_CALL})
        return self.model_copy(update={"page": self.page * pieces, "limits": fewest, "pieces": pieces})

    def behind(self, error: Exception) -> "Reading":
        """Return the reading behind a piece that cannot be read, and why that is so."""
        update = {"page": self.page + 1, "skipped": self.skipped + 1, "last_skipped": self.page}
        unread = f"The groups from number {self.page * self.limits.groups_per_call + 1} on: {error}"[:LONGEST_REASON]
        return self.model_copy(update={**update, "unread": unread})

    def before_the_gap(self) -> "Reading":
        """Return the reading at the piece that was skipped last, which is the one before: it was an outage."""
        return self.model_copy(update={"page": self.page - 1, "skipped": self.skipped - 1, "last_skipped": None})


class NotedLimits(BaseModel):
    """What the server answers, and when it refused more."""

    model_config = ConfigDict(frozen=True)

    limits: Limits
    noted_at: datetime


@dataclass
class _Round:
    """What is known of the reading that goes on: all groups so far, and those of the part that is not saved."""

    reading: Reading
    groups: dict[str, GroupSeen] = field(default_factory=dict)
    is_saved: bool = False
    unsaved: list[GroupSeen] = field(default_factory=list)
    blind_pages: int = 0

    def take(self, page: ListPage[GroupSeen]) -> bool:
        """Take a page; return whether another one may follow: no total alone says that none does.

        A server may answer any page number with its last page. A page of which nothing can be read may be followed by
        others, and makes the snapshot one that lacks something.
        """
        if page.unreadable > 1 and not page.rows:
            self.reading = self.reading.model_copy(update={"skipped": self.reading.skipped + 1})
            self.blind_pages += 1
            return self.blind_pages < MOST_BLIND_PAGES
        self.blind_pages = 0
        fresh = {group_id: group for group_id, group in page.rows.items() if group_id not in self.groups}
        self.groups |= fresh
        self.unsaved += fresh.values()
        is_short = page.size < SMALLEST_FULL_PAGE and page.total is not None and len(self.groups) >= page.total
        return bool(fresh) and not is_short


@dataclass(frozen=True)
class ReadSnapshot:
    """Reads snapshots."""

    cluedin: CluedInSnapshots
    store: SnapshotStore
    leases: Leases
    cursors: Notes
    clock: Callable[[], datetime]

    def read(self, owner: str, read_time: timedelta, keep_alive: Callable[[], None] = lambda: None) -> Snapshot | None:
        """Read on, for as long as `read_time`; return the snapshot once it is complete. None where more is to be read.

        Raises:
            TransientError, ConfigError, RejectedError: CluedIn does not answer; what was read so far is kept.
        """
        lease = self.leases.acquire(LEASE, owner, LEASE_S)
        if isinstance(lease, Held):
            return None
        try:
            with before_each_request(lambda: lease.renew_if_older_than(LEASE_S / 4)):
                return self._read(lease, self.clock() + read_time, keep_alive)
        finally:
            lease.release()

    def _read(self, lease: Lease, ends_at: datetime, keep_alive: Callable[[], None]) -> Snapshot | None:
        current = self._resume()
        try:
            while self._read_page(current):
                lease.renew_if_older_than(LEASE_S / 4)
                keep_alive()
                if self.clock() >= ends_at:
                    self._save(current)
                    return None
        except SyncError:
            self._save(current)
            raise
        if current.is_saved:
            self._forget()
        unread = current.reading.unread if current.reading.skipped else ""
        return Snapshot(current.reading.started_at, current.groups, not current.reading.skipped, unread)

    def _read_page(self, current: _Round) -> bool:
        reading = current.reading
        try:
            page, limits = self.cluedin.fetch_page_within_limits(reading.page, reading.limits)
        except SyncError as error:
            if not is_own_failure(error) or not _isolates(current, error):
                raise
            return True
        if limits != reading.limits:
            self.cursors.save(LIMITS, NotedLimits(limits=limits, noted_at=self.clock()))
        current.reading = reading.next(limits)
        has_more = current.take(page)
        if has_more and current.reading.page % PAGES_PER_PART == 0:
            self._save(current)
        return has_more

    def _resume(self) -> _Round:
        now, reading = self.clock(), self.cursors.load(Reading, READING)
        if reading is None or now - reading.started_at > ROUND_TIME:
            return _Round(Reading(started_at=now, limits=self._limits(now)))
        parts = self.store.parts(reading.started_at)
        if parts is None:
            self._forget()
            return _Round(Reading(started_at=now, limits=self._limits(now)))
        return _Round(reading, {group.group_id: group for group in parts}, is_saved=True)

    def _limits(self, now: datetime) -> Limits:
        noted = self.cursors.load(NotedLimits, LIMITS)
        return noted.limits if noted is not None and now - noted.noted_at < LIMITS_KEPT else Limits()

    def _save(self, current: _Round) -> None:
        """Keep what was read; the part first: a page that was read twice does no harm, one that was not read does."""
        if current.unsaved:
            self.store.save_part(current.reading.started_at, current.reading.page, current.unsaved)
        current.unsaved, current.is_saved = [], True
        self.cursors.save(READING, current.reading)

    def _forget(self) -> None:
        self.cursors.delete(READING)
        self.store.drop_parts()


def _isolates(current: _Round, error: SyncError) -> bool:
    """Whether to go on around what cannot be read; twice in a row is an outage, and so is a first failure."""
    reading = current.reading
    if not reading.has_failed:
        current.reading = reading.model_copy(update={"has_failed": True})
        return False
    size = reading.limits.groups_per_call
    if size > FEWEST_GROUPS_PER_CALL and size % FEWEST_GROUPS_PER_CALL == 0:
        current.reading = reading.in_pieces()
        return True
    if reading.last_skipped == reading.page - 1:
        current.reading = reading.before_the_gap()
        return False
    logger.warning("Page %s of %s groups of CluedIn is skipped: %s", reading.page, size, error)
    current.reading = reading.behind(error)
    return True

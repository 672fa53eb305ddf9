"""Reads a span of time through Purview's search, page by page: what holds too much bit by bit, what fails in halves.

No deep paging, flat memory. One millisecond that cannot be read is deferred, and keeps no other from being read.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sync_core.discovery.all_cursor import Span, format_span, to_ms
from sync_core.errors import SyncError
from sync_core.parallel import one_ahead, side_by_side
from sync_core.purview.asset import Asset
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.search_filters import Filter, TimeField, Window, since, within
from sync_core.purview.wire import SearchPage
from sync_core.runs.counts import Count
from sync_core.runs.defer import Deferrals, may_be_own
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog

WINDOW_TIME = timedelta(minutes=2)  # one that takes longer is read in halves
MOST_WINDOWS = 100  # so many are deferred one by one; then what fails is deferred as it is, however large
MAX_BLANK_PAGES = 3  # so many in a row that show nothing are passed over, where more is counted
LARGEST_WINDOW = 10_000  # paging deeper than 20,000 rows is known to break (wjohnson/pyapacheatlas#206)


@dataclass(frozen=True, slots=True)
class Tick:
    """What all steps of one run share: what to search for, where to write down what happens, a sign of life."""

    conditions: Sequence[Filter]
    log: RunLog
    deferrals: Deferrals
    keep_alive: Callable[[], None]


HandleHits = Callable[[Sequence[Asset]], None]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the front of a window ends that was read, and how many it held."""

    end_ms: int
    read: int


@dataclass(frozen=True)
class SearchWindows:
    """Reads windows in one run, of `largest` hits at most at once where their times allow it."""

    purview: PurviewClient
    clock: Callable[[], datetime]
    tick: Tick
    handle: HandleHits
    largest: int = field(default_factory=lambda: LARGEST_WINDOW)
    _disorders: list[Span] = field(default_factory=list)
    _ahead: dict[Span, SearchPage] = field(default_factory=dict)

    def step(self, windows: Sequence[Span], field: TimeField, now: datetime) -> tuple[list[Span], int, int]:
        """Read the last window, or its front if it holds too much; return those left, how many were read and counted.

        One that cannot be read, or takes too long, is halved too; one that cannot be halved is deferred.
        """
        *rest, last = windows
        window = Window(*last)
        query = self._query(last, field)
        halves = [(half.start_ms, half.end_ms) for half in reversed(window.halves(to_ms(now)) or ())]
        try:
            first = self._ahead.pop(last, None) or self._search(query, field)
            if first.count > self.largest and first.token and halves:  # no count is believed where nothing follows
                cut = None if self._disorders else self._read_front(first, query, field, window)
                if cut is None or not self._is_whole(last, field, cut):
                    return [*rest, *halves], 0, 0
                self.tick.log.counts[Count.SEEN] += cut.read
                return [*rest, (cut.end_ms, last[1])], cut.read, cut.read
            read, is_over = self._read_twice(first, query, field, can_be_halved=bool(halves))
        except SyncError as error:
            if not may_be_own(error):
                raise
            self._doubt(field, error)
            return [*rest, *self._smaller(format_span(field, last), halves, error)], 0, 1
        if not is_over:
            return [*rest, *(halves or [last])], 0, 0
        if self.tick.deferrals.knows(Kind.WINDOW):
            self.tick.deferrals.succeeded(Kind.WINDOW, [format_span(field, last)])
        self.tick.log.counts[Count.SEEN] += read
        return rest, read, read

    def _query(self, span: Span, field: TimeField) -> Filter:
        return within(self.tick.conditions, field, Window(*span))

    def _search(self, query: Filter, field: TimeField, token: str = "") -> SearchPage:
        return self.purview.search(query, limit=PAGE_SIZE, token=token, orderby=f"{field} ASC")

    def _is_whole(self, window: Span, field: TimeField, cut: Cut) -> bool:
        """Whether a front shows all that is counted in it: hits may come by their time at first, and older ones later.

        If not, this run goes by halves. The first page of the rest is asked for beside that.
        """
        front, rest = (window[0], cut.end_ms), (cut.end_ms, window[1])
        is_whole, upcoming = side_by_side(
            lambda: self._counts_at_most(cut.read, front, field), lambda: self._first_or_none(rest, field)
        )
        if is_whole and upcoming:
            self._ahead[rest] = upcoming
        self._disorders.extend([] if is_whole else [front])
        return is_whole

    def _counts_at_most(self, most: int, span: Span, field: TimeField) -> bool:
        return self.purview.search(self._query(span, field), limit=1).count <= most

    def _first_or_none(self, span: Span, field: TimeField) -> SearchPage | None:
        """Return the first page of a span, or None: its own step asks again, and judges what fails."""
        try:
            return self._search(self._query(span, field), field)
        except SyncError:
            return None

    def _read_front(self, first: SearchPage, query: Filter, field: TimeField, window: Window) -> "Cut | None":
        """Read the earliest of a window that holds too much, so that no page is read only to count.

        None where hits do not come by their time, have none, or all have the same: then it is read in halves.
        """
        shown, held, latest_ms = set[int](), list[Asset](), window.start_ms
        ends_at = self.tick.log.ends_within(self.clock(), WINDOW_TIME)
        for page in self._pages(first, query, field, most=self.largest - PAGE_SIZE):
            times = page.times(field)
            if 0 in times and shown:  # those without a time come last: the rest begins where the times end
                return Cut(latest_ms, len(shown))
            if any(later < earlier for earlier, later in pairwise((latest_ms, *times))) or len(held) > self.largest:
                return None
            # Those of the latest moment are held back: more of them may follow, and the rest begins with them.
            before = bisect_left(times, times[-1])
            ready = [*(held if times[-1] > latest_ms else ()), *page.assets[:before]]
            held = [*(held if times[-1] == latest_ms else ()), *page.assets[before:]]
            latest_ms = times[-1]
            self.tick.keep_alive()
            self.handle(ready)
            _note(shown, ready)
            if shown and (len(shown) + len(held) > self.largest - PAGE_SIZE or self.clock() >= ends_at):
                return Cut(latest_ms, len(shown))
        return None

    def _smaller(self, window: str, halves: Sequence[Span], error: SyncError) -> Sequence[Span]:
        """Return the halves of a window that cannot be read; what has none is deferred, and so is one too many."""
        if halves and len(self.tick.deferrals.all(Kind.WINDOW)) < MOST_WINDOWS:
            self.tick.deferrals.succeeded(Kind.WINDOW, [window])  # its halves stand for it
            return halves
        self.tick.deferrals.failed(Kind.WINDOW, window, error)
        return ()

    def _doubt(self, field: TimeField, error: SyncError) -> None:
        """Ask the search for as much, of a time that nothing has yet: if that fails too, it is not this span."""
        tomorrow = Window(to_ms(self.clock() + timedelta(days=1)))
        try:
            self.purview.search(within(self.tick.conditions, field, tomorrow), limit=PAGE_SIZE)
        except SyncError:
            raise error from None

    def _read_twice(
        self, first: SearchPage, query: Filter, field: TimeField, *, can_be_halved: bool
    ) -> tuple[int, bool]:
        """Take a window, and once more where it shows less than is counted; then it is believed, with a note.

        Where a hit comes on two pages, another may come on none: the halves have fewer pages.
        """
        shown = set[int]()
        read, is_over = self._read_pages(first, query, field, shown)
        if not is_over or len(shown) >= first.count:
            return len(shown), is_over
        if first.token and read > len(shown) and can_be_halved:
            return len(shown), False
        _, is_over = self._read_pages(self._search(query, field), query, field, shown)
        if is_over and len(shown) < first.count:
            self.tick.log.notes.append(f"Purview counts {first.count} entities where it shows {len(shown)} twice.")
        return len(shown), is_over

    def _read_pages(self, first: SearchPage, query: Filter, field: TimeField, shown: set[int]) -> tuple[int, bool]:
        """Take page after page; note what was shown, return how many hits that were, and whether there was time."""
        read, ends_at = 0, self.tick.log.ends_within(self.clock(), WINDOW_TIME) if first.token else None
        for page in self._pages(first, query, field):
            self.tick.keep_alive()
            if read and ends_at is not None and self.clock() >= ends_at:
                return read, False
            self.handle(page.assets)
            _note(shown, page.assets)
            read += len(page.assets)
        return read, True

    def _pages(
        self, first: SearchPage, query: Filter, field: TimeField, most: int | None = None
    ) -> Iterator[SearchPage]:
        """Yield page after page, the next one already asked for; with `most`, until there were more rows than that."""
        pages = self._fetch_pages(first, query, field, most)
        return one_ahead(pages) if first.token else pages

    def _fetch_pages(
        self, first: SearchPage, query: Filter, field: TimeField, most: int | None
    ) -> Iterator[SearchPage]:
        page, tokens, rows, blanks = first, set[str](), 0, 0
        while page.hits or (rows < first.count and blanks < MAX_BLANK_PAGES):
            if page.hits:
                yield page
            rows, blanks = rows + len(page.hits), 0 if page.hits else blanks + 1
            if not page.token or page.token in tokens or (most is not None and rows > most):
                return
            tokens.add(page.token)
            page = self._search(query, field, page.token)


def _note(shown: set[int], assets: Sequence[Asset]) -> None:
    """Note which assets were shown, each once and in little memory."""
    shown.update(hash(asset.guid) for asset in assets)


def fetch_probe(purview: PurviewClient, conditions: Sequence[Filter], since_ms: int) -> str:
    """Return what tells the set of changes since a moment from any other: its size and its newest member."""
    page = purview.search(since(conditions, "updateTime", since_ms), limit=1, orderby="updateTime DESC")
    return f"{page.count} {page.newest}"

"""Keeps what could not be read from stopping anything else: it is remembered, named in the run, and asked for later."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync_core.each_request import about_one_thing
from sync_core.errors import (
    AddressError,
    ConfigError,
    ForbiddenError,
    OutOfTimeError,
    RejectedError,
    StateError,
    SyncError,
    ThrottledError,
    TransientError,
)
from sync_core.logs import get_logger
from sync_core.runs.counts import Count
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.deferred_store import DeferredStore, together_with
from sync_core.runs.deferring import deferred_again
from sync_core.runs.run_log import RunLog
from sync_core.safe_text import one_line
from sync_core.storage.failures import STORAGE
from sync_core.storage.notes import note_name

logger = get_logger(__name__)

# Failures that may be those of one thing. A refused sign-in or a request to slow down is about the service.
OWN_FAILURES = (ForbiddenError, AddressError, RejectedError, TransientError)
MOST_REFUSALS = 3  # so many 401 and 429 in a row without an answer: then it is the service
NAMED_A_RUN = 10
LOOKS_TO_WARN = 3
FORGOTTEN_AFTER = timedelta(days=3)  # nobody has asked for it for long: it lost its term, or is gone


def is_own_failure(error: SyncError) -> bool:
    """Whether a failure may be that of the one thing that was asked for, and not the whole service's or our own."""
    return isinstance(error, OWN_FAILURES) and not isinstance(error, ThrottledError) and not is_ours(error)


def may_be_own(error: SyncError) -> bool:
    """Whether a failure could be that of one thing: also a 401 or a 429, where another call proves the service well."""
    return isinstance(error, (ConfigError, RejectedError, TransientError)) and not is_ours(error)


def is_ours(error: SyncError) -> bool:
    """Whether a failure is that of our own storage or of what stands there, or of our own time."""
    is_of_storage = isinstance(error, TransientError) and error.service == STORAGE
    return isinstance(error, (StateError, OutOfTimeError)) or is_of_storage


@dataclass
class Refusals:
    """Weighs what single things fail of: a 401 or 429 is the thing's own where another one is answered in the run."""

    has_answer: bool = False
    _first: SyncError | None = None
    _count: int = 0

    def take(self, error: SyncError) -> None:
        """Take a failure that may be one thing's own.

        Raises:
            SyncError: the failure itself, which is none, or the last one of several refusals.
        """
        if is_own_failure(error):
            return
        self._first, self._count = self._first or error, self._count + 1
        if not may_be_own(error) or (not self.has_answer and self._count >= MOST_REFUSALS):
            raise error

    def check(self) -> None:
        """Raise the first refusal, where nothing was answered."""
        if self._first is not None and not self.has_answer:
            raise self._first


@dataclass
class Deferrals:
    """What is deferred, as one run knows it. A kind is loaded when it is first asked about, or one read with it.

    Without a store it is remembered for this run only.
    """

    store: DeferredStore | None
    clock: Callable[[], datetime]
    log: RunLog
    _known: dict[Kind, dict[str, Deferred]] = field(default_factory=dict)
    _failed: set[tuple[Kind, str]] = field(default_factory=set)
    _told: dict[tuple[Kind, str], Deferred] = field(default_factory=dict)

    def find(self, kind: Kind, thing: str) -> Deferred | None:
        """Return what is remembered of a thing, whether or not its pause is over."""
        return self._of(kind).get(thing)

    def waits(self, kind: Kind, thing: str) -> bool:
        """Whether a thing is to be left alone by this run, also since it failed in it; the run names it then."""
        deferred = self.find(kind, thing)
        if deferred is None or not ((kind, thing) in self._failed or deferred.waits(self.clock())):
            return False
        self._tell(deferred)
        return True

    @contextmanager
    def asking(self, kind: Kind, thing: str) -> Iterator[None]:
        """Ask about one thing in the block: of one that is deferred, a request to slow down pauses nothing else."""
        with about_one_thing() if self.find(kind, thing) else nullcontext():
            yield

    def failed(self, kind: Kind, thing: str, error: SyncError, name: str = "") -> Deferred:
        """Remember that a look failed, and why; the run names it."""
        before = self.find(kind, thing)
        deferred = deferred_again(
            *(before, kind, thing, name or (before.name if before else "")),
            now=self.clock(),
            error=error,
            is_hidden=isinstance(error, ForbiddenError),
        )
        if self.store is not None:
            self.store.notes_of(kind).save(note_name(thing), deferred)
        self._of(kind)[thing] = deferred
        self._failed.add((kind, thing))
        self._tell(deferred)
        _log(deferred)
        return deferred

    def succeeded(self, kind: Kind, things: Iterable[str]) -> None:
        """Forget what could be read."""
        known = self._of(kind)
        for thing in [thing for thing in things if thing in known]:
            del known[thing]
            self._told.pop((kind, thing), None)
            if self.store is not None:
                self.store.notes_of(kind).delete(note_name(thing))

    def concern(self, kind: Kind, things: Iterable[str]) -> None:
        """Name those that this run would have looked at and had no time for."""
        for thing in things:
            if deferred := self.find(kind, thing):
                self._tell(deferred)

    def next_look_at(self, *kinds: Kind) -> datetime | None:
        """Return when the first of those that this run has named is to be looked at again, None where none is."""
        return min((one.next_look_at for one in self._told.values() if one.kind in kinds), default=None)

    def earliest(self, *kinds: Kind) -> datetime | None:
        """Return when the first of all that are deferred is to be looked at again, None where none is."""
        return min((one.next_look_at for kind in kinds for one in self.all(kind)), default=None)

    def all(self, kind: Kind) -> list[Deferred]:
        """Return all of a kind."""
        return list(self._of(kind).values())

    def knows(self, kind: Kind) -> bool:
        """Whether this run has asked about a kind: else nothing can be forgotten of it."""
        return kind in self._known

    @property
    def count(self) -> int:
        """How many things this run has named."""
        return len(self._told)

    def due(self, kind: Kind) -> list[Deferred]:
        """Return those of a kind whose pause is over, first those that wait the longest."""
        found = [one for one in self.all(kind) if (kind, one.id) not in self._failed]
        now = self.clock()
        return sorted((one for one in found if not one.waits(now)), key=lambda one: one.next_look_at)

    def _of(self, kind: Kind) -> dict[str, Deferred]:
        if kind not in self._known:
            kinds = together_with(kind)
            self._known.update({one: {} for one in kinds})
            for deferred in self._load(kinds):
                self._known[deferred.kind][deferred.id] = deferred
        return self._known[kind]

    def _load(self, kinds: Sequence[Kind]) -> Iterator[Deferred]:
        if self.store is None:
            return
        forgotten_before = self.clock() - FORGOTTEN_AFTER
        for deferred in list(self.store.load(kinds)):
            if deferred.next_look_at < forgotten_before:
                self.store.notes_of(deferred.kind).delete(note_name(deferred.id))
            else:
                yield deferred

    def _tell(self, deferred: Deferred) -> None:
        is_news = (deferred.kind, deferred.id) not in self._told
        self._told[deferred.kind, deferred.id] = deferred
        if is_news:
            self.log.counts[Count.HIDDEN if deferred.is_hidden else f"{Count.UNREADABLE} {deferred.kind.plural}"] += 1
            if len(self._told) <= NAMED_A_RUN:
                self.log.notes.append(str(deferred))


def _log(deferred: Deferred) -> None:
    """Write what an operator is to hear of, in the words that the alerts look for; after one odd answer not yet."""
    called = one_line(deferred.name or deferred.id)
    if deferred.kind is Kind.ASSET and deferred.is_hidden:
        logger.warning("Asset %s is hidden from the app: %s", called, deferred.reason)
    if deferred.kind in {Kind.STORE, Kind.TERM} and deferred.looks >= LOOKS_TO_WARN:
        logger.warning("The %s %s is paused: %s", deferred.kind, called, deferred.reason)


@dataclass(frozen=True)
class Defer:
    """Opens the book of what is deferred for a run."""

    store: DeferredStore
    clock: Callable[[], datetime]

    def open(self, log: RunLog) -> Deferrals:
        """Return what is deferred; nothing is read until it is asked for."""
        return Deferrals(self.store, self.clock, log)


def unremembered(log: RunLog) -> Deferrals:
    """Return a book that nothing was deferred in, and that is not kept: for who asks whatever the pauses say."""
    return Deferrals(None, lambda: log.started_at, log)

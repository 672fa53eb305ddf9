"""Reads assets from Purview's store so that one that cannot be read keeps no other from being read.

A group that fails is halved until what fails is alone; that one is deferred. Whether it is this asset's failure or the
whole store's tells an asset that could be read before.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field

from sync_core.chunks import chunks
from sync_core.errors import ForbiddenError, NotFoundError, SyncError, UnseenError
from sync_core.purview.asset import Asset
from sync_core.purview.client import ENTITIES_A_CALL, PurviewClient
from sync_core.runs.defer import Deferrals, is_own_failure, may_be_own
from sync_core.runs.deferred import Kind

REFUSALS_A_RUN = 14  # of 401 and 429: twice as many as it takes to find one among a hundred
FAILURES_WITHOUT_SUCCESS = 3  # so many single ones fail and none succeeds: then it is the store


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the guids that were asked for, with what Purview knows of them; `is_read` says whether it told."""

    guids: Sequence[str]
    assets: Sequence[Asset]
    is_read: bool = True


@dataclass
class Reading:
    """One reading of many assets.

    `known` are guids that could be read before. `has_time` says whether there is time for one more call.
    """

    purview: PurviewClient
    deferrals: Deferrals
    known: Sequence[str]
    has_time: Callable[[], bool]
    _has_success: bool = field(default=False)
    _failures: int = field(default=0)
    _refusals: int = field(default=0)

    def groups(self, guids: Sequence[str]) -> list[Sequence[str]]:
        """Return these guids in groups for one call each: those that were deferred before come last, and alone.

        Whose pause is not over is left out.
        """
        deferred = [guid for guid in guids if self.deferrals.find(Kind.ASSET, guid)]
        others = [guid for guid in guids if not self.deferrals.find(Kind.ASSET, guid)]
        alone = [guid for guid in deferred if not self.deferrals.waits(Kind.ASSET, guid)]
        return [*map(list, chunks(others, ENTITIES_A_CALL)), *([guid] for guid in alone)]

    def read(self, guids: Sequence[str]) -> Iterator[Part]:
        """Yield what Purview knows of a group, in one part or in several.

        Raises:
            SyncError: not one of them can be read, nor what could be read before; or the service refuses all of it.
        """
        try:
            with self.deferrals.asking(Kind.ASSET, guids[0]) if len(guids) == 1 else nullcontext():
                assets = self.purview.fetch_few(guids)
        except NotFoundError as error:  # one unknown guid is enough
            self._has_success = True
            yield from self._read_each(_halves(guids), error) if len(guids) > 1 else [self._gone(guids)]
            return
        except SyncError as error:
            if not may_be_own(error):
                raise
            yield from self._isolate(guids, error)
            return
        self._has_success = True
        yield from self._answered(guids, assets)

    def _answered(self, guids: Sequence[str], assets: Sequence[Asset]) -> Iterator[Part]:
        """Yield what an answer tells; what it leaves out is asked for again, until it is alone."""
        shown = [asset.guid for asset in assets]
        omitted = [guid for guid in guids if guid not in shown]
        if shown:
            self.deferrals.succeeded(Kind.ASSET, shown)
            yield Part(shown, assets)
        if len(guids) == 1 and omitted:
            yield self._look_for(omitted)
        elif omitted:
            smaller = [omitted] if shown else _halves(omitted)
            yield from self._read_each(smaller, UnseenError("Purview leaves it out of an answer to many."))

    def _doubt_refusal(self, guids: Sequence[str], error: SyncError) -> None:
        """A 401 or a 429 is the whole service's, unless it answers meanwhile about another asset."""
        self._refusals += 1
        if self._refusals > REFUSALS_A_RUN:
            raise error
        self._doubt(guids, error)
        if not self._has_success:
            if len(guids) == 1:
                raise error
            with suppress(NotFoundError):
                self.purview.fetch_few([random.choice(guids)])  # noqa: S311  # any one: the same could be the refused one
            self._has_success = True

    def _look_for(self, guids: Sequence[str]) -> Part:
        """Ask whether an asset is gone that is left out though it was asked for alone: else nobody knows it."""
        try:
            if self.purview.is_gone(guids[0]):
                return self._gone(guids)
            error: SyncError = UnseenError("Purview has it, and leaves it out of what it tells of assets.")
        except SyncError as failure:
            if not may_be_own(failure):
                raise
            error = failure
        return self._not_read(guids, error)

    def _gone(self, guids: Sequence[str]) -> Part:
        self.deferrals.succeeded(Kind.ASSET, guids)
        return Part(guids, ())

    def _isolate(self, guids: Sequence[str], error: SyncError) -> Iterator[Part]:
        """Halve a group that failed, until what fails is alone. Without time, a later run reads each of it alone."""
        if is_own_failure(error):
            self._doubt(guids, error)
        else:
            self._doubt_refusal(guids, error)
        if len(guids) > 1:
            yield from self._read_each(_halves(guids), error)
        else:
            yield self._not_read(guids, error)

    def _read_each(self, groups: Iterable[Sequence[str]], error: SyncError) -> Iterator[Part]:
        for guids in groups:
            if self.has_time():
                yield from self.read(guids)
            else:
                yield self._not_read(guids, error)

    def _not_read(self, guids: Sequence[str], error: SyncError) -> Part:
        self._defer(guids, error)
        return Part(guids, (), is_read=False)

    def _defer(self, guids: Sequence[str], error: SyncError) -> None:
        for guid in guids:
            self.deferrals.failed(Kind.ASSET, guid, error)
        self._failures += not isinstance(error, ForbiddenError)
        if not self._has_success and self._failures >= FAILURES_WITHOUT_SUCCESS:
            raise error

    def _doubt(self, guids: Sequence[str], error: SyncError) -> None:
        """Ask for what could be read before, once: if that fails too, it is the store.

        A refusal to show one asset needs no other proof: the store answered, and knows who asks.
        """
        known = [guid for guid in self.known if guid not in guids and not self.deferrals.find(Kind.ASSET, guid)]
        if self._has_success or not known or isinstance(error, ForbiddenError):
            return
        for guid in known:
            try:
                self.purview.fetch_few([guid])
            except NotFoundError:  # it is gone since, and who says so is well
                pass
            except SyncError as doubt:
                if not is_own_failure(doubt):
                    raise
                continue
            self._has_success = True
            return
        raise error


def _halves(guids: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    half = len(guids) // 2
    return guids[:half], guids[half:]


@dataclass(frozen=True)
class ReadAssets:
    """Begins readings."""

    purview: PurviewClient

    def begin(self, deferrals: Deferrals, known: Sequence[str], has_time: Callable[[], bool]) -> Reading:
        """Return a reading; see there."""
        return Reading(self.purview, deferrals, known, has_time)

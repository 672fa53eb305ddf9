"""Reads assets from Purview's store so that one that cannot be read keeps no other from being read.

A group that fails is halved until what fails is alone; that one is deferred. Whether it is this asset's failure or the
whole store's tells an asset that could be read before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sync_core.errors import ForbiddenError, SyncError
from sync_core.purview.asset import Asset
from sync_core.purview.client import ENTITIES_A_CALL, PurviewClient
from sync_core.runs.defer import Deferrals, is_own_failure
from sync_core.runs.deferred import Kind

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

    def groups(self, guids: Sequence[str]) -> list[Sequence[str]]:
        """Return these guids in groups for one call each: those that were deferred before come last, and alone.

        Whose pause is not over is left out.
        """
        deferred = [guid for guid in guids if self.deferrals.find(Kind.ASSET, guid)]
        others = [guid for guid in guids if not self.deferrals.find(Kind.ASSET, guid)]
        chunks = [others[start : start + ENTITIES_A_CALL] for start in range(0, len(others), ENTITIES_A_CALL)]
        return [*chunks, *([guid] for guid in deferred if not self.deferrals.waits(Kind.ASSET, guid))]

    def read(self, guids: Sequence[str]) -> Iterator[Part]:
        """Yield what Purview knows of a group, in one part or in several.

        Raises:
            SyncError: not one of them can be read, nor what could be read before; or the service asks to slow down.
        """
        try:
            assets = list(self.purview.fetch_assets(guids))
        except SyncError as error:
            if not is_own_failure(error):
                raise
            yield from self._isolate(guids, error)
            return
        self._has_success = True
        self.deferrals.succeeded(Kind.ASSET, guids)
        yield Part(guids, assets)

    def _isolate(self, guids: Sequence[str], error: SyncError) -> Iterator[Part]:
        """Halve a group that failed. Where no time is left, each of it is read alone by a later run."""
        self._doubt(guids, error)
        if len(guids) == 1 or not self.has_time():
            self._defer(guids, error)
            yield Part(guids, (), is_read=False)
            return
        half = len(guids) // 2
        yield from self.read(guids[:half])
        yield from self.read(guids[half:])

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
                list(self.purview.fetch_assets([guid]))
            except SyncError as doubt:
                if not is_own_failure(doubt):
                    raise
                continue
            self._has_success = True
            return
        raise error


@dataclass(frozen=True)
class ReadAssets:
    """Begins readings."""

    purview: PurviewClient

    def begin(self, deferrals: Deferrals, known: Sequence[str], has_time: Callable[[], bool]) -> Reading:
        """Return a reading; see there."""
        return Reading(self.purview, deferrals, known, has_time)

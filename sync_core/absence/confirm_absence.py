"""Asks Purview's store for one asset that a list leaves out: is it gone, there, or only hidden from the app?

A list may leave out what the app may not read (open-metadata/OpenMetadata#15923 deleted assets for that). What the
store does not tell is remembered, and asked again later only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sync_core.assets.record import AssetRecord
from sync_core.errors import ForbiddenError, SyncError, ThrottledError
from sync_core.purview.client import PurviewClient
from sync_core.runs.defer import Deferrals, may_be_own
from sync_core.runs.deferred import Kind

LOOKS_A_RUN = 100  # each is a request
LOOK_TIME = timedelta(minutes=1)
FAILURES_WITHOUT_SUCCESS = 3


class Sight(Enum):
    """What the store says of one asset."""

    SHOWN = "shown"
    GONE = "gone"


@dataclass
class Looks:
    """What came of some looks: the sights by guid, how many were asked for, and for how many there was no time.

    An asset that the store does not tell of has no sight and is not left: it is deferred.
    """

    sights: dict[str, Sight] = field(default_factory=dict)
    asked: int = 0
    left: int = 0

    def guids(self, sight: Sight) -> set[str]:
        """Return those that were seen so."""
        return {guid for guid, seen in self.sights.items() if seen is sight}


@dataclass(frozen=True)
class ConfirmAbsence:
    """Looks for single assets, as many a run as its share of requests and its time allow."""

    purview: PurviewClient
    clock: Callable[[], datetime]

    def look(
        self,
        records: Sequence[AssetRecord],
        deferrals: Deferrals,
        *,
        most: int,
        keep_alive: Callable[[], None] = lambda: None,
    ) -> Looks:
        """Look for each, those first that were never deferred; what was seen counts, whatever follows.

        Raises:
            SyncError: the first looks all fail, or the service refuses the app as a whole.
        """
        to_look = sorted(
            (one for one in records if not deferrals.waits(Kind.ASSET, one.guid)),
            key=lambda one: deferrals.find(Kind.ASSET, one.guid) is not None,
        )
        looks, failures = Looks(), list[SyncError]()
        ends_at = deferrals.log.ends_within(self.clock(), LOOK_TIME)
        for number, record in enumerate(to_look):
            if number >= most or (number and self.clock() >= ends_at):
                looks.left = _leave(to_look[number:], deferrals)
                break
            keep_alive()
            looks.asked += 1
            try:
                looks.sights[record.guid] = self._look(record, deferrals)
            except ThrottledError as error:  # what was seen counts; the pause that it asks for is kept by the next run
                deferrals.failed(Kind.ASSET, record.guid, error, record.qualified_name)  # the others come first then
                looks.left = _leave(to_look[number + 1 :], deferrals)
                break
            except SyncError as error:
                if not may_be_own(error):
                    raise
                deferrals.failed(Kind.ASSET, record.guid, error, record.qualified_name)
                failures += [] if isinstance(error, ForbiddenError) else [error]
            if not looks.sights and len(failures) >= FAILURES_WITHOUT_SUCCESS:
                raise failures[-1]
        return looks

    def _look(self, record: AssetRecord, deferrals: Deferrals) -> Sight:
        with deferrals.asking(Kind.ASSET, record.guid):
            is_gone = self.purview.is_gone(record.guid)
        deferrals.succeeded(Kind.ASSET, [record.guid])
        return Sight.GONE if is_gone else Sight.SHOWN


def _leave(records: Sequence[AssetRecord], deferrals: Deferrals) -> int:
    """Leave these to the next run; return how many of them nobody has looked at before."""
    deferrals.concern(Kind.ASSET, [one.guid for one in records])
    return sum(1 for one in records if deferrals.find(Kind.ASSET, one.guid) is None)

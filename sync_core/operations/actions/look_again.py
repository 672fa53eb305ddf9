"""Asks Purview now about an asset that it hid, or that lacked a name, whatever pause was to pass before the next look.

Under a term, whether the asset is still selected is discovery's to say: it looks at the next tick. With `*` all are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.entry import part_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.all_cursor import AllCursor
from sync_core.discovery.plan import REFRESH_AFTER, why_rejected
from sync_core.discovery.save_assets import SaveAssets
from sync_core.discovery.selection import ALL_CURSOR, TERM_CURSOR
from sync_core.discovery.term_cursor import TermCursor
from sync_core.each_request import before_each_request
from sync_core.errors import (
    ConfigError,
    ForbiddenError,
    NotFoundError,
    OutOfTimeError,
    RejectedError,
    TransientError,
)
from sync_core.purview.asset import Asset
from sync_core.purview.client import PurviewClient
from sync_core.runs.deferred import Kind
from sync_core.runs.deferred_store import DeferredStore
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes, note_name


class Soon(BaseModel):
    """What of a cursor makes the next tick compare some parts of the lists.

    A run that is going on may overwrite it: then that is ten minutes later, when their turn comes.
    """

    again: list[int]
    next_look_at: datetime


@dataclass(frozen=True)
class LookAgain:
    """A look that shows nothing changes nothing, not even when the next one comes."""

    purview: PurviewClient
    deferred: DeferredStore
    assets: AssetStore
    save: SaveAssets
    cursors: Notes
    clock: Callable[[], datetime]

    def is_deferred(self, guid: str) -> bool:
        """Whether an asset could not be read the last time."""
        return bool(guid) and self.deferred.find(Kind.ASSET, guid) is not None

    def look(self, guid: str, record: AssetRecord | None, run_id: str, has_time: Callable[[], bool]) -> str:
        """Have what Purview tells of an asset taken over; return what is in the way, or nothing."""
        try:
            with before_each_request(lambda: _check(has_time)):
                asset = self._fetch(guid)
        except NotFoundError:
            return self._forget(guid, record)
        except (ForbiddenError, RejectedError) as error:
            return f"Purview still does not show the asset {guid}. {error}"
        except (ConfigError, TransientError) as error:
            return f"Purview cannot be asked for the asset {guid} now. {error}"
        return why_rejected(asset) or self._hasten(asset, record, run_id)

    def _fetch(self, guid: str) -> Asset:
        """Return what Purview tells of an asset; raises NotFoundError where it is gone, RejectedError if it is not."""
        found = self.purview.fetch_few([guid])
        if found:
            return found[0]
        if self.purview.is_gone(guid):
            raise NotFoundError(f"The asset {guid} is gone from Purview.")
        raise RejectedError("Purview has it, and leaves it out of what it tells of assets.")

    def _forget(self, guid: str, record: AssetRecord | None) -> str:
        """Forget a rejected asset that is gone, of which nothing stands in CluedIn; others are discovery's to judge."""
        if record is None or record.status is not AssetStatus.REJECTED:
            return f"Purview's Data Map has no asset {guid}: it is gone, or the catalog calls it so."
        self.assets.forget(record.key)
        return ""

    def _hasten(self, asset: Asset, record: AssetRecord | None, run_id: str) -> str:
        now = self.clock()
        self._end_pause(asset.guid, now)
        if record and self.cursors.load(AllCursor, ALL_CURSOR):
            self.save.save([asset], RunLog(run_id, now))
            return ""
        if record:
            self.assets.change(record.key, lambda one: one.model_copy(update={"refreshed_at": now - REFRESH_AFTER}))
        cursor = self.cursors.load(TermCursor, TERM_CURSOR)
        if cursor:
            again = sorted({*cursor.again, part_of(asset.guid)})
            self.cursors.save(TERM_CURSOR, Soon(again=again, next_look_at=now))
        return ""

    def _end_pause(self, guid: str, now: datetime) -> None:
        found = self.deferred.find(Kind.ASSET, guid)
        if found:
            due = found.model_copy(update={"next_look_at": now})
            self.deferred.notes_of(Kind.ASSET).save(note_name(guid), due)


def _check(has_time: Callable[[], bool]) -> None:
    """Whoever waits for the answer is told that there was none."""
    if not has_time():
        raise OutOfTimeError("It did not answer in time.")

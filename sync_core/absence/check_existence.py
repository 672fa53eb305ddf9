"""With `*`, an asset leaves the sync only when it is gone from Purview: asks the store, guid by guid, a part a run.

The search index is not asked: it lags, and it hides what the app may not see. What the store leaves out of an answer to
many guids, or what an answer fails for, is asked for alone; what the store does not tell is deferred. Once it has gone
round all records, those whose grace is over are retired together. A person who is asked then need not wait for another
round: the word counts in the next run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from pydantic import BaseModel

from sync_core.absence.confirm_absence import LOOKS_A_RUN, ConfirmAbsence
from sync_core.absence.look_alone import LOOK_TIME, Looks, Sight
from sync_core.absence.retire import Outcome, Retire
from sync_core.absence.retirement import RETIRABLE, is_due
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.errors import SyncError
from sync_core.purview.asset import record_key
from sync_core.purview.client import ENTITIES_A_CALL, PurviewClient
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer, Deferrals, may_be_own
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

CURSOR = "existence"
RECORDS_A_RUN = 1000
CHECK_TIME = timedelta(minutes=2)


class ExistenceCursor(BaseModel):
    """Behind which record to go on, empty to start from the first; whether some are left to retire.

    `has_gaps` says that this round could not look at all: a large loss must not look like a small one for that.
    """

    after: str
    has_left: bool = False
    has_gaps: bool = False


@dataclass(frozen=True)
class CheckExistence:
    """Goes round the records and compares them with Purview's store."""

    purview: PurviewClient
    assets: AssetStore
    confirm: ConfirmAbsence
    retire: Retire
    defer: Defer
    cursors: Notes
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Check the next thousand records, or as many as there is time for, with no more than a hundred single looks.

        Raises:
            SyncError: the store does not answer; the next run goes on behind the records that this one failed at.
        """
        cursor = self.cursors.load(ExistenceCursor, CURSOR) or ExistenceCursor(after="")
        has_left = (cursor.has_left or self.retire.has_approval()) and self._retire(log)
        records = list(islice(self.assets.after(cursor.after), RECORDS_A_RUN))
        after, asked, deferrals = cursor.after, 0, self.defer.open(log)
        ends_at = log.ends_within(self.clock(), CHECK_TIME)
        has_gaps = True  # unless all goes well
        try:
            gaps = 0
            for chunk in chunks(records, ENTITIES_A_CALL):
                if asked >= LOOKS_A_RUN or (after != cursor.after and self.clock() >= ends_at):
                    break
                after = chunk[-1].key
                looks = self._check(chunk, deferrals, log)
                asked, gaps = asked + looks.asked, gaps + looks.left
            has_gaps = cursor.has_gaps or bool(gaps)
        finally:
            is_round_over = len(records) < RECORDS_A_RUN and (not records or after == records[-1].key)
            update = {"after": "" if is_round_over else after, "has_left": has_left, "has_gaps": has_gaps}
            self.cursors.save(CURSOR, cursor.model_copy(update=update))
        if is_round_over:
            self._end_round(has_gaps, log)

    def _end_round(self, has_gaps: bool, log: RunLog) -> None:  # noqa: FBT001  # what the round was like
        if has_gaps:
            log.notes.append("Not all missing assets could be looked up: none is retired until the next round.")
        has_left = not has_gaps and self._retire(log)
        self.cursors.save(CURSOR, ExistenceCursor(after="", has_left=has_left))

    def _check(self, records: Sequence[AssetRecord], deferrals: Deferrals, log: RunLog) -> Looks:
        """Compare some records with the store; return the looks at those that had to be looked for alone."""
        counted = [record for record in records if record.status in RETIRABLE]
        ends_at = log.ends_within(self.clock(), LOOK_TIME)
        unlooked = [one.guid for one in counted if deferrals.find(Kind.ASSET, one.guid) is None]
        listed = self._list(unlooked, lambda: self.clock() < ends_at)
        omitted = [record for record in counted if record.guid not in listed]
        looks = self.confirm.look(omitted, deferrals, most=len(omitted))
        gone, shown = looks.ids(Sight.GONE), looks.ids(Sight.SHOWN)
        replaced = self._find_replaced(counted, listed)
        self.retire.mark(counted, missing=gone, present=listed.keys() | shown, replaced=replaced)
        log.counts[Count.EXISTENCE_CHECKED] += len(counted)
        log.counts[Count.MISSING] += len(gone)
        return looks

    def _list(self, guids: Sequence[str], has_time: Callable[[], bool]) -> dict[str, str]:
        """Return the keys that the assets have today, by guid."""
        try:
            return {asset.guid: record_key(asset) for asset in self.purview.fetch_assets(guids, has_time)}
        except SyncError as error:  # one asset that cannot be read is enough: each is looked for alone, then
            if not may_be_own(error):
                raise
            return {}

    def _find_replaced(self, counted: Sequence[AssetRecord], listed: Mapping[str, str]) -> set[str]:
        """Return the keys of records whose guid has another qualified name now, and a record under it."""
        others = {one.key: listed[one.guid] for one in counted if listed.get(one.guid, one.key) != one.key}
        known = self.assets.load_many(list(others.values())) if others else {}
        return {key for key, other in others.items() if other in known and known[other].record.status in RETIRABLE}

    def _retire(self, log: RunLog) -> bool:
        """Retire whose grace is over; return whether some are left to the next run."""
        due = [record for record in self.assets.absent() if is_due(record)]
        return self.retire.retire(due, lambda: self.assets.counts()[AssetStatus.SYNCED], log) is Outcome.UNFINISHED

"""With `*`, an asset leaves the sync only when it is gone from Purview: asks the store, guid by guid, a part a run.

The search index is not asked: it lags, and it hides what the app may not see. What the store leaves out of an answer to
many guids is asked for alone. Once it has gone round all records, those whose grace is over are retired together. A
person who is asked then need not wait for another round: the word counts in the next run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import BaseModel

from sync_core.clients.purview import ENTITIES_A_CALL, PurviewClient
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.errors import ConfigError
from sync_core.flows.confirm_absence import LOOKS_A_RUN, ConfirmAbsence, Sight
from sync_core.flows.retire import Outcome, Retire
from sync_core.flows.run_log import RunLog
from sync_core.mapping.discovery_plan import record_key
from sync_core.mapping.retirement import RETIRABLE, is_due
from sync_core.state.assets import AssetStore
from sync_core.state.notes import Notes

CURSOR = "existence"
RECORDS_A_RUN = 1000


class ExistenceCursor(BaseModel):
    """Behind which record to go on, empty to start from the first; whether some are left to retire."""

    after: str
    has_left: bool = False


@dataclass(frozen=True)
class CheckExistence:
    """Goes round the records and compares them with Purview's store."""

    purview: PurviewClient
    assets: AssetStore
    confirm: ConfirmAbsence
    retire: Retire
    cursors: Notes

    def run(self, log: RunLog) -> None:
        """Check the next thousand records, or as many as need no more than a hundred looks at single assets."""
        cursor = self.cursors.load(ExistenceCursor, CURSOR) or ExistenceCursor(after="")
        has_left = (cursor.has_left or self.retire.has_word()) and self._retire(log)
        records = list(islice(self.assets.after(cursor.after), RECORDS_A_RUN))
        after, looks = cursor.after, 0
        for chunk in _chunks(records):
            looks += self._check(chunk, log)
            after = chunk[-1].key
            if looks >= LOOKS_A_RUN:
                break
        is_round_over = len(records) < RECORDS_A_RUN and (not records or after == records[-1].key)
        if is_round_over:
            has_left = self._retire(log)
        self.cursors.save(CURSOR, ExistenceCursor(after="" if is_round_over else after, has_left=has_left))

    def _check(self, records: Sequence[AssetRecord], log: RunLog) -> int:
        """Compare some records with the store; return how many had to be looked for alone."""
        counted = [record for record in records if record.status in RETIRABLE]
        listed = self._list([record.guid for record in counted])
        omitted = [record for record in counted if record.guid not in listed]
        seen = {record.guid: self.confirm.look(record, log) for record in omitted}
        gone = {guid for guid, sight in seen.items() if sight is Sight.GONE}
        shown = {guid for guid, sight in seen.items() if sight is Sight.SHOWN}
        replaced = self._find_replaced(counted, listed)
        self.retire.mark(counted, missing=gone, present=listed.keys() | shown, replaced=replaced)
        log.counts["existence_checked"] += len(counted)
        log.counts["missing"] += len(gone)
        return len(omitted)

    def _list(self, guids: Sequence[str]) -> dict[str, str]:
        """Return the keys that the assets have today, by guid."""
        try:
            return {asset.guid: record_key(asset) for asset in self.purview.fetch_assets(guids)}
        except ConfigError:  # one asset that the app may not read is enough: each is looked for alone, then
            return {}

    def _find_replaced(self, counted: Sequence[AssetRecord], listed: Mapping[str, str]) -> set[str]:
        """Return the keys of records whose guid has another qualified name now, and a record under it."""
        others = {one.key: listed[one.guid] for one in counted if listed.get(one.guid, one.key) != one.key}
        known = self.assets.load_many(list(others.values())) if others else {}
        return {key for key, other in others.items() if other in known and known[other].record.status in RETIRABLE}

    def _retire(self, log: RunLog) -> bool:
        """Retire whose grace is over; return whether some are left to the next run."""
        due = [record for record in self.assets.absent() if is_due(record)]
        return self.retire.retire(due, self.assets.counts()[AssetStatus.SYNCED], log) is Outcome.UNFINISHED


def _chunks(records: Sequence[AssetRecord]) -> Iterator[Sequence[AssetRecord]]:
    for start in range(0, len(records), ENTITIES_A_CALL):
        yield records[start : start + ENTITIES_A_CALL]

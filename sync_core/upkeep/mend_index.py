"""Goes round the index of assets and round their records, some hundred a run, and mends what does not agree.

Records and index are written together, so that nothing is found unless rows were lost or put back by other means. What
the index lacks would never be missed, and what only the index has would never be made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import BaseModel

from sync_core.assets.asset_index import StoredEntry
from sync_core.assets.asset_store import AssetStore
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.unreadable import Unreadable

CURSOR = "index"
ROWS_A_RUN = 500


class IndexCursor(BaseModel):
    """Behind which record, and behind which row of the index, to go on; empty to start from the first."""

    after_record: str = ""
    after_row: str = ""


@dataclass(frozen=True)
class MendIndex:
    """Compares both ways. Idempotent."""

    assets: AssetStore
    cursors: Notes

    def run(self, log: RunLog) -> None:
        """Compare the next rows of both."""
        cursor = self.cursors.load(IndexCursor, CURSOR) or IndexCursor()
        rows = list(islice(self.assets.index.after(cursor.after_row), ROWS_A_RUN))
        keys = [key for key, _ in islice(self.assets.each_after(cursor.after_record), ROWS_A_RUN)]
        log.counts[Count.INDEX_MENDED] += self._check_rows([one for _, one in rows if one]) + self._check_records(keys)
        after = IndexCursor(after_record=_last(keys), after_row=_last([key for key, _ in rows]))
        self.cursors.save(CURSOR, after)

    def _check_rows(self, rows: Sequence[StoredEntry]) -> int:
        """Mend or drop the rows that are not what their records say; return how many."""
        records = self.assets.load_each([one.entry.key for one in rows])
        known = [(one, records.get(one.entry.key)) for one in rows]
        readable = [(one, record) for one, record in known if not isinstance(record, Unreadable)]
        return sum(not self.assets.index.settle(one, record) for one, record in readable)

    def _check_records(self, keys: Sequence[str]) -> int:
        """Write the rows that records lack; return how many."""
        stored = list(self.assets.load_many(keys).values())
        lacking = self.assets.index.lacking(stored)
        self.assets.index.mend(lacking)
        return len(lacking)


def _last(keys: Sequence[str]) -> str:
    """Return behind which key to go on: from the first again, where these were the last ones."""
    return keys[-1] if len(keys) == ROWS_A_RUN else ""

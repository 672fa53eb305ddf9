"""With `*`, an asset leaves the sync only when it is gone from Purview: asks the store, guid by guid, a part a run.

The search index is not asked: it lags, and it hides what the app may not see.
"""

from dataclasses import dataclass
from itertools import islice

from pydantic import BaseModel

from sync_core.clients.purview import PurviewClient
from sync_core.flows.retire import Retire
from sync_core.flows.run_log import RunLog
from sync_core.mapping.retirement import RETIRABLE
from sync_core.state.assets import AssetStore
from sync_core.state.notes import Notes

CURSOR = "existence"
RECORDS_A_RUN = 1000


class ExistenceCursor(BaseModel):
    """Behind which record to go on; empty to start from the first."""

    after: str


@dataclass(frozen=True)
class CheckExistence:
    """Goes round the records and compares them with Purview's store."""

    purview: PurviewClient
    assets: AssetStore
    retire: Retire
    cursors: Notes

    def run(self, log: RunLog) -> None:
        """Check the next thousand records: twenty requests at most."""
        cursor = self.cursors.load(ExistenceCursor, CURSOR) or ExistenceCursor(after="")
        records = list(islice(self.assets.after(cursor.after), RECORDS_A_RUN))
        counted = [record for record in records if record.status in RETIRABLE]
        present = {asset.guid for asset in self.purview.fetch_assets([record.guid for record in counted])}
        total = sum(count for status, count in self.assets.counts().items() if status in RETIRABLE)
        self.retire.compare(counted, present, log, total)
        after = records[-1].key if len(records) == RECORDS_A_RUN else ""
        self.cursors.save(CURSOR, ExistenceCursor(after=after))
        log.counts["existence_checked"] += len(counted)

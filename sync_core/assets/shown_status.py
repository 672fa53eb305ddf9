"""What was written of an asset's status onto it, as a hash: only what changed is written again.

shown:{key}   lost with the records, and then all is written once more
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from sync_core.assets.asset_rows import PARTITION
from sync_core.storage.rows import readable, whole_row
from sync_core.storage.table import KEYS_BETWEEN, Table


class Shown(BaseModel):
    """What stands on the asset with this key, by its hash, and since when."""

    key: str
    shown: str
    at: datetime


@dataclass(frozen=True)
class ShownStatus:
    """Reads and writes these rows."""

    table: Table

    def between(self, first: str, last: str) -> dict[str, str]:
        """Return the hashes from one key to another, by key."""
        query = "PartitionKey eq @partition and RowKey ge @first and RowKey le @last"
        bounds = {"partition": PARTITION, "first": f"shown:{first}", "last": f"shown:{last}"}
        return {one.key: one.shown for one in readable(Shown, self.table.rows(query, bounds))}

    def save(self, hashes: Mapping[str, str], now: datetime) -> None:
        """Keep hashes by key, a hundred with one call."""
        rows = [whole_row(PARTITION, f"shown:{key}", Shown(key=key, shown=one, at=now)) for key, one in hashes.items()]
        self.table.merge_all(rows)

    def any(self) -> bool:
        """Whether any status was ever written."""
        bounds = {"partition": PARTITION, "first": "shown:", "last": "shown;"}
        return any(page for page in self.table.pages(KEYS_BETWEEN, bounds, size=1, select=["RowKey"]))

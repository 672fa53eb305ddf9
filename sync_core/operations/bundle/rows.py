"""Which rows a bundle holds: those of one asset and its data sets, or the first of each kind; and all notes and runs.

The snapshot of CluedIn is left out: it is large, packed, and read anew by whoever lacks it. So is the key that signs
the dashboard's buttons, which is nobody's business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sync_core.assets.asset_rows import PARTITION as ASSETS
from sync_core.assets.entry import entry_of, row_key
from sync_core.assets.record import AssetRecord
from sync_core.lineage.data_set_store import PARTITION as DATA_SETS
from sync_core.operations.actions.form_key import PARTITION as FORMS
from sync_core.runs.action_log import PARTITION as ACTIONS
from sync_core.runs.run import RunKind
from sync_core.storage.exported import exported
from sync_core.storage.rows import Row
from sync_core.storage.table import KEYS_BETWEEN, Table

MAX_ROWS = 500
"""Of each kind."""
MAX_NOTES = 2000
MAX_RUNS = 50
ASSET_KINDS = ("record", "job", "news", "own", "name", "made", "guid", "sweep")
DATA_SET_KINDS = ("dataset", "job", "type", "receipt", "news")
OF_AN_ASSET = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last and asset_key eq @key"
RECEIPTS_OF = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last and data_set_id eq @key"
JsonRow = dict[str, Any]


@dataclass(frozen=True)
class StoredRows:
    """Reads rows of the tables, for people who look elsewhere."""

    assets: Table
    data_sets: Table
    notes: Table
    runs: Table

    def of_all(self) -> dict[str, list[JsonRow]]:
        """Return the first rows of each kind, by table."""
        found = [row for kind in ASSET_KINDS for row in self._kind(self.assets, ASSETS, kind)]
        data_sets = [row for kind in DATA_SET_KINDS for row in self._kind(self.data_sets, DATA_SETS, kind)]
        return self._with_common(found, data_sets)

    def of_asset(self, record: AssetRecord | None) -> dict[str, list[JsonRow]]:
        """Return the rows of one asset and of its data sets, by table; of one without a record, what all share."""
        if record is None:
            return self._with_common((), ())
        keys = [f"{kind}:{record.key}" for kind in ("record", "job", "news")]
        keys += [f"own:{record.group_id}", f"made:{record.source_id}", row_key(entry_of(record)), "sweep"]
        found = [row for key in keys for row in self._one(self.assets, ASSETS, key)]
        names = self._kind(self.assets, ASSETS, "name", OF_AN_ASSET, record.key)
        return self._with_common([*found, *names], list(self._data_sets_of(record)))

    def _data_sets_of(self, record: AssetRecord) -> Iterator[Row]:
        for row in self._kind(self.data_sets, DATA_SETS, "dataset", OF_AN_ASSET, record.key):
            yield row
            key = str(row["RowKey"]).partition(":")[2]
            for kind in ("job", "news"):
                yield from self._one(self.data_sets, DATA_SETS, f"{kind}:{key}")
            for kind in ("receipt", "type"):
                yield from self._kind(self.data_sets, DATA_SETS, kind, RECEIPTS_OF, key)

    def _with_common(self, assets: Sequence[Row], data_sets: Sequence[Row]) -> dict[str, list[JsonRow]]:
        runs = [row for kind in (*(kind.value for kind in RunKind), ACTIONS) for row in self._latest(kind)]
        told = (row for row in self.notes.everything() if row["PartitionKey"] != FORMS)
        notes = islice(told, MAX_NOTES)
        found = {self.assets: assets, self.data_sets: data_sets, self.notes: notes, self.runs: runs}
        return {table.name: [exported(row) for row in rows] for table, rows in found.items()}

    def _latest(self, kind: str) -> Iterator[Row]:
        pages = self.runs.pages("PartitionKey eq @partition", {"partition": kind}, size=MAX_RUNS)
        return iter(next(pages, ()))

    def _one(self, table: Table, partition: str, key: str) -> list[Row]:
        found = table.get(partition, key)
        return [found.values] if found else []

    def _kind(self, table: Table, partition: str, kind: str, query: str = KEYS_BETWEEN, key: str = "") -> Iterator[Row]:
        """Yield the first rows of a kind; the kind `sweep` is one row that is called so."""
        bounds = {"partition": partition, "first": kind, "last": f"{kind};"}  # ';' is the character after ':'
        own = {"key": key} if key else {}
        return islice(table.rows(query, {**bounds, **own}, size=MAX_ROWS), MAX_ROWS)

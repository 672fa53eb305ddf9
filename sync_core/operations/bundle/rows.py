"""Which rows a bundle holds: those of one asset and its data sets, or the first of each kind; notes and the last runs.

What is left out of it is counted: whoever reads a bundle must not take a part for the whole.

The snapshot of CluedIn is left out: it is large, packed, and read anew by whoever lacks it. So is the key that signs
the dashboard's buttons, which is nobody's business.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sync_core.assets.asset_rows import PARTITION as ASSETS
from sync_core.assets.entry import entry_of, row_key
from sync_core.assets.record import AssetRecord
from sync_core.lineage.data_set_jobs import PARTITION as DATA_SETS
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
MOST_COUNTED = 10_000
"""Of what is left out of a kind: there may be more."""
ASSET_KINDS = ("record", "job", "news", "own", "name", "made", "guid", "sweep")
DATA_SET_KINDS = ("dataset", "job", "type", "receipt", "news")
OF_AN_ASSET = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last and asset_key eq @key"
RECEIPTS_OF = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last and data_set_id eq @key"
RUNS_OF = "PartitionKey eq @partition and RowKey ge @first"
KEYS = ("PartitionKey", "RowKey")
JsonRow = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """Rows by table as JSON, and which were left out: of which table and kind how many, and whether there are more."""

    rows: Mapping[str, Sequence[JsonRow]]
    left_out: Sequence[JsonRow]


@dataclass(frozen=True)
class Some:
    """The first rows of a kind, and how many there are behind them, as far as they were counted."""

    table: Table
    kind: str
    rows: Sequence[Row]
    left: int = 0

    def to_json(self) -> JsonRow:
        """Return how many were left out."""
        told = {"table": self.table.name, "kind": self.kind, "kept": len(self.rows), "leftOut": self.left}
        return {**told, "orMore": self.left == MOST_COUNTED}


@dataclass(frozen=True)
class StoredRows:
    """Reads rows of the tables, for people who look elsewhere."""

    assets: Table
    data_sets: Table
    notes: Table
    runs: Table

    def of_all(self) -> Kept:
        """Return the first rows of each kind."""
        found = [self._kind(self.assets, ASSETS, kind) for kind in ASSET_KINDS]
        return self._with_common([*found, *(self._kind(self.data_sets, DATA_SETS, kind) for kind in DATA_SET_KINDS)])

    def of_asset(self, record: AssetRecord | None) -> Kept:
        """Return the rows of one asset and of its data sets; of one without a record, what all share."""
        if record is None:
            return self._with_common(())
        keys = [f"{kind}:{record.key}" for kind in ("record", "job", "news")]
        keys += [f"own:{record.group_id}", f"made:{record.source_id}", row_key(entry_of(record)), "sweep"]
        own = Some(self.assets, "own", [row for key in keys for row in self._one(self.assets, ASSETS, key)])
        names = self._kind(self.assets, ASSETS, "name", OF_AN_ASSET, record.key)
        return self._with_common([own, names, *self._data_sets_of(record)])

    def _data_sets_of(self, record: AssetRecord) -> Iterator[Some]:
        found = self._kind(self.data_sets, DATA_SETS, "dataset", OF_AN_ASSET, record.key)
        yield found
        for row in found.rows:
            key = str(row["RowKey"]).partition(":")[2]
            for kind in ("job", "news"):
                yield Some(self.data_sets, kind, self._one(self.data_sets, DATA_SETS, f"{kind}:{key}"))
            for kind in ("receipt", "type"):
                yield self._kind(self.data_sets, DATA_SETS, kind, RECEIPTS_OF, key)

    def _with_common(self, own: Iterable[Some]) -> Kept:
        runs = [self._latest(kind) for kind in (*(kind.value for kind in RunKind), ACTIONS)]
        every = [*own, self._notes(), *runs]
        rows: dict[str, list[JsonRow]] = {one.name: [] for one in (self.assets, self.data_sets, self.notes, self.runs)}
        for some in every:
            rows[some.table.name] += map(exported, some.rows)
        return Kept(rows, [some.to_json() for some in every if some.left])

    def _notes(self) -> Some:
        told = (row for row in self.notes.everything() if row["PartitionKey"] != FORMS)
        return Some(self.notes, "note", list(islice(told, MAX_NOTES)), sum(1 for _ in islice(told, MOST_COUNTED)))

    def _latest(self, kind: str) -> Some:
        return self._first(self.runs, kind, RUNS_OF, {"partition": kind, "first": ""}, MAX_RUNS)

    def _one(self, table: Table, partition: str, key: str) -> list[Row]:
        found = table.get(partition, key)
        return [found.values] if found else []

    def _kind(self, table: Table, partition: str, kind: str, query: str = KEYS_BETWEEN, key: str = "") -> Some:
        """Return the first rows of a kind; the kind `sweep` is one row that is called so."""
        bounds = {"partition": partition, "first": kind, "last": f"{kind};"}  # ';' is the character after ':'
        return self._first(table, kind, query, {**bounds, **({"key": key} if key else {})}, MAX_ROWS)

    def _first(self, table: Table, kind: str, query: str, bounds: Mapping[str, str], most: int) -> Some:
        rows = list(islice(table.rows(query, bounds, size=most + 1), most + 1))
        if len(rows) <= most:
            return Some(table, kind, rows)
        left = table.rows(query, {**bounds, "first": rows[most]["RowKey"]}, select=KEYS)
        return Some(table, kind, rows[:most], sum(1 for _ in islice(left, MOST_COUNTED)))

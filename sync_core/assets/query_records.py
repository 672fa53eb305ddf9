"""Reads many records at once: all of them in the order of their keys, or those that a query names."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_rows import PARTITION, range_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.purview.asset import REJECTED_KEY_PREFIX
from sync_core.storage.rows import Row, read_each, readable
from sync_core.storage.table import KEYS_BEHIND, KEYS_BETWEEN, ROWS_A_PAGE, Table
from sync_core.storage.unreadable import Unreadable

APPROVED = "Approved by "  # in the reason of a retirement that a person has approved


@dataclass(frozen=True)
class QueryRecords:
    """Reads asset records."""

    table: Table

    def all(self) -> Iterator[AssetRecord]:
        """Yield all records that can be read, a page at a time."""
        return readable(AssetRecord, self.table.rows(KEYS_BETWEEN, range_of("record")))

    def after(self, key: str) -> Iterator[AssetRecord]:
        """Yield the records behind a key that can be read, in the order of keys; an empty one starts from the first."""
        return readable(AssetRecord, self._rows_after(key))

    def each_after(self, key: str, page_size: int = ROWS_A_PAGE) -> Iterator[tuple[str, AssetRecord | Unreadable]]:
        """Yield the records behind a key with their keys, also those that cannot be read."""
        for row in self._rows_after(key, page_size):
            for record in read_each(AssetRecord, [row]):
                yield str(row["RowKey"]).partition(":")[2], record

    def _rows_after(self, key: str, page_size: int = ROWS_A_PAGE) -> Iterator[Row]:
        bounds = {"partition": PARTITION, "first": f"record:{key}", "last": "record;"}
        return self.table.rows(KEYS_BEHIND, bounds, size=page_size)

    def pages_called(self, text: str) -> Iterator[list[AssetRecord]]:
        """Yield the records that have a name, a qualified name or a guid, page by page: all rows are gone through."""
        # The SDK knows a parameter by the blank behind it.
        query = f"{KEYS_BETWEEN} and ( name eq @text or qualified_name eq @text or guid eq @text )"
        for page in self.table.pages(query, {**range_of("record"), "text": text}):
            yield list(readable(AssetRecord, page))

    def absent(self) -> Iterator[AssetRecord]:
        """Yield the records that were missing from the latest snapshot and are not retired for it."""
        query = f"{KEYS_BETWEEN} and absent gt 0 and status ne @retired"
        rows = self.table.rows(query, {**range_of("record"), "retired": AssetStatus.RETIRED.value})
        return readable(AssetRecord, rows)

    def each_with_name(self) -> Iterator[tuple[str, AssetRecord | Unreadable]]:
        """Yield all records with the qualified names of those that have, or may have, a source; else with an empty one.

        The name is told also of a record that cannot be read.
        """
        for row in self.table.rows(KEYS_BETWEEN, range_of("record")):
            name = str(row.get("qualified_name", "")) if row.get("group_id") else ""
            yield from ((name, record) for record in read_each(AssetRecord, [row]))

    def counts(self) -> Counter[str]:
        """Count the records by status; reads two columns of each."""
        return sum((counts for _, counts in self.count_each()), Counter[str]())

    def count_each(self, after: str = "") -> Iterator[tuple[str, Counter[str]]]:
        """Count the records behind a key by status; yield page by page with the last key of each."""
        bounds = {"partition": PARTITION, "first": f"record:{after}", "last": "record;"}
        for page in filter(None, self.table.pages(KEYS_BEHIND, bounds, select=["RowKey", "status"])):
            last = str(page[-1]["RowKey"]).partition(":")[2]
            yield last, Counter(str(row.get("status", "unreadable")) for row in page)

    def rejected_keys(self) -> set[str]:
        """Return the keys of the assets that are recorded by their guid, because they have no qualified name."""
        bounds = {"partition": PARTITION, "first": f"record:{REJECTED_KEY_PREFIX}", "last": "record;"}
        return {row["RowKey"].partition(":")[2] for row in self.table.rows(KEYS_BETWEEN, bounds)}

    def retired_since(self, moment: datetime) -> list[datetime]:
        """Return when assets were retired since a moment without a person's approval, the earliest first."""
        query = f"{KEYS_BETWEEN} and status eq @retired and retired_at gt @moment"
        bounds = {**range_of("record"), "retired": AssetStatus.RETIRED.value, "moment": moment.isoformat()}
        found = readable(AssetRecord, self.table.rows(query, bounds))
        return sorted(one.retired_at for one in found if one.retired_at and APPROVED not in one.reason)

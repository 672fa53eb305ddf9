"""Finds the rows of many records: page by page where many of a page are wanted, else one by one, some at once."""

from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence

from sync_core.assets.asset_rows import PARTITION
from sync_core.parallel import in_parallel
from sync_core.storage.rows import Row
from sync_core.storage.table import KEYS_BETWEEN, Table

Found = tuple[str, Row, str]
FEWEST_IN_A_PAGE = 50  # of a thousand rows: so many cost more when each is read alone


def find_records(table: Table, keys: Sequence[str]) -> Iterator[Found]:
    """Yield the records' rows that exist, each with its key and its ETag."""
    left = sorted(set(keys))
    if len(left) >= FEWEST_IN_A_PAGE:
        left = yield from _in_pages(table, left)
    for key, found in in_parallel(lambda key: table.get(PARTITION, f"record:{key}"), left):
        if found:
            yield key, found.values, found.etag


def _in_pages(table: Table, ordered: list[str]) -> Generator[Found, None, list[str]]:
    """Yield rows as long as pages hold many that are wanted; return the keys that are left."""
    bounds = {"partition": PARTITION, "first": f"record:{ordered[0]}", "last": f"record:{ordered[-1]}!"}
    for page in filter(None, table.pages(KEYS_BETWEEN, bounds)):
        rows = {str(row["RowKey"]).partition(":")[2]: row for row in page}
        passed = bisect_right(ordered, max(rows))
        yield from ((key, rows[key], str(rows[key].metadata["etag"])) for key in ordered[:passed] if key in rows)
        ordered = ordered[passed:]
        if passed < FEWEST_IN_A_PAGE:
            return ordered
    return []

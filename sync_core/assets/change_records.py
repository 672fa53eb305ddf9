"""Changes records that are as they were read, each with its place in the index, many in one transaction."""

from collections.abc import Sequence

from sync_core.assets.asset_index import indexing
from sync_core.assets.asset_rows import StoredAsset, row_of
from sync_core.assets.record import AssetRecord
from sync_core.chunks import chunks
from sync_core.errors import ConflictError
from sync_core.storage.rows import changes
from sync_core.storage.table import Operation, Table, update

AT_ONCE = 25  # each may change three texts of 4,096 characters: all of them fit into the 4 MiB of a transaction
Change = tuple[StoredAsset, AssetRecord]


def changing(stored: StoredAsset, changed: AssetRecord) -> list[Operation]:
    """Return what changes when a record does that is as it was read."""
    row = changes(row_of("record", stored.record), row_of("record", changed))
    return [update(row, stored.etag), *indexing(stored.record, changed)]


def change_each(table: Table, changed: Sequence[Change]) -> list[AssetRecord]:
    """Change each, and return those that another worker changed first: these are as that one left them."""
    left: list[AssetRecord] = []
    for chunk in chunks(changed, AT_ONCE):
        if not _is_done(table, chunk):
            left += [after for stored, after in chunk if not _is_done(table, [(stored, after)])]
    return left


def _is_done(table: Table, changed: Sequence[Change]) -> bool:
    try:
        table.transact([operation for stored, after in changed for operation in changing(stored, after)])
    except ConflictError:
        return False
    return True

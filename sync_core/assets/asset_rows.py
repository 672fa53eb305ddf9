"""The rows that belong to an asset, what they are called, and how many of them go into one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.storage.rows import to_row, whole_row
from sync_core.storage.table import OPERATIONS_A_TRANSACTION

PARTITION = "assets"
LARGEST_TEXTS = 3 * 1024**2  # a transaction holds 4 MiB; the rest of 100 rows needs far less than one
ROWS_AN_ASSET = 3  # its record, its job, and its place in the index
ASSETS_A_TRANSACTION = OPERATIONS_A_TRANSACTION // ROWS_AN_ASSET
LARGEST_CHARACTER = 12  # an emoji, as it travels: two escapes of six characters


class News(BaseModel):
    """An asset that was synced, given up or retired, and not announced yet; `reason` says why it was given up."""

    key: str
    guid: str = ""
    name: str
    status: AssetStatus
    origin: Origin | None = None
    reason: str = ""


class Sweep(BaseModel):
    """When the last sweep of the whole catalog began."""

    begun_at: datetime


@dataclass(frozen=True, slots=True)
class StoredAsset:
    """A record and its ETag."""

    record: AssetRecord
    etag: str


def row_of(kind: str, model: "AssetRecord | News") -> dict[str, Any]:
    """Return a model's new row; `kind` is the first part of its key."""
    return to_row(PARTITION, f"{kind}:{model.key}", model)


def whole_row_of(kind: str, model: "AssetRecord | News") -> dict[str, Any]:
    """Return a model's row, to be merged over one that may be there."""
    return whole_row(PARTITION, f"{kind}:{model.key}", model)


def range_of(kind: str) -> dict[str, str]:
    """Return what `KEYS_BETWEEN` needs to find all rows of a kind."""
    # ';' is the character after ':'
    return {"partition": PARTITION, "first": f"{kind}:", "last": f"{kind};"}


def fitting(records: Iterable[AssetRecord]) -> Iterator[Sequence[AssetRecord]]:
    """Yield as many records at a time as fit into one transaction with all their rows, however long their names."""
    chunk: list[AssetRecord] = []
    size = 0
    for record in records:
        own_size = LARGEST_CHARACTER * len(record.name + record.qualified_name + record.display_text)
        if chunk and (len(chunk) == ASSETS_A_TRANSACTION or size + own_size > LARGEST_TEXTS):
            yield chunk
            chunk, size = [], 0
        chunk.append(record)
        size += own_size
    if chunk:
        yield chunk

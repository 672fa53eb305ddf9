"""An asset as a list of many shows it: few columns of its record, small enough to be kept for all at once. Pure."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.json_decoding import decode, decode_or_none

LONGEST_TEXT = 1000  # of a name or reason: what is longer is cut in a list, and whole in the record
MOMENTS = {AssetStatus.SYNCED.value: "synced_at", AssetStatus.RETIRED.value: "retired_at"}
COLUMNS = (
    *("RowKey", "guid", "type_name", "name", "qualified_name", "collection_id", "terms", "status", "absent"),
    *("group_id", "group_origin", "source_id", "synced_name", "reason"),
    *("synced_at", "retired_at", "queued_at", "first_seen_at"),
)
"""What of a record's row is read for a list."""


class ListedAsset(NamedTuple):
    """What a list tells of an asset: texts as they are stored. `since` is when it came to its state.

    `made_as` is the name that its group was made for, where Purview shows another one now.
    """

    key: str
    guid: str
    type_name: str
    name: str
    qualified_name: str
    collection_id: str
    terms: Sequence[str]
    status: str
    absent: int
    group_id: str
    group_origin: str
    source_id: str
    made_as: str
    reason: str
    since: str

    @property
    def since_at(self) -> datetime | None:
        """When it came to its state, if that can be read."""
        try:
            moment = datetime.fromisoformat(self.since)
        except ValueError:
            return None
        return moment if moment.tzinfo else None


def to_listed(row: Mapping[str, Any]) -> ListedAsset:
    """Return what a list tells of a record's row, whatever another version of the app wrote into it."""
    name, status = _text(row, "name"), _text(row, "status")
    made_as = _text(row, "synced_name")
    return ListedAsset(
        key=str(row["RowKey"]).partition(":")[2],
        guid=_text(row, "guid"),
        type_name=_text(row, "type_name"),
        name=name,
        qualified_name=_text(row, "qualified_name"),
        collection_id=_text(row, "collection_id"),
        terms=_texts(row.get("terms")),
        status=status,
        absent=absent if isinstance(absent := row.get("absent"), int) else 0,
        group_id=_text(row, "group_id"),
        group_origin=_text(row, "group_origin"),
        source_id=_text(row, "source_id"),
        made_as="" if made_as == name else made_as,
        reason=_text(row, "reason"),
        since=_text(row, MOMENTS.get(status, "")) or _text(row, "queued_at") or _text(row, "first_seen_at"),
    )


def listed_of(record: AssetRecord) -> ListedAsset:
    """Return what a list tells of a record."""
    told = record.model_dump(mode="json", exclude_none=True)
    return to_listed({**told, "RowKey": f"record:{record.key}", "terms": json.dumps(record.terms)})


def pack(assets: Iterable[ListedAsset]) -> str:
    """Return assets as one short text."""
    packed = json.dumps(list(assets), ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(packed.encode("utf-8", "replace"))).decode("ascii")


def unpack(packed: str) -> list[ListedAsset]:
    """Return the assets of such a text; none where another version wrote it."""
    try:
        return [ListedAsset(*values) for values in decode(zlib.decompress(b64decode(packed)))]
    except (ValueError, TypeError, zlib.error):
        return []


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name, ""))[:LONGEST_TEXT]


def _texts(value: Any) -> list[str]:
    found = decode_or_none(value) if isinstance(value, str) else None
    return [str(one) for one in found] if isinstance(found, list) else []

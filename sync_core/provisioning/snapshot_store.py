"""The latest complete snapshot of CluedIn, and the parts of one that is still being read.

The snapshot is kept in buckets by the hash of a source's name, packed: a look-up by name costs one read or two, and a
round in which nothing changed writes nothing.

    head            when it was read, and into how many buckets it is divided
    bucket-{b}-{n}  the sources whose names fall into the one of these b buckets; each is there, also an empty one
    part-{t}-{n}    what was read of a snapshot that is not complete: when that began, up to which page
"""

import hashlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sync_core.chunks import chunks
from sync_core.cluedin.snapshot import GroupSeen, KnownSource
from sync_core.errors import StateError
from sync_core.json_decoding import decode
from sync_core.logs import get_logger
from sync_core.parallel import in_parallel
from sync_core.storage.rows import Row, readable, whole_row
from sync_core.storage.table import KEYS_BETWEEN, Table

logger = get_logger(__name__)

PARTITION = "cluedin-snapshot"
HEAD = "head"
SOURCES_PER_BUCKET = 200
COLUMN_BYTES = 60_000  # a column holds 64 KiB
MOST_COLUMNS = 15  # a row holds 1 MiB
COLUMNS = [f"packed_{number:02}" for number in range(MOST_COLUMNS)]
# What another version packed is checked as a row's columns are; what it packed beside is left out.
SOURCE = TypeAdapter(KnownSource)
GROUP = TypeAdapter(GroupSeen)
IN_A_LIST = [field.name for field in fields(KnownSource)]


class Head(BaseModel):
    """When the latest complete snapshot began, and how it is kept; `sources` counts those that it lacked, too."""

    model_config = ConfigDict(frozen=True)

    started_at: datetime
    groups: int
    sources: int
    buckets: int = Field(ge=1)


@dataclass
class Divided:
    """Into how many buckets the snapshot was divided when it was met last; a bucket's key tells its division."""

    buckets: int = 1


@dataclass(frozen=True)
class SnapshotStore:
    """Reads and writes snapshots."""

    table: Table
    _divided: Divided = field(default_factory=Divided, repr=False)

    def head(self) -> Head | None:
        """Return what is known of the latest complete snapshot, or None: CluedIn was never read as a whole."""
        found = self.table.get(PARTITION, HEAD)
        return next(readable(Head, [found.values]), None) if found else None

    def look_up(self, source_name: str) -> list[KnownSource] | None:
        """Return the sources of that name, or None: CluedIn was never read as a whole.

        One read, as long as the division is the one that was met last.
        """
        return self.look_up_each([source_name])[0]

    def look_up_each(self, source_names: Sequence[str]) -> list[list[KnownSource] | None]:
        """Do the same for several names, in the order in which they are given: each bucket is read once."""
        rows = self._buckets({_bucket_key(name, self._divided.buckets) for name in source_names})
        if None in rows.values():
            head = self.head()
            if head is None:
                return [None] * len(source_names)
            self._divided.buckets = head.buckets
            rows = self._buckets({_bucket_key(name, head.buckets) for name in source_names})
        known: dict[str, list[KnownSource]] = {}
        for source in (source for row in rows.values() if row is not None for source in _unpack_sources(row)):
            if not source.missing_looks:
                known.setdefault(source.name, []).append(source)
        return [known.get(name, []) for name in source_names]

    def missing(self, source_name: str) -> KnownSource | None:
        """Return what is remembered of a source of ours that the latest complete snapshots lacked, or None."""
        head = self.head()
        row = self.table.get(PARTITION, _bucket_key(source_name, head.buckets)) if head else None
        found = _unpack_sources(row.values) if row else ()
        return next((one for one in found if one.name == source_name and one.missing_looks), None)

    def _buckets(self, keys: Collection[str]) -> dict[str, Row | None]:
        found = in_parallel(lambda key: self.table.get(PARTITION, key), sorted(keys))
        return {key: row.values if row else None for key, row in found}

    def known(self) -> Iterator[KnownSource]:
        """Yield all sources of the latest complete snapshot."""
        head = self.head()
        for row in self._rows(f"bucket-{head.buckets:06}") if head else ():
            yield from _unpack_sources(row)

    def save(self, started_at: datetime, groups: int, sources: Sequence[KnownSource]) -> None:
        """Keep a complete snapshot; buckets that are as they were are not written."""
        before, buckets = self.head(), _buckets_for(len(sources))
        digests = {str(row["RowKey"]): row.get("digest") for row in self._rows("bucket", select=["RowKey", "digest"])}
        rows = {key: _pack(key, [_to_list(one) for one in held]) for key, held in _divided(sources, buckets).items()}
        for key, row in rows.items():
            if digests.get(key) != row["digest"]:
                self.table.merge(row)
        # The buckets of another division would be found by no one; the head says which division counts.
        head = Head(started_at=started_at, groups=groups, sources=len(sources), buckets=buckets)
        self.table.merge(whole_row(PARTITION, HEAD, head))
        if before is not None:
            for key in digests.keys() - rows.keys():
                self.table.delete(PARTITION, key)

    def save_part(self, started_at: datetime, page: int, groups: Sequence[GroupSeen]) -> None:
        """Keep what was read of a snapshot that began at a moment, up to a page."""
        self.table.merge(_pack(f"{_part(started_at)}-{page:06}", [asdict(group) for group in groups]))

    def parts(self, started_at: datetime) -> list[GroupSeen] | None:
        """Return what was read of the snapshot that began at a moment; None where a part of that cannot be read.

        Without it the snapshot would lack what stands in CluedIn.
        """
        try:
            return [_parse_group(item) for row in self._rows(_part(started_at)) for item in _unpack(row)]
        except ValueError as error:
            logger.warning("What was read of CluedIn cannot be read again: %s", error)
            return None

    def drop_parts(self) -> None:
        """Forget what was read of any snapshot that is not complete."""
        for row in list(self._rows("part", select=["RowKey"])):
            self.table.delete(PARTITION, str(row["RowKey"]))

    def _rows(self, kind: str, *, select: Sequence[str] = ()) -> Iterator[Row]:
        bounds = {"partition": PARTITION, "first": f"{kind}-", "last": f"{kind}."}  # '.' is the character after '-'
        return self.table.rows(KEYS_BETWEEN, bounds, select=select)


def _part(started_at: datetime) -> str:
    return f"part-{round(started_at.timestamp() * 1000):014}"


def _buckets_for(sources: int) -> int:
    """A power of two, so that a few sources more do not divide all of them anew."""
    return 1 << max(0, (sources // SOURCES_PER_BUCKET).bit_length())


def _bucket_key(source_name: str, buckets: int) -> str:
    number = int.from_bytes(hashlib.sha256(source_name.encode()).digest()[:4]) % buckets
    return f"bucket-{buckets:06}-{number:06}"


def _divided(sources: Iterable[KnownSource], buckets: int) -> dict[str, list[KnownSource]]:
    divided: dict[str, list[KnownSource]] = {f"bucket-{buckets:06}-{number:06}": [] for number in range(buckets)}
    for source in sorted(sources, key=lambda one: (one.name, one.source_id)):
        divided[_bucket_key(source.name, buckets)].append(source)
    return divided


def _pack(key: str, items: Sequence[Any]) -> dict[str, Any]:
    """Return a row of packed items.

    Raises:
        StateError: they are too many for one row.
    """
    text = json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    packed = zlib.compress(text)
    columns = list(chunks(packed, COLUMN_BYTES))
    if len(columns) > MOST_COLUMNS:
        raise StateError(f"Row {key} of the snapshot of CluedIn has {len(packed)} bytes: one row cannot hold them.")
    digest = hashlib.sha256(text).hexdigest()[:32]
    row = {"PartitionKey": PARTITION, "RowKey": key, "digest": digest, "columns": len(columns)}
    return row | dict(zip(COLUMNS, columns, strict=False))


def _unpack(row: Row) -> list[Any]:
    """Return the items of a row.

    Raises:
        ValueError: the row is damaged, or another version packs it in another way.
    """
    try:
        packed = b"".join(row[column] for column in COLUMNS[: row["columns"]])
        items = decode(zlib.decompress(packed))
    except (KeyError, TypeError, zlib.error, ValueError) as error:
        raise ValueError(f"row {row.get('RowKey')}: {error}") from error
    if not isinstance(items, list):
        raise ValueError(f"row {row.get('RowKey')} holds no list")  # noqa: TRY004  # of what another version wrote
    return items


def _to_list(source: KnownSource) -> list[Any]:
    versions = dict(sorted(source.versions.items()))
    found = [source.source_id, source.name, source.group_id, source.group_name, versions]
    return [*found, source.missing_looks, source.missing_since] if source.missing_looks else found


def _unpack_sources(row: Row) -> Iterator[KnownSource]:
    """Yield the sources of a row. What cannot be read is as good as none, since all of it is read again soon."""
    try:
        items = _unpack(row)
    except ValueError as error:
        logger.warning("A part of the snapshot of CluedIn is left out: %s", error)
        return
    for item in items:
        try:
            yield _parse_source(item)
        except (ValueError, OverflowError, OSError) as error:
            logger.warning("A source of the snapshot of CluedIn is left out: %s", error)


def _parse_source(item: Any) -> KnownSource:
    named = dict(zip(IN_A_LIST, item, strict=False)) if isinstance(item, list) else item
    source = SOURCE.validate_python(named)
    datetime.fromtimestamp(source.missing_since, UTC)  # no moment, no source
    return source


def _parse_group(item: Any) -> GroupSeen:
    return GROUP.validate_python(item)

"""The data set records, and which entity types they share.

dataset:{id}                     what is known of the data set
type:{hash of entity type}:{id}  there while the data set is mapped to that entity type; holds its vocabulary keys
news:{id}                        there from its push until that was announced
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from sync_core.domain.data_set import DataSetRecord, DataSetStatus, entity_type_path
from sync_core.domain.unreadable import Unreadable
from sync_core.state.rows import from_row, read_each, readable, whole_row
from sync_core.state.table import KEYS_BETWEEN, OPERATIONS_A_TRANSACTION, Operation, Table, delete, merge

PARTITION = "datasets"
LONGEST_REASON = 500


class TypeMember(BaseModel):
    """A data set that is mapped to an entity type, with the vocabulary keys that it brings."""

    data_set_id: str
    entity_type: str
    keys: list[str] = Field(default_factory=list)


class DataSetNews(BaseModel):
    """A data set that was pushed or given up, and not announced yet; `failure` says why it was given up."""

    data_set_id: str
    name: str
    failure: str = ""


def _type_prefix(entity_type: str) -> str:
    return f"type:{hashlib.sha256(entity_type_path(entity_type).encode()).hexdigest()[:24]}:"


def _between(prefix: str) -> dict[str, str]:
    return {"partition": PARTITION, "first": prefix, "last": prefix[:-1] + chr(ord(prefix[-1]) + 1)}


@dataclass(frozen=True)
class DataSetStore:
    """Reads and writes data set records."""

    table: Table

    def load(self, data_set_id: str) -> DataSetRecord | None:
        """Return one record, or None."""
        found = self.table.get(PARTITION, f"dataset:{data_set_id}")
        return from_row(DataSetRecord, found.values) if found else None

    def save(self, record: DataSetRecord, before: DataSetRecord | None = None, *, announce: bool = False) -> None:
        """Insert a record, or let it say this, and keep its entity type's membership in step.

        `before` is the former record. The caller holds the data set's claim, so no two writers meet.
        """
        operations = [merge(whole_row(PARTITION, f"dataset:{record.data_set_id}", record))]
        operations += self._membership(record)
        if announce:
            is_failed = record.status is DataSetStatus.FAILED
            news = DataSetNews(
                data_set_id=record.data_set_id,
                name=record.name or record.data_set_id,
                failure=record.last_error[:LONGEST_REASON] if is_failed else "",
            )
            operations.append(merge(whole_row(PARTITION, f"news:{record.data_set_id}", news)))
        self.table.transact(operations)
        former = before.entity_type if before else ""
        if former and _type_prefix(former) != _type_prefix(record.entity_type):
            self.leave_type(former, record.data_set_id)

    def leave_type(self, entity_type: str, data_set_id: str) -> None:
        """Forget that a data set is mapped to an entity type."""
        self.table.delete(PARTITION, _type_prefix(entity_type) + data_set_id)

    def members(self, entity_type: str) -> list[TypeMember]:
        """Return the data sets that are mapped to an entity type, those whose rows can be read.

        Of one that is left out, the pipeline in Purview tells what it brings.
        """
        rows = self.table.rows(KEYS_BETWEEN, _between(_type_prefix(entity_type)))
        return list(readable(TypeMember, rows))

    def ids(self) -> frozenset[str]:
        """Return the ids of all records; reads nothing else of them."""
        rows = self.table.rows(KEYS_BETWEEN, _between("dataset:"), select=["RowKey"])
        return frozenset(str(row["RowKey"]).partition(":")[2] for row in rows)

    def after(self, data_set_id: str) -> Iterator[DataSetRecord]:
        """Yield the records behind an id that can be read, in the order of ids; an empty one starts from the first."""
        return (record for _, record in self.each_after(data_set_id) if isinstance(record, DataSetRecord))

    def each_after(self, data_set_id: str) -> Iterator[tuple[str, DataSetRecord | Unreadable]]:
        """Yield the records behind an id with their ids, also those that cannot be read."""
        bounds = {"partition": PARTITION, "first": f"dataset:{data_set_id}", "last": "dataset;"}
        query = "PartitionKey eq @partition and RowKey gt @first and RowKey lt @last"
        for row in self.table.rows(query, bounds):
            for record in read_each(DataSetRecord, [row]):
                yield str(row["RowKey"]).partition(":")[2], record

    def news(self) -> list[DataSetNews]:
        """Return what was pushed or given up, and not announced yet."""
        return list(readable(DataSetNews, self.table.rows(KEYS_BETWEEN, _between("news:"))))

    def forget_news(self, news: Sequence[DataSetNews]) -> None:
        """Drop news, before they are announced: each is announced at most once.

        Raises:
            ConflictError: another worker announces them.
        """
        for start in range(0, len(news), OPERATIONS_A_TRANSACTION):
            chunk = news[start : start + OPERATIONS_A_TRANSACTION]
            self.table.transact([delete(PARTITION, f"news:{item.data_set_id}") for item in chunk])

    def _membership(self, record: DataSetRecord) -> list[Operation]:
        if not record.entity_type:
            return []
        member = TypeMember(data_set_id=record.data_set_id, entity_type=record.entity_type, keys=record.keys)
        return [merge(whole_row(PARTITION, _type_prefix(record.entity_type) + record.data_set_id, member))]

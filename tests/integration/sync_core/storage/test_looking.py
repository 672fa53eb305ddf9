"""A table for who only looks: it reads what there is, keeps nothing, and makes nothing."""

import pytest

from sync_core.errors import StateError
from sync_core.storage.connection import StorageConnection
from sync_core.storage.looking import LookingTable
from sync_core.storage.table import KEYS_BETWEEN, Table, merge

ROW = {"PartitionKey": "p", "RowKey": "r", "text": "as it was"}
ALL = {"partition": "p", "first": "a", "last": "z"}


@pytest.fixture
def looking(connection: StorageConnection) -> LookingTable:
    return LookingTable(connection.tables, "things")


def test_a_table_that_is_not_there_reads_as_empty_and_is_not_made(
    looking: LookingTable, connection: StorageConnection
) -> None:
    assert looking.get("p", "r") is None
    assert list(looking.rows(KEYS_BETWEEN, ALL)) == []
    looking.merge(ROW)
    assert list(connection.tables.list_tables()) == []


def test_what_somebody_would_leave_is_dropped(looking: LookingTable, table: Table) -> None:
    table.merge(ROW)
    looking.merge({**ROW, "text": "another"})
    looking.merge_all([{**ROW, "text": "another"}])
    looking.delete("p", "r")
    found = looking.get("p", "r")
    assert found is not None
    assert found.values["text"] == "as it was"
    assert [row["text"] for row in looking.rows(KEYS_BETWEEN, ALL)] == ["as it was"]


def test_what_others_would_have_to_heed_is_refused(looking: LookingTable, table: Table) -> None:
    table.merge(ROW)
    found = looking.get("p", "r")
    assert found is not None
    for write in (
        lambda: looking.insert(ROW),
        lambda: looking.update(ROW, found.etag),
        lambda: looking.replace(ROW, found.etag),
        lambda: looking.transact([merge(ROW)]),
        lambda: looking.delete_each("p", ["r"], lambda: True),
    ):
        with pytest.raises(StateError, match="only looks"):
            write()

"""One table on real storage: what is atomic, what conflicts, and that a missing table is made on first use."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sync_core.errors import ConflictError
from sync_core.ledger import request_ledger
from sync_core.storage.connection import StorageConnection
from sync_core.storage.table import StoredRow, Table, delete, insert, merge, update

Row = dict[str, Any]


def row(key: str = "a", **columns: Any) -> Row:
    return {"PartitionKey": "p", "RowKey": key, **columns}


def stored(table: Table, key: str = "a") -> StoredRow:
    found = table.get("p", key)
    assert found is not None
    return found


def names(table: Table) -> list[str]:
    return [found["RowKey"] for found in table.rows("PartitionKey eq @p", {"p": "p"})]


def test_a_row_is_inserted_once(table: Table) -> None:
    assert table.insert(row(value=1))
    assert table.insert(row(value=2)) is None
    assert stored(table).values["value"] == 1


def test_one_of_many_threads_inserts_a_row(table: Table) -> None:
    table.merge(row("other"))
    with ThreadPoolExecutor(16) as pool:
        etags = list(pool.map(lambda number: table.insert(row(value=number)), range(16)))
    assert len([etag for etag in etags if etag]) == 1


def test_a_row_that_is_not_there_is_none(table: Table) -> None:
    table.merge(row("other"))
    assert table.get("p", "a") is None


def test_a_row_tells_its_etag_and_its_times_by_the_services_clock(table: Table) -> None:
    etag = table.insert(row())
    found = stored(table)
    assert found.etag == etag
    assert abs((found.read_at - found.written_at).total_seconds()) < 5


def test_a_row_that_is_merged_keeps_what_it_is_not_told_of(table: Table) -> None:
    table.merge(row(value=1, other="x"))
    table.merge(row(value=2))
    assert dict(stored(table).values) == row(value=2, other="x")


def test_a_row_is_updated_if_it_is_as_it_was_read(table: Table) -> None:
    table.insert(row(value=1, other="x"))
    etag = table.update(row(value=2), stored(table).etag)
    assert stored(table).etag == etag
    assert dict(stored(table).values) == row(value=2, other="x")


def test_a_row_is_replaced_as_a_whole_if_it_is_as_it_was_read(table: Table) -> None:
    table.insert(row(value=1, other="x"))
    etag = table.replace(row(value=2), stored(table).etag)
    assert stored(table).etag == etag
    assert dict(stored(table).values) == row(value=2)


@pytest.mark.parametrize("write", [Table.update, Table.replace])
def test_a_row_that_changed_is_left_as_it_is(table: Table, write: Callable[[Table, Row, str], str]) -> None:
    etag = table.insert(row(value=1)) or ""
    table.merge(row(value="another worker's"))
    with pytest.raises(ConflictError, match="Another worker changed things/a first"):
        write(table, row(value=2), etag)
    assert stored(table).values["value"] == "another worker's"


@pytest.mark.parametrize("write", [Table.update, Table.replace])
def test_a_row_that_is_gone_is_not_brought_back(table: Table, write: Callable[[Table, Row, str], str]) -> None:
    etag = table.insert(row()) or ""
    table.delete("p", "a")
    with pytest.raises(ConflictError, match="Another worker deleted things/a first"):
        write(table, row(), etag)
    assert table.get("p", "a") is None


def test_deleting_a_row_that_is_gone_is_no_error(table: Table) -> None:
    etag = table.insert(row()) or ""
    for _ in range(2):
        table.delete("p", "a", etag)
    table.delete("p", "a")
    assert table.get("p", "a") is None


def test_a_row_that_changed_is_not_deleted(table: Table) -> None:
    etag = table.insert(row(value=1)) or ""
    table.merge(row(value=2))
    with pytest.raises(ConflictError):
        table.delete("p", "a", etag)
    assert stored(table).values["value"] == 2


def test_a_transaction_tells_the_new_etags(table: Table) -> None:
    etags = table.transact([insert(row("a")), merge(row("b"))])
    assert etags == [stored(table, "a").etag, stored(table, "b").etag]


@pytest.mark.parametrize(
    "conflict",
    [
        lambda _: insert(row("there")),
        lambda _: update(row("gone"), 'W/"x"'),
        lambda _: delete("p", "gone"),
        lambda etag: update(row("there", value=2), etag),
    ],
)
def test_a_transaction_in_which_one_row_is_not_as_expected_changes_nothing(
    table: Table, conflict: Callable[[str], Any]
) -> None:
    stale = table.insert(row("there", value=0)) or ""
    table.merge(row("there", value=1))
    with pytest.raises(ConflictError):
        table.transact([insert(row("new")), conflict(stale)])
    assert names(table) == ["there"]
    assert stored(table, "there").values["value"] == 1


@pytest.mark.parametrize(
    "use",
    [
        lambda table: table.insert(row()),
        lambda table: table.merge(row()),
        lambda table: table.get("p", "a"),
        lambda table: table.transact([insert(row())]),
        lambda table: list(table.rows("PartitionKey eq @p", {"p": "p"})),
        lambda table: list(table.pages("PartitionKey eq @p", {"p": "p"}, size=1)),
    ],
    ids=["insert", "merge", "get", "transact", "rows", "pages"],
)
def test_a_table_that_is_missing_is_made_on_first_use(
    connection: StorageConnection, table: Table, use: Callable[[Table], Any]
) -> None:
    use(table)
    assert [made.name for made in connection.tables.list_tables()] == ["things"]


def test_many_threads_may_make_the_table_at_once(table: Table) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: table.merge(row(f"{number:02}")), range(16)))
    assert names(table) == [f"{number:02}" for number in range(16)]


def test_deleting_from_a_table_that_is_missing_is_no_error(table: Table) -> None:
    table.delete("p", "a")


def test_updating_in_a_table_that_is_missing_is_a_conflict(table: Table) -> None:
    with pytest.raises(ConflictError):
        table.update(row(), 'W/"x"')


def test_rows_come_page_by_page_in_the_order_of_their_keys(table: Table) -> None:
    table.transact([merge(row(f"{number:02}", other="x")) for number in reversed(range(7))])
    pages = list(table.pages("PartitionKey eq @p and RowKey ge @first", {"p": "p", "first": "02"}, size=2))
    assert [[found["RowKey"] for found in page] for page in pages] == [["02", "03"], ["04", "05"], ["06"]]


def test_a_selection_of_columns_travels_alone(table: Table) -> None:
    table.merge(row(value=1, other="x"))
    assert [dict(found) for found in table.rows("PartitionKey eq @p", {"p": "p"}, select=["value"])] == [{"value": 1}]


@pytest.mark.parametrize("text", ["O'Brien", "' or PartitionKey ne '", "a b;c:d", "数据"])
def test_a_query_takes_any_text_for_what_it_is(table: Table, text: str) -> None:
    table.merge(row("a", name=text))
    table.merge(row("b", name="another"))
    found = table.rows("PartitionKey eq @p and name eq @name", {"p": "p", "name": text})
    assert [one["RowKey"] for one in found] == ["a"]


def test_each_operation_and_each_page_counts_as_one(table: Table) -> None:
    with request_ledger() as counts:
        table.transact([merge(row(f"{number}")) for number in range(3)])
        table.get("p", "1")
        list(table.pages("PartitionKey eq @p", {"p": "p"}, size=2))
    assert counts == Counter(storage=4)


def test_deleting_many_rows_ends_with_its_time(table: Table) -> None:
    keys = [f"{number:03}" for number in range(250)]
    for start in range(0, len(keys), 100):
        table.transact([insert(row(key)) for key in keys[start : start + 100]])
    looks = iter([True, True, False])

    assert table.delete_each("p", keys, lambda: next(looks)) == 200

    assert names(table) == keys[200:]


def test_deleting_rows_of_which_some_are_gone_deletes_the_others(table: Table) -> None:
    for key in ("a", "b"):
        table.insert(row(key))
    assert table.delete_each("p", ["a", "gone", "b"], lambda: True) == 3
    assert names(table) == []

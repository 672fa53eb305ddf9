"""The tables in memory answer the app's door as Azurite does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.azurite import Azurite
from local.service import Command, run_services
from sync_core.errors import ConflictError
from sync_core.storage.connection import StorageConnection
from sync_core.storage.table import KEYS_BETWEEN, Table, delete_unchanged, insert, merge, update


@pytest.fixture(params=["azurite", "memory"])
def table(request: pytest.FixtureRequest, storage: str, azurite_server: Azurite, tmp_path: Path) -> Iterator[Table]:
    """A table with nothing in it, on either service."""
    if request.param == "azurite":
        yield Table(StorageConnection(storage).tables, "bench")
        return
    with run_services(Command("tables", ["tests.bench.tables"], tmp_path / "tables.log")) as (service,):
        in_memory = storage.replace(azurite_server.endpoints["Table"], service.url)
        yield Table(StorageConnection(in_memory).tables, "bench")


def row(key: str, **values: object) -> dict[str, object]:
    return {"PartitionKey": "it's", "RowKey": key, **values}


def test_rows_are_inserted_merged_and_deleted_under_their_conditions(table: Table) -> None:
    etag = table.insert(row("a:1", text="it's ü", count=1, big=True))
    assert etag
    assert table.insert(row("a:1")) is None
    after = table.update(row("a:1", count=2), etag)
    with pytest.raises(ConflictError):
        table.update(row("a:1", count=3), etag)
    table.merge(row("a:1", more=0.5))
    found = table.get("it's", "a:1")
    assert found is not None
    assert {name: found.values[name] for name in ("text", "count", "big", "more")} == {
        "text": "it's ü",
        "count": 2,
        "big": True,
        "more": 0.5,
    }
    with pytest.raises(ConflictError):
        table.delete("it's", "a:1", after)
    table.delete("it's", "a:1", found.etag)
    table.delete("it's", "a:1")
    assert table.get("it's", "a:1") is None
    with pytest.raises(ConflictError):
        table.update(row("a:1"), etag)


def test_a_transaction_is_carried_out_as_a_whole_or_not_at_all(table: Table) -> None:
    one, two = table.transact([insert(row("a:1", count=1)), insert(row("a:2", count=1))])
    with pytest.raises(ConflictError):
        table.transact([merge(row("a:3")), update(row("a:2", count=2), two), update(row("a:1", count=2), two)])
    assert table.get("it's", "a:3") is None
    table.transact([delete_unchanged("it's", "a:1", one), update(row("a:2", count=3), two)])
    counts = [found["count"] for found in table.rows(KEYS_BETWEEN, {"partition": "it's", "first": "", "last": "z"})]
    assert counts == [3]


def test_queries_find_what_fits_page_by_page_in_the_order_of_keys(table: Table) -> None:
    table.transact(
        [insert(row(f"a:{number:02}", count=number, state="odd" if number % 2 else "even")) for number in range(25)]
    )
    table.transact([insert(row("b:1", count=1))])
    bounds = {"partition": "it's", "first": "a:", "last": "a;"}
    pages = list(
        table.pages(f"{KEYS_BETWEEN} and (state eq @state or count gt 22)", {**bounds, "state": "even"}, size=5)
    )
    assert [[found["count"] for found in page] for page in pages if page] == [
        [0, 2, 4, 6, 8],
        [10, 12, 14, 16, 18],
        [20, 22, 23, 24],
    ]
    (first, *_) = table.rows(KEYS_BETWEEN, bounds, select=["RowKey", "count"])
    assert (first["RowKey"], first["count"], "state" in first) == ("a:00", 0, False)
    assert list(table.rows(f"{KEYS_BETWEEN} and missing ne @state", {**bounds, "state": "x"})) == []

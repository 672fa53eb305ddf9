"""A transaction in this app's own envelope says and does what the SDK's does; an answer that is none counts as lost."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables import EdmType, EntityProperty, TableTransactionError
from starlette.responses import Response

from sync_core.errors import ConfigError, SlowAnswerError, StateError, TransientError
from sync_core.storage.connection import StorageConnection
from sync_core.storage.table import Table, delete, delete_unchanged, insert, merge, update
from sync_core.storage.transaction import submit_transaction
from tests.kit.scripted import Scripted

ODD_KEYS = ["plain", "with 'quotes'", "ümläut 🧪", "a b+c&d", "%2F", "--batch_x"]
ODD_VALUES: dict[str, Any] = {
    "text": "line\r\n--changeset_x\r\nHTTP/1.1 500 x\r\n\r\n🧪 'quoted' \"twice\"",
    "empty": "",
    "number": 7,
    "large": EntityProperty(2**40, EdmType.INT64),
    "share": 0.5,
    "is_so": True,
    "moment": datetime(2026, 11, 1, 12, tzinfo=UTC),
    "bytes": b"\x00\xff",
}


def row(key: str, **columns: Any) -> dict[str, Any]:
    return {"PartitionKey": "p'ü", "RowKey": key, **columns}


def test_rows_are_written_as_the_sdk_writes_them(table: Table) -> None:
    client = table._client
    client.create_table()
    client.submit_transaction([("create", {**row(key, **ODD_VALUES), "PartitionKey": "sdk"}) for key in ODD_KEYS])
    etags = submit_transaction(client, [insert(row(key, **ODD_VALUES)) for key in ODD_KEYS])

    for key, etag in zip(ODD_KEYS, etags, strict=True):
        ours, theirs = client.get_entity("p'ü", key), client.get_entity("sdk", key)
        assert ours.metadata["etag"] == etag
        assert {**ours, "PartitionKey": ""} == {**theirs, "PartitionKey": ""}


def test_a_hundred_operations_of_every_kind_are_one_request(table: Table) -> None:
    old = [table.insert(row(f"old{number:02}", value=1, kept=True)) or "" for number in range(30)]
    etags = table.transact(
        [insert(row(f"new{number:02}", value=1)) for number in range(40)]
        + [update(row(f"old{number:02}", value=2), old[number]) for number in range(10)]
        + [merge(row(f"old{number:02}", value=3)) for number in range(10, 20)]
        + [delete("p'ü", f"old{number:02}") for number in range(20, 25)]
        + [delete_unchanged("p'ü", f"old{number:02}", old[number]) for number in range(25, 30)]
        + [insert(row(f"more{number:02}", value=1)) for number in range(30)]
    )
    found = {one["RowKey"]: one for one in table.rows("PartitionKey eq @p", {"p": "p'ü"})}
    assert len(found) == 40 + 20 + 30
    assert [found[key]["value"] for key in ("old00", "old19", "new39", "more29")] == [2, 3, 1, 1]
    assert found["old00"]["kept"] is True
    assert [bool(etag) for etag in etags] == [True] * 60 + [False] * 10 + [True] * 30


@pytest.mark.parametrize(
    "operations",
    [
        [insert(row("new")), insert(row("there"))],
        [insert(row("new")), update(row("gone"), 'W/"x"')],
        [delete("p'ü", "gone"), insert(row("new"))],
        [insert(row("new")), update(row("there"), "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")],
        [insert(row("new", text="x" * 40_000))],
        [insert(row("new")), merge(row("new"))],
        [merge(row("bad/key"))],
    ],
    ids=["exists", "not found", "nothing to delete", "changed", "too large", "twice", "no such key"],
)
def test_storage_refuses_as_it_refuses_the_sdk(table: Table, operations: Sequence[Any]) -> None:
    table.merge(row("there"))
    client = table._client
    with pytest.raises(HttpResponseError) as ours:
        submit_transaction(client, operations)
    with pytest.raises(TableTransactionError) as theirs:
        client.submit_transaction(operations)
    assert (ours.value.status_code, getattr(ours.value, "error_code", None)) == (
        theirs.value.status_code, getattr(theirs.value, "error_code", None),
    )  # fmt: skip
    assert [found["RowKey"] for found in table.rows("PartitionKey eq @p", {"p": "p'ü"})] == ["there"]


def part(line: str, body: str = "") -> str:
    return f"--c\r\nContent-Type: application/http\r\n\r\n{line}\r\nETag: e\r\n\r\n{body}\r\n"


def batch(*parts: str, end: str = "--c--\r\n--b--\r\n") -> Response:
    text = f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{''.join(parts)}{end}"
    return Response(text, 202, media_type="multipart/mixed; boundary=b")


DONE = part("HTTP/1.1 204 No Content")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (batch(DONE), SlowAnswerError),
        (batch(DONE, end=""), SlowAnswerError),
        (batch(DONE, DONE, end=""), SlowAnswerError),
        (batch(DONE, DONE, end="--c--\r\n"), SlowAnswerError),
        (batch(DONE, DONE, DONE), SlowAnswerError),
        (batch(DONE, DONE.replace("ETag: e\r\n", "")), SlowAnswerError),
        (Response("", 202), SlowAnswerError),
        (Response("{}", 200), SlowAnswerError),
        (Response("", 204), SlowAnswerError),
        (Response("", 202, media_type="multipart/mixed; boundary=b"), SlowAnswerError),
        (Response("<html>", 202, media_type="multipart/mixed; boundary=b"), SlowAnswerError),
        (Response("<html>sign in</html>", 202, media_type="text/html"), SlowAnswerError),
        (batch(part("HTTP/1.1 500 Oops", "<html>")), TransientError),
        (batch(part("HTTP/1.1 500 Oops", "[" * 20_000)), TransientError),
        (Response('{"a":' * 20_000, 500), TransientError),
        (batch(part("HTTP/1.1 400 Bad", json.dumps({"odata.error": {"code": "InvalidInput"}}))), StateError),
        (batch(part("HTTP/1.1 404 Gone", "<html>")), SlowAnswerError),
        (batch(part("HTTP/1.1 412 Changed", "{}")), SlowAnswerError),
        (batch(part("HTTP/1.1 409 There", "[]")), TransientError),
        (Response("<html>no route</html>", 404, media_type="text/html"), SlowAnswerError),
        (Response("{}", 403), ConfigError),
        (Response("{}", 401), ConfigError),
    ],
)
def test_an_answer_that_is_none_is_lost_and_says_nothing_of_what_was_done(
    service: Scripted, answer: Response, error: type[Exception]
) -> None:
    text = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint={service.url}"
    service.answers = [answer] * 2  # a 500 is asked again
    with pytest.raises(error):
        Table(StorageConnection(connection_string=text).tables, "rows").transact([merge(row("a")), merge(row("b"))])


@pytest.mark.parametrize(
    "answer",
    [
        batch(DONE, DONE),
        batch(DONE, part("HTTP/1.1 200 OK", "It says --c-- within a line, and --b--.")),
        Response(bytes(batch(DONE, DONE).body).replace(b"\r\n", b"\n"), 202, media_type="multipart/mixed; boundary=b"),
        Response(batch(DONE, DONE).body, 202, media_type='multipart/mixed; boundary="b"; charset=utf-8'),
        batch(DONE.replace("ETag", "etag"), DONE),
    ],
    ids=["plain", "boundary in a body", "short line ends", "quoted boundary", "small letters"],
)
def test_an_answer_is_understood_however_its_envelope_is_written(service: Scripted, answer: Response) -> None:
    text = f"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint={service.url}"
    service.answers = [answer]
    etags = Table(StorageConnection(connection_string=text).tables, "rows").transact([merge(row("a")), merge(row("b"))])
    assert etags == ["e", "e"]

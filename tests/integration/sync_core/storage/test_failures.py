"""What a storage that refuses, is out of reach or keeps silent becomes, and how soon."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from starlette.responses import Response

from sync_core.errors import ConfigError, SlowAnswerError, StateError, TransientError
from sync_core.jobs.message import AssetMessage
from sync_core.storage.connection import INTERACTIVE, Patience, StorageConnection
from sync_core.storage.failures import translated
from sync_core.storage.queues import PoisonQueue, WorkQueue
from sync_core.storage.table import Table, merge
from tests.kit.scripted import Scripted
from tests.unit.sync_core.builders import make_record

MESSAGE = AssetMessage.of(make_record().key)
WRONG_KEY = "d3Jvbmc="
ROW = {"PartitionKey": "p", "RowKey": "a"}
Use = Callable[[StorageConnection], Any]

USES: list[Use] = [
    lambda connection: Table(connection.tables, "things").get("p", "a"),
    lambda connection: Table(connection.tables, "things").insert(ROW),
    lambda connection: Table(connection.tables, "things").merge(ROW),
    lambda connection: Table(connection.tables, "things").update(ROW, 'W/"x"'),
    lambda connection: Table(connection.tables, "things").delete("p", "a"),
    lambda connection: Table(connection.tables, "things").transact([merge(ROW)]),
    lambda connection: list(Table(connection.tables, "things").rows("PartitionKey eq @p", {"p": "p"})),
    lambda connection: WorkQueue(connection.queues, "asset-sync").send(MESSAGE),
    lambda connection: PoisonQueue(connection.queues, "asset-sync-poison").drain(lambda _: None),
]
NAMES = ["get", "insert", "put", "update", "delete", "transact", "rows", "send", "drain"]
every_use = pytest.mark.parametrize("use", USES, ids=NAMES)


def at(port: int) -> str:
    endpoints = "".join(f"{name}Endpoint=http://127.0.0.1:{port}/acct;" for name in ("Queue", "Table"))
    return f"DefaultEndpointsProtocol=http;AccountName=acct;AccountKey=a2V5;{endpoints}"


def behind(service: Scripted) -> str:
    return at(port=urlsplit(service.url).port or 0)


@pytest.fixture
def silent() -> Iterator[str]:
    """A storage that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield at(listener.getsockname()[1])


@pytest.fixture
def breaking_off() -> Iterator[str]:
    """A storage whose answers end before all of them has come."""

    def answer() -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 5000\r\n\r\n<half")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=answer, daemon=True).start()
        yield at(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


@every_use
def test_an_answer_that_breaks_off_is_lost_and_no_fault_of_ours(breaking_off: str, use: Use) -> None:
    with pytest.raises(SlowAnswerError):
        use(StorageConnection(breaking_off, patience=Patience(retries=1, backoff_s=0.05, timeout_s=1)))


@pytest.mark.parametrize("status", [HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED])
@pytest.mark.parametrize(
    "page",
    [
        ("<!DOCTYPE html><html><h1>Nobody here</h1><hr></html>", "text/html"),
        ("<Error><Code>NoSuchKey</Code><Message>Not here.</Message></Error>", "application/xml"),
        ("<html><code>none</code></html>", "application/xhtml+xml"),
        ('{"error": {"code": "404", "message": "no route"}}', "application/json"),
        ("", "text/plain"),
    ],
    ids=["page", "other XML", "page in XML", "other JSON", "nothing"],
)
@every_use
def test_only_storages_own_code_says_that_a_row_is_absent_or_changed(
    service: Scripted, use: Use, page: tuple[str, str], status: HTTPStatus
) -> None:
    text, media_type = page
    service.answers = [Response(text, status, media_type=media_type)]
    with pytest.raises(SlowAnswerError, match=f"is none, or broke off: {status}"):
        use(StorageConnection(behind(service), patience=INTERACTIVE))
    assert len(service.asked) == 1


@pytest.mark.parametrize("body", ["<html>", '{"odata.error": {"code": "TableBeingDeleted"}}', '{"error": "409"}'])
def test_only_storages_own_code_says_that_a_row_is_there(service: Scripted, body: str) -> None:
    service.answers = [Response(body, HTTPStatus.CONFLICT, media_type="application/json")]
    with pytest.raises(TransientError, match="409"):
        Table(StorageConnection(behind(service), patience=INTERACTIVE).tables, "things").insert(ROW)


def test_a_message_that_only_a_proxy_says_is_gone_is_not_taken_for_deleted(service: Scripted) -> None:
    message = (
        "<QueueMessagesList><QueueMessage><MessageId>1</MessageId><PopReceipt>r</PopReceipt>"
        "<MessageText>text</MessageText></QueueMessage></QueueMessagesList>"
    )
    service.answers = [
        Response(message, media_type="application/xml"),
        Response("<html>", HTTPStatus.NOT_FOUND, media_type="text/html"),
    ]
    recorded: list[bytes] = []
    with pytest.raises(SlowAnswerError):
        PoisonQueue(StorageConnection(behind(service)).queues, "asset-sync-poison").drain(recorded.append)
    assert recorded == [b"text"]


@every_use
def test_a_wrong_key_is_for_a_person_to_mend(storage: str, use: Use) -> None:
    parts = [f"AccountKey={WRONG_KEY}" if part.startswith("AccountKey=") else part for part in storage.split(";")]
    with pytest.raises(
        ConfigError, match=r"Check AzureWebJobsStorage and the roles Storage Queue Data Contr"
    ) as caught:
        use(StorageConnection(";".join(parts), patience=INTERACTIVE))
    assert WRONG_KEY not in str(caught.value)


@every_use
def test_a_storage_out_of_reach_is_a_passing_failure_known_within_seconds(use: Use) -> None:
    started = time.monotonic()
    with pytest.raises(TransientError) as caught:
        use(StorageConnection(at(port=1), patience=INTERACTIVE))
    assert time.monotonic() - started < 1.5
    assert caught.value.service == "storage"


@every_use
def test_a_silent_storage_is_waited_for_as_long_as_the_patience_lasts(silent: str, use: Use) -> None:
    started = time.monotonic()
    with pytest.raises(TransientError):
        use(StorageConnection(silent, patience=Patience(retries=1, backoff_s=0.1, timeout_s=0.2)))
    assert 0.2 <= time.monotonic() - started < 1.5


def test_a_webhook_knows_that_storage_is_silent_before_its_caller_gives_up() -> None:
    tries = INTERACTIVE.retries + 1
    assert tries * INTERACTIVE.timeout_s + INTERACTIVE.retries * 2 * INTERACTIVE.backoff_s < 10


def test_a_value_that_is_too_large_is_our_own_fault_and_names_the_row(table: Table) -> None:
    with pytest.raises(StateError, match=r"PropertyValueTooLarge at things/a"):
        table.merge({"PartitionKey": "p", "RowKey": "a", "text": "x" * 40_000})


def test_a_mistake_of_ours_is_not_taken_for_one_of_storage() -> None:
    with pytest.raises(TypeError, match="ours"), translated("things/a"):
        raise TypeError("ours")


def with_status(status: int, kind: type[HttpResponseError] = HttpResponseError) -> HttpResponseError:
    error = kind("said so")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (with_status(403), ConfigError),
        (ClientAuthenticationError("no identity"), ConfigError),
        (with_status(408), TransientError),
        (with_status(409), TransientError),
        (with_status(429), TransientError),
        (with_status(500), TransientError),
        (with_status(503), TransientError),
        (ServiceRequestError("out of reach"), TransientError),
        (ServiceResponseError("no answer"), SlowAnswerError),
        (with_status(200, DecodeError), SlowAnswerError),
        (with_status(403, DecodeError), ConfigError),
        (with_status(400), StateError),
        (AzureError("odd"), StateError),
    ],
)
def test_how_storage_fails_decides_who_has_to_act(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught, translated("things/a"):
        raise error
    assert type(caught.value) is expected
    assert "things/a" in str(caught.value)

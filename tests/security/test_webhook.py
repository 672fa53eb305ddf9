"""What arrives at the door of the running app, byte by byte: the real function app on the local host, over HTTP."""

import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from local.azurite import Azurite
from local.host.http.access import DEFAULT_FUNCTION_KEY
from local.host.process import HostProcess, start_host
from local.service import REPOSITORY
from local.stack import make_environment
from sync_core.storage.names import DATA_SETS_TABLE, LINEAGE_QUEUE
from tests.unit.sync_core.lineage.webhook.webhook_bench import DATA_SET_ID, event, sign_hex, sign_now, sign_standard

PATH = "webhooks/cluedin/data-set-processed"
OLD, NEW = "the webhook secret of last month", "whsec_dGhlIHdlYmhvb2sgc2VjcmV0IG9mIHRoaXMgbW9udGg="
JSON = {"Content-Type": "application/json"}
LARGEST = 64 * 1024
CLOSED = "http://127.0.0.1:9"
SOON_S = 5


@pytest.fixture(scope="module")
def deliveries_storage(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> str:
    return azurite_server.connection_string(next(_unused_accounts))


@pytest.fixture(scope="module")
def host(deliveries_storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """The app; its messages stay in their queue, and no service is there."""
    environment = make_environment(CLOSED, CLOSED, CLOSED, deliveries_storage, {"WEBHOOK_SECRETS": f"{OLD};{NEW}"})
    log = tmp_path_factory.mktemp("host") / "host.log"
    # Where the platform passes bodies in chunks on, they are measured too; elsewhere none arrives.
    arguments = ["--timers", "off", "--queues", "off", "--chunked-bodies", "pass"]
    with start_host(Path(REPOSITORY), environment, log, arguments=arguments, grace_s=1) as process:
        yield process


class Kept:
    """What the app kept of what arrived."""

    def __init__(self, storage: str) -> None:
        self._storage = storage
        self._before = self._count()

    def _count(self) -> tuple[int, int]:
        """Count deliveries and messages. A message follows the answer by a moment; its job tells that it is due."""
        deadline = time.monotonic() + SOON_S
        while (found := self._look())[1] != found[2] and time.monotonic() < deadline:
            time.sleep(0.02)
        return found[:2]

    def _look(self) -> tuple[int, int, int]:
        """Return how many deliveries, messages, and messages that are to be sent there are."""
        with TableServiceClient.from_connection_string(self._storage) as tables:
            try:
                rows = list(tables.get_table_client(DATA_SETS_TABLE).list_entities())
            except ResourceNotFoundError:
                rows = []
        deliveries = sum(str(row["RowKey"]).startswith("receipt:") for row in rows)
        due = sum(int(row.get("sends", 0)) for row in rows if str(row["RowKey"]).startswith("job:"))
        with QueueServiceClient.from_connection_string(self._storage) as queues:
            try:
                properties = queues.get_queue_client(LINEAGE_QUEUE).get_queue_properties()
            except ResourceNotFoundError:
                return deliveries, 0, due
        return deliveries, properties.approximate_message_count or 0, due

    @property
    def new(self) -> tuple[int, int]:
        """How many deliveries and messages there are more than before the test."""
        deliveries, messages = self._count()
        return deliveries - self._before[0], messages - self._before[1]


@pytest.fixture
def kept(deliveries_storage: str) -> Kept:
    return Kept(deliveries_storage)


def new_event() -> bytes:
    """The body of an event that nobody saw before."""
    return event(eventId=uuid4().hex)


def post(host: HostProcess, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    answer = host.call("POST", PATH, headers={**JSON, **headers}, data=body)
    return answer.status_code, answer.json().get("status", "") if answer.content else ""


def send_raw(host: HostProcess, *lines: str, body: bytes = b"") -> int:
    """Send a request whose lines are as they are, and return the status."""
    parts = urlsplit(host.url)
    head = [f"POST /api/{PATH} HTTP/1.1", f"Host: {parts.netloc}", f"x-functions-key: {DEFAULT_FUNCTION_KEY}", *lines]
    text = "\r\n".join([*head, f"Content-Length: {len(body)}", "Connection: close", "", ""])
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
        connection.sendall(text.encode("latin-1") + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_of_a_rotation_open_the_door(host: HostProcess, kept: Kept, secret: str) -> None:
    standard, plain = new_event(), new_event()
    answers = [post(host, plain, sign_hex(secret, plain))]
    if secret == NEW:
        answers.append(post(host, standard, sign_now(secret, standard, uuid4().hex)))
    assert set(answers) == {(202, "accepted")}
    assert kept.new[0] == len(answers)  # one job and one message serve all of one data set


def test_a_replayed_delivery_is_kept_once(host: HostProcess, kept: Kept) -> None:
    body = new_event()
    headers = sign_now(NEW, body, uuid4().hex)
    assert [post(host, body, headers)[1] for _ in range(3)] == ["accepted", "duplicate", "duplicate"]
    assert kept.new[0] == 1


def test_a_replayed_delivery_with_an_id_that_was_not_signed_is_kept_once(host: HostProcess, kept: Kept) -> None:
    body = new_event()
    forged = {"webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    answers = [post(host, body, {**sign_hex(OLD, body), **forged, "webhook-id": uuid4().hex})[1] for _ in range(3)]
    assert answers == ["accepted", "duplicate", "duplicate"]
    assert kept.new[0] == 1


def refused_headers() -> dict[str, dict[str, str]]:
    body = event()
    good, minutes = sign_now(NEW, body), timedelta(minutes=10)
    return {
        "nothing": {},
        "an empty signature": {"X-CluedIn-Signature": ""},
        "the hash without the secret": {"X-CluedIn-Signature": "0" * 64},
        "another secret": sign_hex("a guess", body),
        "the signature of another body": sign_hex(OLD, body + b" "),
        "an old delivery": sign_standard(NEW, body, at=datetime.now(UTC) - minutes),
        "a delivery of tomorrow": sign_standard(NEW, body, at=datetime.now(UTC) + minutes),
        "another id": {**good, "webhook-id": "another"},
        "another time": {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
        "no time at all": {**good, "webhook-timestamp": "nan"},
        "an endless time": {**good, "webhook-timestamp": "9" * 4000},
        "another scheme": {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v1a,")},
        "no base64": {**good, "webhook-signature": "v1,\xff\xfe"},
        "the id moved into the time": {**good, "webhook-id": f"msg_1.{good['webhook-timestamp']}"},
        "many signatures": {**good, "webhook-signature": " ".join(["v1,AAAA"] * 200)},
    }


@pytest.mark.parametrize("forged", refused_headers())
def test_a_forged_delivery_leaves_nothing_behind(host: HostProcess, kept: Kept, forged: str) -> None:
    headers = refused_headers()[forged]  # signed now, not when tests were collected: a signature counts for minutes
    assert post(host, event(), headers)[0] == 401
    assert kept.new == (0, 0)


BODIES = {
    "deep arrays": b"[" * 60_000,
    "deep objects": b'{"a":' * 12_000,
    "a deep member": b'{"dataSetId": "' + DATA_SET_ID.encode() + b'", "x": ' + b"[" * 50_000,
    "a huge number": b'{"dataSetId": ' + b"9" * 60_000 + b"}",
    "a name twice, once wrong": b'{"dataSetId": "' + DATA_SET_ID.encode() + b'", "dataSetId": "x"}',
    "two bodies": event() + event(),
    "a mark in front": b"\xef\xbb\xbf" + event()[:-1] + b",",
    "half of UTF-16": event().decode().encode("utf-16")[:-1],
    "nothing": b"",
    "a list of events": b"[" + event() + b"]",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_event_is_refused_though_it_is_signed(host: HostProcess, kept: Kept, body: bytes) -> None:
    assert post(host, body, sign_hex(OLD, body))[0] == 400
    assert kept.new == (0, 0)


def test_a_body_is_measured_before_it_is_read_also_when_it_comes_in_chunks(host: HostProcess, kept: Kept) -> None:
    fits, too_large = new_event().ljust(LARGEST), new_event().ljust(LARGEST + 1)
    assert post(host, too_large, sign_hex(OLD, too_large))[0] == 413
    parts = (too_large[start : start + 4096] for start in range(0, len(too_large), 4096))
    chunked = host.call("POST", PATH, headers={**JSON, **sign_hex(OLD, too_large)}, data=parts)
    assert chunked.request.headers["Transfer-Encoding"] == "chunked"
    assert chunked.status_code == 413
    assert post(host, b"[" * 300_000, {})[0] == 413
    assert kept.new == (0, 0)
    assert post(host, fits, sign_hex(OLD, fits))[0] == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "json",
    ],
)
def test_what_is_not_said_to_be_json_is_not_read(host: HostProcess, kept: Kept, content_type: str) -> None:
    body = new_event()
    assert post(host, body, {**sign_hex(OLD, body), "Content-Type": content_type})[0] == 415
    assert kept.new == (0, 0)


def test_headers_sent_twice_decide_nothing(host: HostProcess, kept: Kept) -> None:
    body = new_event()
    good = sign_hex(OLD, body)["X-CluedIn-Signature"]
    content_type = "Content-Type: application/json"
    assert send_raw(host, content_type, f"X-CluedIn-Signature: {good}", "X-CluedIn-Signature: 0", body=body) == 401
    assert send_raw(host, content_type, "X-CluedIn-Signature: 0", f"x-cluedin-signature: {good}", body=body) == 401
    signed = sign_now(NEW, body, "first")
    lines = [f"{name}: {value}" for name, value in signed.items()]
    assert send_raw(host, content_type, *lines, "Webhook-Id: second", body=body) == 401
    assert send_raw(host, content_type, "Content-Type: text/html", f"X-CluedIn-Signature: {good}", body=body) == 415
    assert kept.new == (0, 0)
    assert send_raw(host, content_type.upper(), f"x-CLUEDIN-signature:   {good.upper()}", body=body) == 202


@pytest.mark.parametrize(
    "line", ["webhook-id: a\rb: c", "webhook-id: a\n b", "webhook-id : a", "\x00: a", "webhook-id: a\x00"]
)
def test_a_header_that_breaks_its_line_adds_none(host: HostProcess, kept: Kept, line: str) -> None:
    body = new_event()
    assert send_raw(host, "Content-Type: application/json", line, body=body) in {400, 401}
    assert kept.new == (0, 0)


def test_line_breaks_in_an_id_of_any_length_stay_in_the_answers_body(host: HostProcess, kept: Kept) -> None:
    body = event(eventId="evt\r\nSet-Cookie: a=b\r\n\r\n<script>" + uuid4().hex + "x" * 50_000)
    answer = host.call("POST", PATH, headers={**JSON, **sign_hex(OLD, body)}, data=body)
    assert answer.status_code == 202
    assert "Set-Cookie" not in answer.headers
    assert len(answer.content) < 1000
    assert kept.new[0] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_other_method_reaches_the_app(host: HostProcess, kept: Kept, method: str) -> None:
    body = new_event()
    answer = host.call(method, PATH, headers={**JSON, **sign_hex(OLD, body)}, data=body)
    assert answer.status_code in {404, 405}
    assert kept.new == (0, 0)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_method_cannot_be_disguised(host: HostProcess, kept: Kept, name: str) -> None:
    body = new_event()
    answer = host.call("GET", PATH, headers={**JSON, **sign_hex(OLD, body), name: "POST"}, data=body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert kept.new == (0, 0)


def test_nothing_of_what_arrived_is_in_the_log(host: HostProcess) -> None:
    marker = uuid4().hex
    body = event(eventId=f"{marker}\n[2026] forged", note=marker)
    assert post(host, body, {**sign_hex(OLD, body), "X-Marker": marker})[0] == 202
    assert post(host, body, {"X-CluedIn-Signature": marker})[0] == 401
    text = host.child.output()
    assert "Delivery " in text
    for hidden in (marker, OLD, NEW, DEFAULT_FUNCTION_KEY, "forged"):
        assert hidden not in text


def test_an_answer_says_no_more_than_what_is_wrong(host: HostProcess) -> None:
    answer = host.call("POST", PATH, headers=JSON, data=event())
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Expected a valid, recent signature: webhook-signature, or X-CluedIn-Signature.",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"

"""What a queue function gets, and the trap that a JSON body sets for its own metadata."""

import base64
import json
from datetime import UTC, datetime, timedelta

import azure.functions as func
import pytest
from azure.storage.queue import QueueMessage

from local.host.queues.payload import UnbindableMessageError, UndecodableMessageError, decode_body, make_queue_value
from local.host.worker.bindings import decode

INSERTED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def receive(body: str) -> func.QueueMessage:
    message = QueueMessage(content=body)
    message.id, message.pop_receipt, message.dequeue_count = "message-1", "receipt", 2
    message.inserted_on, message.expires_on = INSERTED_AT, INSERTED_AT + timedelta(days=7)
    message.next_visible_on = INSERTED_AT + timedelta(minutes=10)
    decoded: func.QueueMessage = decode("queueTrigger", make_queue_value(message, body.encode()), func.QueueMessage)
    return decoded


def test_a_function_sees_body_and_metadata() -> None:
    message = receive('{"guid": "g"}')
    assert (message.get_json(), message.id, message.dequeue_count) == ({"guid": "g"}, "message-1", 2)
    assert (message.insertion_time, message.pop_receipt) == (INSERTED_AT, "receipt")


def test_an_id_in_the_body_replaces_the_messages_id_whatever_its_case() -> None:
    assert receive('{"id": "from the body"}').id == "from the body"
    assert receive('{"ID": 5}').id == "5"


@pytest.mark.parametrize("body", ['{"id": null}', '{"id": ["a"]}', "[1]", "no JSON", '"id"'])
def test_nulls_arrays_and_other_bodies_leave_the_metadata_alone(body: str) -> None:
    assert receive(body).id == "message-1"


@pytest.mark.parametrize("name", ["dequeueCount", "InsertionTime", "expirationtime", "nextVisibleTime"])
@pytest.mark.parametrize("value", ["soon", "2026-11-29T10:00:00Z", True])
def test_a_body_that_breaks_the_metadata_fails(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"trigger metadata|Unrecognized|does not match|time data"):
        receive(json.dumps({name: value}))


def test_a_number_replaces_the_real_dequeue_count() -> None:
    assert receive('{"dequeuecount": 77}').dequeue_count == 77


def test_a_time_in_the_body_is_written_as_dot_net_does() -> None:
    assert receive('{"id": "2026-11-29T10:00:00Z"}').id == "11/29/2026 10:00:00"


@pytest.mark.parametrize("text", ["2026-13-45T00:00:00", "2026-02-30T10:00:00Z", "2026-01-01T25:61:00"])
def test_a_date_that_is_none_is_a_text(text: str) -> None:
    assert receive(json.dumps({"id": text})).id == text


@pytest.mark.parametrize("body", ["[" * 20_000, '{"id":' * 5_000 + "1" + "}" * 5_000])
def test_what_is_nested_too_deeply_leaves_the_metadata_alone(body: str) -> None:
    assert receive(body).id == "message-1"


def test_only_base64_can_be_read_unless_host_json_says_otherwise() -> None:
    assert decode_body(base64.b64encode(b"hello").decode(), "base64") == b"hello"
    assert decode_body("{}", "none") == b"{}"
    with pytest.raises(UndecodableMessageError, match="TextBase64EncodePolicy"):
        decode_body('{"plain": "text"}', "base64")


def test_blanks_in_base64_and_an_empty_message_are_accepted() -> None:
    assert decode_body("aGVs\n bG8=", "base64") == b"hello"
    assert decode_body("", "base64") == b""


def test_what_is_not_utf_8_cannot_be_bound_as_text_but_as_binary() -> None:
    message = QueueMessage(content="/w==")
    with pytest.raises(UnbindableMessageError, match=r"Unable to translate bytes \[FF\] at index 0"):
        make_queue_value(message, b"\xff")
    assert make_queue_value(message, b"\xff", is_binary=True).data.value == b"\xff"

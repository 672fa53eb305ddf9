"""What a queue function gets, and the trap that a JSON body sets for its own metadata."""

import base64
import json
from datetime import UTC, datetime, timedelta

import azure.functions as func
import pytest
from azure.storage.queue import QueueMessage

from local.host.bindings import decode
from local.host.queue_payload import MetadataOverwrittenError, UndecodableMessageError, decode_body, make_queue_value

INSERTED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def receive(body: str) -> func.QueueMessage:
    message = QueueMessage(content=body)
    message.id, message.pop_receipt, message.dequeue_count = "message-1", "receipt", 2
    message.inserted_on, message.expires_on = INSERTED_AT, INSERTED_AT + timedelta(days=7)
    message.next_visible_on = INSERTED_AT + timedelta(minutes=10)
    decoded: func.QueueMessage = decode("queueTrigger", make_queue_value(message, body), func.QueueMessage)
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
def test_a_body_that_breaks_the_metadata_fails(name: str) -> None:
    with pytest.raises(MetadataOverwrittenError, match=name):
        receive(json.dumps({name: "3"}))


def test_only_base64_can_be_read_unless_host_json_says_otherwise() -> None:
    assert decode_body(base64.b64encode(b"hello").decode(), "base64") == "hello"
    assert decode_body("{}", "none") == "{}"
    with pytest.raises(UndecodableMessageError, match="TextBase64EncodePolicy"):
        decode_body('{"plain": "text"}', "base64")

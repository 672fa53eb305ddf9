"""A body that the host dropped on the way: taken as a hint that something was processed, or refused with the reason."""

import pytest

from sync_core.errors import TransientError
from sync_core.jobs.message import LookMessage
from tests.unit.sync_core.lineage.webhook.webhook_bench import JSON, Receiver, event, said, sign_hex

CHUNKED = {"Transfer-Encoding": "chunked"}
LOST = {
    "chunked": {**JSON, **CHUNKED},
    "chunked, in another spelling": {**JSON, "transfer-encoding": "gzip, Chunked"},
    "no length": JSON,
    "no header at all": {},
    "a length, but nothing came": {**JSON, "Content-Length": "52"},
    "chunked, and a length of none": {**JSON, **CHUNKED, "Content-Length": "0"},
    "another kind of JSON": {"Content-Type": "application/cloudevents+json; charset=utf-8", **CHUNKED},
}


@pytest.mark.parametrize("headers", LOST.values(), ids=LOST)
def test_a_body_that_did_not_arrive_is_taken_and_asks_for_a_look(headers: dict[str, str]) -> None:
    receiver = Receiver()

    answer = receiver.post_raw(b"", headers)

    assert (answer.status, said(answer)) == (202, {"status": "accepted", "deliveryId": "no-body-0"})
    (delivery,) = receiver.deliveries.kept.values()
    assert delivery.names_nothing
    assert not delivery.is_named
    assert receiver.trouble.noted == [False]
    assert receiver.queue.sent == [LookMessage(kind="look", send=1)]


def test_such_deliveries_are_no_duplicates_of_each_other() -> None:
    receiver = Receiver()

    answers = [said(receiver.post_raw(b"", LOST["chunked"])) for _ in range(3)]

    assert [answer["status"] for answer in answers] == ["accepted"] * 3
    assert len(receiver.deliveries.kept) == 3


def test_a_chunked_body_that_arrives_is_read_as_any_other() -> None:
    receiver = Receiver()

    assert said(receiver.post_raw(event(eventId="evt_1"), LOST["chunked"]))["deliveryId"] == "evt_1"

    assert receiver.trouble.noted == []


def test_a_sender_that_says_that_it_sends_nothing_is_told_what_is_missing() -> None:
    receiver = Receiver()

    assert receiver.post_raw(b"", {**JSON, "Content-Length": "0"}).status == 400

    assert receiver.is_untouched


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
@pytest.mark.parametrize(("secrets", "status"), [([], 202), (["a secret"], 401)])
def test_of_what_type_a_lost_body_was_does_not_matter(content_type: str, secrets: list[str], status: int) -> None:
    receiver = Receiver(secrets)

    assert receiver.post_raw(b"", {"Content-Type": content_type, **CHUNKED}).status == status

    assert receiver.trouble.noted == [bool(secrets)]


def test_a_body_of_another_type_is_refused_also_where_it_arrives_in_chunks() -> None:
    receiver = Receiver()

    assert receiver.post_raw(event(), {"Content-Type": "text/plain", **CHUNKED}).status == 415

    assert receiver.is_untouched


@pytest.mark.parametrize("signature", [{}, sign_hex("a secret", b""), sign_hex("a secret", event())])
def test_with_secrets_it_is_refused_with_the_reason(signature: dict[str, str]) -> None:
    receiver = Receiver(["a secret"])

    answer = receiver.post_raw(b"", {**LOST["chunked"], **signature})

    assert answer.status == 401
    assert "Transfer-Encoding: chunked. Expected a Content-Length" in said(answer)["detail"]
    assert receiver.is_untouched
    assert receiver.trouble.noted == [True]


def test_while_storage_is_away_the_sender_must_come_again() -> None:
    receiver = Receiver()
    receiver.deliveries.failure = TransientError("away", service="storage")

    assert receiver.post_raw(b"", LOST["chunked"]).status == 503

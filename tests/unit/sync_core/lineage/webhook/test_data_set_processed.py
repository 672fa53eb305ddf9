"""What the webhook answers, and what it keeps and enqueues."""

from datetime import timedelta

import pytest

from sync_core.errors import ConfigError, StateError, SyncError, TransientError
from sync_core.jobs.message import DataSetMessage
from tests.unit.sync_core.lineage.webhook.webhook_bench import (
    DATA_SET_ID,
    JSON,
    OTHER_ID,
    Receiver,
    event,
    refused_field,
    said,
)


def test_a_delivery_is_kept_and_enqueued_and_then_accepted() -> None:
    receiver = Receiver()

    answer = receiver.send(eventId="evt_1", event="data_set.processed", processedAt="2026-03-04T05:06:07Z")

    (delivery,) = receiver.deliveries.kept.values()
    assert (answer.status, answer.media_type) == (202, "application/json")
    assert said(answer) == {"status": "accepted", "deliveryId": "evt_1"}
    assert (delivery.delivery_id, delivery.data_set_id, delivery.is_named) == ("evt_1", DATA_SET_ID, True)
    assert receiver.queue.sent == [DataSetMessage(data_set_id=DATA_SET_ID, send=1)]


@pytest.mark.parametrize("spelling", ["dataSetId", "data_set_id", "DataSetId"])
@pytest.mark.parametrize("data_set_id", [DATA_SET_ID, DATA_SET_ID.upper(), DATA_SET_ID.replace("ec", "eC")])
def test_the_data_set_is_recognised_in_each_spelling_and_case(spelling: str, data_set_id: str) -> None:
    receiver = Receiver()

    assert receiver.send(**{spelling: data_set_id}).status == 202

    assert [key for message in receiver.queue.sent for key in message.sends] == [DATA_SET_ID]


@pytest.mark.parametrize("empty", ["dataSetId", "data_set_id"])
def test_a_spelling_that_is_null_does_not_hide_another_one(empty: str) -> None:
    assert Receiver().send(**{empty: None, "DataSetId": DATA_SET_ID}).status == 202


def test_unknown_members_are_ignored() -> None:
    assert Receiver().send(organization="acme", nested={"a": [1, None]}).status == 202


def test_members_that_may_be_left_out_may_be_null() -> None:
    assert Receiver().send(event=None, eventId=None, processedAt=None).status == 202


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", "application/x+json"])
def test_json_is_known_by_its_media_type(content_type: str) -> None:
    assert Receiver().post(event(), {"content-TYPE": content_type}).status == 202


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/jsonp"}])
def test_what_is_not_said_to_be_json_is_unsupported(headers: dict[str, str]) -> None:
    receiver = Receiver()

    answer = receiver.post(event(), headers)

    assert (answer.status, answer.media_type, said(answer)["status"]) == (415, "application/problem+json", 415)
    assert receiver.is_untouched


def test_64_kib_are_taken_and_one_byte_more_is_too_large() -> None:
    receiver = Receiver()
    largest = event().ljust(64 * 1024)

    too_large = receiver.post(largest + b" ")

    assert (too_large.status, too_large.media_type) == (413, "application/problem+json")
    assert receiver.is_untouched
    assert receiver.post(largest).status == 202


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"dataSetId": None}, "dataSetId"),
        ({"dataSetId": 7}, "dataSetId"),
        ({"dataSetId": ""}, "dataSetId"),
        ({"dataSetId": "not a guid"}, "dataSetId"),
        ({"dataSetId": [DATA_SET_ID]}, "dataSetId"),
        ({"data_set_id": 7}, "data_set_id"),
        ({"dataSetId": "\u0660" * 32}, "dataSetId"),
        ({"dataSetId": DATA_SET_ID + "0"}, "dataSetId"),
        ({"dataSetId": "9_5268ec-8908-44e2-8d0c-d83fe50937d"}, "dataSetId"),
    ],
)
def test_a_data_set_id_that_is_none_is_named(members: dict[str, object], field: str) -> None:
    receiver = Receiver()

    assert refused_field(receiver.send(**members)) == field
    assert receiver.is_untouched


@pytest.mark.parametrize(
    "members",
    [
        {"processedAt": 1732406400},
        {"processedAt": "yesterday"},
        {"processedAt": True},
        {"processedAt": {"epoch": 1}},
        {"event": {"type": "processed", "of": ["a data set"]}},
        {"event": 1},
        {"event": []},
        {"eventId": None},
        {"eventId": {"id": "1"}},
        {"eventId": True},
        {"eventId": ["a"]},
        {"eventId": " "},
    ],
)
def test_nothing_but_the_data_set_id_can_refuse_a_delivery(members: dict[str, object]) -> None:
    receiver = Receiver()

    assert receiver.send(**members).status == 202

    (delivery,) = receiver.deliveries.kept.values()
    assert (delivery.data_set_id, delivery.is_named) == (DATA_SET_ID, False)


@pytest.mark.parametrize(("written", "read"), [("5", "5"), ("5.0", "5.0"), ("1e3", "1e3"), ("9" * 5000, "9" * 200)])
def test_an_event_id_that_is_a_number_is_read_as_it_was_written(written: str, read: str) -> None:
    receiver = Receiver()
    body = f'{{"dataSetId": "{DATA_SET_ID}", "eventId": {written}}}'.encode()

    assert said(receiver.post(body)) == {"status": "accepted", "deliveryId": read}
    assert said(receiver.post(body))["status"] == "duplicate"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_byte_order_mark_and_the_encoding_do_not_matter(encoding: str) -> None:
    receiver = Receiver()
    assert receiver.post(event(event="数据").decode().encode(encoding)).status == 202
    assert [key for message in receiver.queue.sent for key in message.sends] == [DATA_SET_ID]


@pytest.mark.parametrize(
    "written",
    [f" {DATA_SET_ID}\n", f"{{{DATA_SET_ID.upper()}}}", DATA_SET_ID.replace("-", "")],
    ids=["blanks", "braces", "no hyphens"],
)
def test_a_guid_is_known_in_each_of_its_forms(written: str) -> None:
    receiver = Receiver()
    receiver.send(dataSetId=written)
    assert [key for message in receiver.queue.sent for key in message.sends] == [DATA_SET_ID]


def test_a_spelling_that_holds_no_guid_does_not_hide_another_one() -> None:
    assert Receiver().send(dataSetId=7, data_set_id="", DataSetId=DATA_SET_ID).status == 202


def test_the_same_body_without_an_id_may_be_a_new_event_and_asks_again() -> None:
    receiver = Receiver()
    receiver.send()
    receiver.send()
    assert len(receiver.queue.sent) == 2


@pytest.mark.parametrize("body", [b"{}", b'{"datasetid": "925268ec-8908-44e2-8d0c-d83fe50937d0"}'])
def test_a_missing_data_set_is_named(body: bytes) -> None:
    answer = Receiver().post(body)

    assert refused_field(answer) == "dataSetId"
    assert "GUID" in said(answer)["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"text"', b"7", b"{", b'{"dataSetId": }', b"\xff\xfe{\x00"],
)
def test_a_body_that_is_no_object_is_named_as_such(body: bytes) -> None:
    assert refused_field(Receiver().post(body)) == "body"


@pytest.mark.parametrize("error", [TransientError("no answer"), ConfigError("refused"), StateError("odd")])
def test_while_the_tables_fail_the_sender_is_asked_to_send_again(error: SyncError) -> None:
    receiver = Receiver()
    receiver.deliveries.failure = error

    answer = receiver.send(eventId="evt_1")

    assert (answer.status, answer.media_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert not receiver.queue.sent


@pytest.mark.parametrize("error", [TransientError("no answer"), ConfigError("refused"), StateError("odd")])
def test_a_delivery_that_is_stored_is_accepted_though_no_message_can_be_sent(error: SyncError) -> None:
    receiver = Receiver()
    receiver.queue.failure = error

    answer = receiver.send(eventId="evt_1")

    assert (answer.status, said(answer)["status"]) == (202, "accepted")
    assert len(receiver.deliveries.kept) == 1


def test_an_event_that_comes_again_sends_no_message() -> None:
    receiver = Receiver()
    receiver.send(eventId="evt_1")

    answer = receiver.send(eventId="evt_1")

    assert said(answer)["status"] == "duplicate"
    assert len(receiver.queue.sent) == 1


def test_the_same_id_is_the_same_delivery_however_late_it_comes_again() -> None:
    receiver = Receiver()
    receiver.send(eventId="evt_1", processedAt="2026-03-04T05:06:07Z")
    receiver.now += timedelta(days=29)

    answer = receiver.send(eventId="evt_1")

    assert (answer.status, said(answer)) == (202, {"status": "duplicate", "deliveryId": "evt_1"})
    assert len(receiver.deliveries.kept) == 1


def test_the_senders_id_in_the_header_comes_before_the_one_in_the_body() -> None:
    receiver = Receiver()

    answer = receiver.send({"Webhook-ID": "msg_1"}, eventId="evt_1")

    assert said(answer)["deliveryId"] == "msg_1"
    assert said(receiver.send({"webhook-id": "msg_1"}, eventId="evt_2"))["status"] == "duplicate"


def test_without_an_id_the_same_body_within_the_hour_is_the_same_delivery() -> None:
    receiver = Receiver()
    first = said(receiver.send())

    assert said(receiver.send()) == {"status": "duplicate", "deliveryId": first["deliveryId"]}
    assert said(receiver.send(event="data_set.processed"))["status"] == "accepted"
    receiver.now += timedelta(hours=1)
    assert said(receiver.send())["status"] == "accepted"
    assert not any(delivery.is_named for delivery in receiver.deliveries.kept.values())


def test_an_id_that_was_used_for_another_data_set_hides_nothing() -> None:
    receiver = Receiver()
    receiver.send(eventId="evt_1")

    answer = receiver.send(eventId="evt_1", dataSetId=OTHER_ID)

    assert said(answer)["status"] == "accepted"
    assert [key for message in receiver.queue.sent for key in message.sends] == [DATA_SET_ID, OTHER_ID]


def test_the_same_id_for_the_same_data_set_in_another_case_is_a_duplicate() -> None:
    receiver = Receiver()
    receiver.send(eventId="evt_1")

    assert said(receiver.send(eventId="evt_1", dataSetId=DATA_SET_ID.upper()))["status"] == "duplicate"


def test_ids_that_differ_at_their_end_only_are_two_deliveries() -> None:
    receiver = Receiver()
    receiver.send(eventId="e" * 5000 + "1")

    answer = receiver.send(eventId="e" * 5000 + "2")

    assert said(answer)["status"] == "accepted"
    assert len(said(answer)["deliveryId"]) == 200


def test_headers_are_read_in_any_case() -> None:
    headers = {name.upper(): value for name, value in {**JSON, "webhook-id": "msg_1"}.items()}

    assert said(Receiver().post(event(), headers))["deliveryId"] == "msg_1"

"""Deliveries to a webhook that has secrets."""

import base64
from datetime import timedelta

import pytest

from sync_core.errors import TransientError
from tests.unit.sync_core.builders import NOW
from tests.unit.sync_core.lineage.webhook.webhook_bench import (
    JSON,
    OTHER_ID,
    Receiver,
    event,
    said,
    sign_hex,
    sign_standard,
)

TEXT = "a shared secret, as text"
BASE64 = "whsec_" + base64.b64encode(b"24 bytes of pure chance!").decode()
BODY = event(eventId="evt_1")


@pytest.mark.parametrize("secret", [BASE64, BASE64.removeprefix("whsec_")])
def test_a_delivery_signed_by_standard_webhooks_is_taken(secret: str) -> None:
    answer = Receiver([secret]).post(BODY, JSON | sign_standard(secret, BODY, "msg_7"))

    assert (answer.status, said(answer)["deliveryId"]) == (202, "msg_7")


@pytest.mark.parametrize("secret", [TEXT, BASE64])
def test_a_delivery_with_the_hex_hmac_of_its_body_is_taken(secret: str) -> None:
    assert Receiver([secret]).post(BODY, JSON | sign_hex(secret, BODY)).status == 202


def test_the_hex_signature_may_be_upper_case_and_say_its_method() -> None:
    (signature,) = sign_hex(TEXT, BODY).values()

    for shown in (signature.upper(), f"sha256={signature}", f" {signature} "):
        assert Receiver([TEXT]).post(BODY, JSON | {"x-cluedin-SIGNATURE": shown}).status == 202


def test_both_secrets_of_a_rotation_are_taken_in_both_schemes() -> None:
    old, new = BASE64, "whsec_" + base64.b64encode(b"the secret of next month").decode()

    for secret in (old, new):
        assert Receiver([old, new]).post(BODY, JSON | sign_standard(secret, BODY)).status == 202
        assert Receiver([old, new]).post(BODY, JSON | sign_hex(secret, BODY)).status == 202


def test_one_of_several_signatures_in_the_header_is_enough() -> None:
    other = sign_standard("whsec_" + base64.b64encode(b"someone else's").decode(), BODY)["webhook-signature"]
    headers = sign_standard(BASE64, BODY)
    headers["webhook-signature"] = f"{other} {headers['webhook-signature']}"

    assert Receiver([BASE64]).post(BODY, JSON | headers).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CluedIn-Signature": ""},
        {"X-CluedIn-Signature": "0" * 64},
        {"X-CluedIn-Signature": "é"},
        sign_hex("another secret", BODY),
        sign_hex(TEXT, BODY + b" "),
        sign_standard(BASE64, BODY, at=NOW - timedelta(hours=1)),
        sign_standard(BASE64, BODY, at=NOW + timedelta(hours=1)),
        sign_standard(BASE64, event(eventId="evt_2")),
        sign_standard(BASE64, BODY) | {"webhook-id": "msg_2"},
        sign_standard(BASE64, BODY) | {"webhook-timestamp": "1e400"},
        sign_standard(BASE64, BODY) | {"webhook-timestamp": "nan"},
        sign_standard(BASE64, BODY) | {"webhook-signature": "v1"},
        sign_standard(BASE64, BODY) | {"webhook-signature": "v1,%%%"},
        {name: value for name, value in sign_standard(BASE64, BODY).items() if name != "webhook-timestamp"},
    ],
)
def test_without_a_valid_recent_signature_nothing_is_taken(headers: dict[str, str]) -> None:
    receiver = Receiver([TEXT, BASE64])

    answer = receiver.post(BODY, JSON | headers)

    assert (answer.status, answer.media_type, said(answer)["title"]) == (
        401,
        "application/problem+json",
        "Unauthorized",
    )
    assert receiver.is_untouched


def test_a_body_that_is_no_text_is_refused_before_it_is_read() -> None:
    assert Receiver([BASE64]).post(b"\xff\xfe", JSON | sign_standard(BASE64, BODY)).status == 401


def test_dropping_the_id_header_of_a_signed_delivery_makes_no_new_one() -> None:
    receiver = Receiver([BASE64])
    receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7"))
    stripped = {name: value for name, value in sign_standard(BASE64, BODY, "msg_7").items() if name != "webhook-id"}

    assert receiver.post(BODY, JSON | stripped).status == 401
    assert len(receiver.deliveries.kept) == 1


def test_with_the_hex_scheme_the_id_in_the_signed_body_counts_and_not_the_header() -> None:
    receiver = Receiver([TEXT])

    answers = [receiver.post(BODY, JSON | sign_hex(TEXT, BODY) | {"webhook-id": name}) for name in ("a", "b")]

    assert [said(answer) for answer in answers] == [
        {"status": "accepted", "deliveryId": "evt_1"},
        {"status": "duplicate", "deliveryId": "evt_1"},
    ]


def test_an_id_with_a_forged_signature_beside_a_valid_hex_one_does_not_count() -> None:
    receiver = Receiver([TEXT])
    forged = {"webhook-id": "msg_of_tomorrow", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}

    answer = receiver.post(BODY, JSON | sign_hex(TEXT, BODY) | forged)

    assert said(answer) == {"status": "accepted", "deliveryId": "evt_1"}


def test_a_sender_that_repeats_with_a_new_signature_is_recognised_by_its_id() -> None:
    receiver = Receiver([BASE64])
    minutes_ago = NOW - timedelta(minutes=4)
    receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7", minutes_ago))

    answer = receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7"))

    assert said(answer) == {"status": "duplicate", "deliveryId": "msg_7"}


LONG_AGO = NOW - timedelta(hours=1)


def test_a_sender_that_repeats_with_its_first_time_hears_that_we_have_it() -> None:
    receiver = Receiver([BASE64])
    receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7"))

    answer = receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7", LONG_AGO))

    assert (answer.status, said(answer)) == (202, {"status": "duplicate", "deliveryId": "msg_7"})
    assert len(receiver.deliveries.kept) == 1
    assert len(receiver.queue.sent) == 1  # should that be lost, a tick sends another


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, sign_standard(BASE64, BODY, "msg_8", LONG_AGO)),
        (BODY, sign_standard(BASE64, BODY, "msg_8", LONG_AGO) | {"webhook-id": "msg_7"}),
        (BODY, sign_standard(BASE64, BODY, "msg_7", NOW + timedelta(hours=1))),
        (event(dataSetId=OTHER_ID), sign_standard(BASE64, event(dataSetId=OTHER_ID), "msg_7", LONG_AGO)),
        (b"[]", sign_standard(BASE64, b"[]", "msg_7", LONG_AGO)),
    ],
    ids=["another id", "a forged id", "of the future", "of another data set", "no event"],
)
def test_an_old_signature_brings_nothing_new(body: bytes, headers: dict[str, str]) -> None:
    receiver = Receiver([BASE64])
    receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7"))

    assert receiver.post(body, JSON | headers).status == 401

    assert (len(receiver.deliveries.kept), len(receiver.queue.sent)) == (1, 1)


def test_while_storage_is_away_a_repeated_delivery_is_to_be_sent_again() -> None:
    receiver = Receiver([BASE64])
    receiver.deliveries.failure = TransientError("away")

    assert receiver.post(BODY, JSON | sign_standard(BASE64, BODY, "msg_7", LONG_AGO)).status == 503


@pytest.mark.parametrize("other", ["v1", "v1,%%%", "v1a,x", "v2,AAAA,BBBB", ",", "é"])
def test_an_entry_that_cannot_be_read_does_not_spoil_the_valid_one(other: str) -> None:
    headers = sign_standard(BASE64, BODY)
    headers["webhook-signature"] = f"{other} {headers['webhook-signature']}"

    assert Receiver([BASE64]).post(BODY, JSON | headers).status == 202


def test_no_answer_shows_a_secret() -> None:
    receiver = Receiver([TEXT, BASE64])

    shown = receiver.post(BODY).body + receiver.post(b"[]", JSON | sign_hex(TEXT, b"[]")).body

    assert TEXT not in shown
    assert BASE64.removeprefix("whsec_") not in shown

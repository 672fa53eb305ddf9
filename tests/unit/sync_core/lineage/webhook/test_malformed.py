"""Whatever arrives: an answer that says what is wrong, nothing kept, and nothing of it in the log."""

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.sync_core.lineage.webhook.webhook_bench import (
    DATA_SET_ID,
    JSON,
    Receiver,
    refused_field,
    said,
    sign_hex,
)

SPELLINGS = ("dataSetId", "data_set_id", "DataSetId")
FIELDS = {"body", *SPELLINGS}
SECRET = "correct horse battery staple"
CANARY = "do-not-log-me"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
numbers = st.integers() | st.floats(allow_nan=False) | st.sampled_from([10**400, -(10**2000), 1e308])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
no_guids = values.filter(lambda value: not isinstance(value, str)) | st.text("0123456789abcdef-{}", max_size=40).filter(
    lambda value: len(value.replace("-", "").strip("{}")) != 32
)


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def refuse(body: bytes) -> str:
    """Let a body arrive that must be refused, signed so that nothing else can be the reason; return the named field."""
    receiver = Receiver([SECRET])
    answer = receiver.post(body, JSON | sign_hex(SECRET, body))
    assert receiver.is_untouched
    return refused_field(answer)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused(body: bytes) -> None:
    assert refuse(body) in FIELDS


@given(values)
@settings(max_examples=200)
def test_json_of_any_kind_without_a_data_set_is_refused(value: Any) -> None:
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if key not in SPELLINGS}
        assert refuse(dump(value)) == "dataSetId"
    else:
        assert refuse(dump(value)) == "body"


@given(no_guids, st.sampled_from(SPELLINGS))
@settings(max_examples=200)
def test_a_data_set_id_of_any_wrong_kind_is_named(value: Any, spelling: str) -> None:
    assert refuse(dump({spelling: value, "event": "data_set.processed"})) == spelling


@given(st.sampled_from(["event", "eventId", "processedAt"]), values)
def test_any_other_member_may_be_of_any_kind(name: str, value: Any) -> None:
    assert Receiver().post(dump({"dataSetId": DATA_SET_ID, name: value})).status == 202


@given(st.dictionaries(texts.filter(lambda name: name not in {*SPELLINGS, *FIELDS}), values, max_size=5))
def test_members_of_any_kind_that_are_not_ours_do_not_matter(others: dict[str, Any]) -> None:
    receiver = Receiver()

    answer = receiver.post(dump({"dataSetId": DATA_SET_ID, **others}))

    assert answer.status == 202
    assert len(receiver.queue.sent) == 1


@given(st.text(max_size=300).filter(bool))
def test_an_id_of_any_text_is_taken_and_recognised(name: str) -> None:
    receiver = Receiver()
    body = json.dumps({"dataSetId": DATA_SET_ID, "eventId": name}).encode()
    first = receiver.post(body)

    spelled = name.encode("utf-8", "backslashreplace").decode()  # half of a surrogate pair is no text
    if name.strip():
        assert said(first) == {"status": "accepted", "deliveryId": spelled[:200]}
    assert said(receiver.post(body))["status"] == "duplicate"


@given(st.text(max_size=100), st.text(max_size=100))
def test_headers_of_any_text_are_answered(name: str, signature: str) -> None:
    headers = JSON | {"webhook-id": name, "webhook-timestamp": name, "webhook-signature": signature}

    assert Receiver([SECRET]).send({**headers, "x-cluedin-signature": signature}).status == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[" * 30_000, "body"),
        (b'{"dataSetId":' * 4_000, "body"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "dataSetId"),
        (b'{"dataSetId": ' + b"9" * 4_000 + b"}", "dataSetId"),
        (b'{"dataSetId": ' + b"9" * 60_000 + b"}", "dataSetId"),
        (b'{"dataSetId": 1e999999}', "dataSetId"),
        (b'{"dataSetId": NaN}', "dataSetId"),
        (b'{"dataSetId": -Infinity}', "dataSetId"),
        (b'{"dataSetId": "%b\xff"}' % DATA_SET_ID.encode(), "dataSetId"),
        (b'{"dataSetId": "\xed\xa0\x80"}', "dataSetId"),
        (b'{"dataSetId": "\\ud800"}', "dataSetId"),
        (b'{"dataSetId": "%b"} {}' % DATA_SET_ID.encode(), "body"),
        (b"{'dataSetId': '%b'}" % DATA_SET_ID.encode(), "body"),
        (b'{"dataSetId": "%b",}' % DATA_SET_ID.encode(), "body"),
        (b'{"dataSetId": "%b", "dataSetId": 7}' % DATA_SET_ID.encode(), "dataSetId"),
        (b'{"dataSetId": "%b\\u0000"}' % DATA_SET_ID.encode(), "dataSetId"),
        (f'{{"dataSetId": "{DATA_SET_ID}"}}'.encode("utf-16")[:-1], "body"),
        (b"\x00" * 100, "body"),
    ],
)
def test_the_ways_in_which_json_goes_wrong_are_refused(body: bytes, field: str) -> None:
    assert refuse(body) == field


@given(values)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_of_a_body_is_logged(caplog: pytest.LogCaptureFixture, value: Any) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    receiver = Receiver([SECRET])
    for wrong in ({"dataSetId": CANARY}, {"dataSetId": DATA_SET_ID, "event": [CANARY]}, {CANARY: value}):
        body = dump({**wrong, "note": CANARY, "value": value})
        receiver.post(body, JSON | sign_hex(SECRET, body))
        receiver.post(body)
    body = dump({"dataSetId": DATA_SET_ID, "note": CANARY})
    assert receiver.post(body, JSON | sign_hex(SECRET, body)).status == 202

    assert CANARY not in caplog.text
    assert SECRET not in caplog.text

"""The messages on our queues: what the host would garble, and what is not ours."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.errors import RejectedError
from sync_core.jobs.job import JobKind
from sync_core.jobs.message import (
    MAX_ASSETS,
    MAX_MEMBER_BYTES,
    AssetMessage,
    DataSetMessage,
    Member,
    Message,
    asset_messages,
    is_outdated,
    message_of,
)
from tests.unit.sync_core.builders import make_job, make_record

ASSET = AssetMessage.of(make_record().key, run_id="run-1")
DATA_SET = DataSetMessage(data_set_id="925268ec-8908-44e2-8d0c-d83fe50937d0")
# The host copies these from a body's top level over the message's own metadata, ignoring case.
METADATA = {"id", "dequeuecount", "insertiontime", "expirationtime", "nextvisibletime", "popreceipt"}


@pytest.mark.parametrize("message", [ASSET, DATA_SET])
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert type(message).from_json(message.to_json().encode()) == message


@pytest.mark.parametrize("message", [ASSET, DATA_SET])
def test_no_property_is_called_like_the_queues_own_metadata(message: Message) -> None:
    assert not METADATA & {name.lower() for name in json.loads(message.to_json())}


def test_a_newer_apps_message_is_read_by_an_older_app() -> None:
    assert AssetMessage.from_json(json.dumps({**json.loads(ASSET.to_json()), "addedLater": 1}).encode()) == ASSET


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"assets": [{"key": "short"}]}, "assets.0.key"),
        ({"assets": [{"key": ASSET.assets[0].key, "send": -1}]}, "assets.0.send"),
        ({"assets": []}, "assets"),
        ({"assets": None}, "assets"),
        ({"kind": "data_set"}, "kind"),
        ({"runId": 7}, "runId"),
    ],
)
def test_a_message_that_is_not_ours_is_rejected_and_the_field_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(RejectedError, match=f"{field}: ") as caught:
        AssetMessage.from_json(json.dumps({**json.loads(ASSET.to_json()), **change}).encode())
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_message_at_all_is_rejected(body: bytes) -> None:
    with pytest.raises(RejectedError):
        AssetMessage.from_json(body)


@pytest.mark.parametrize(("send", "sends"), [(0, 9), (2, 2), (3, 1)])
def test_a_message_counts_until_a_newer_one_of_its_job_was_sent(send: int, sends: int) -> None:
    assert not is_outdated(send, sends)


def test_a_message_is_outdated_once_a_newer_one_was_sent() -> None:
    assert is_outdated(1, 2)


def test_a_jobs_message_names_it_and_says_the_how_manieth_it_is() -> None:
    asset = make_job(sends=3, run_id="run-1")
    assert message_of(asset) == AssetMessage(assets=[Member(key=asset.key, send=3)], run_id="run-1")
    data_set = make_job(DATA_SET.data_set_id, kind=JobKind.DATA_SET)
    assert message_of(data_set) == DATA_SET
    assert [dict(message_of(job).sends) for job in (asset, data_set)] == [{asset.key: 3}, {data_set.key: 0}]


def member(number: int, name: str = "Account.csv") -> Member:
    return Member(key=f"{number:032x}", send=1, job={"key": "x"}, job_etag="1", about={"name": name}, about_etag="2")


def test_assets_travel_in_as_few_messages_as_can_be_worked_off_together() -> None:
    assets = [member(number) for number in range(2 * MAX_ASSETS + 1)]

    messages = list(asset_messages(assets, "run-1"))

    assert [len(message.assets) for message in messages] == [MAX_ASSETS, MAX_ASSETS, 1]
    assert [one for message in messages for one in message.assets] == assets


@pytest.mark.parametrize("letter", ["a", "\N{GRINNING FACE}", '"', "\x07"])
def test_no_message_is_larger_than_the_queue_takes_however_long_names_are(letter: str) -> None:
    assets = [member(number, letter * 1500 * (number % 7)) for number in range(40)]

    messages = list(asset_messages(assets, "run-1"))

    assert max(len(message.to_json().encode()) for message in messages) < 48 * 1024
    assert [one.key for message in messages for one in message.assets] == [one.key for one in assets]


def test_an_asset_whose_names_are_too_long_to_travel_is_named_only() -> None:
    (message,) = asset_messages([member(1, "x" * MAX_MEMBER_BYTES)], "run-1")

    assert message.assets == [Member(key=member(1).key, send=1)]


def test_a_message_without_all_assets_but_one() -> None:
    message = AssetMessage(assets=[member(1), member(2)], run_id="run-1")
    assert message.only(member(2).key) == AssetMessage(assets=[member(2)], run_id="run-1")
    assert DATA_SET.only(DATA_SET.data_set_id) == DATA_SET


@given(st.binary() | st.text().map(str.encode))
def test_whatever_stands_on_the_queue_only_our_own_error_escapes(body: bytes) -> None:
    for kind in (AssetMessage, DataSetMessage):
        with pytest.raises(RejectedError):
            kind.from_json(body)

"""Messages that no worker can work off are kept as dead letters with their reason; they never raise."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync_core.assets.record import AssetStatus
from sync_core.errors import RejectedError
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.message import AssetMessage, DataSetMessage
from tests.kit.bench import Bench

KEY = "0" * 32
DATA_SET = "0b8b2d52-7f5f-4b1c-9d3e-111111111111"

MALFORMED = {
    "not JSON": b"hello",
    "empty": b"",
    "no object": b"[1, 2]",
    "null": b"null",
    "of another queue": DataSetMessage(data_set_id=DATA_SET).to_json().encode(),
    "of another app": b'{"orderId": 7}',
    "without a key": b'{"kind": "asset"}',
    "with a key that is none": b'{"kind": "asset", "assetKey": "../../etc/passwd"}',
    "with a key of another type": b'{"kind": "asset", "assetKey": 7}',
    "binary": bytes(range(256)),
    "UTF-16": "mémoire".encode("utf-16"),
    "huge": b'{"kind": "asset", "assetKey": "' + b"0" * 60_000 + b'"}',
    "deeply nested": b"[" * 20_000 + b"]" * 20_000,
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
almost_right = st.fixed_dictionaries(
    {}, optional={"kind": st.just("asset") | anything, "assetKey": st.just(KEY) | anything, "runId": anything}
)


def dead_letters(bench: Bench) -> list[DeadLetter]:
    return list(bench.app.dead_letters.all())


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_message_is_dropped_and_kept_with_its_reason(bench: Bench, body: bytes) -> None:
    bench.app.create_data_source_group.handle(body)

    (dead_letter,) = dead_letters(bench)
    assert (dead_letter.queue, dead_letter.cause_class) == ("asset-sync", "unreadable")
    assert "The message is no AssetMessage of this app" in dead_letter.cause
    assert dead_letter.payload == body.decode("utf-8", "replace")[:4000]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300)
    | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
    | (anything | almost_right).map(lambda value: json.dumps(value).encode())
)
def test_whatever_comes_is_kept_and_never_raises(bench: Bench, body: bytes) -> None:
    for dead_letter in dead_letters(bench):
        bench.app.asset_jobs.drop(dead_letter.id)

    bench.app.create_data_source_group.handle(body)

    # What is a message all the same names an asset that has no job: there is nothing to do.
    assert [dead_letter.cause_class for dead_letter in dead_letters(bench)] == (
        [] if is_message(body) else ["unreadable"]
    )


def test_the_same_bad_message_again_is_the_same_letter(bench: Bench) -> None:
    for _ in range(3):
        bench.app.create_data_source_group.handle(b"hello")

    (dead_letter,) = dead_letters(bench)
    assert dead_letter.attempts == 3
    assert dead_letter.first_seen_at < dead_letter.last_seen_at


def test_a_message_for_an_asset_that_is_not_recorded_is_dropped(bench: Bench) -> None:
    bench.app.create_data_source_group.handle(message(KEY))

    assert dead_letters(bench) == []
    assert bench.groups() == []


def test_unknown_properties_of_a_newer_app_are_ignored(bench: Bench) -> None:
    key = bench.add_asset()
    body: dict[str, Any] = {**json.loads(message(key)), "priority": 1}

    bench.app.create_data_source_group.handle(json.dumps(body).encode())

    assert bench.record(key).status is AssetStatus.SYNCED


def is_message(body: bytes) -> bool:
    try:
        AssetMessage.from_json(body)
    except RejectedError:
        return False
    return True


def message(key: str) -> bytes:
    return AssetMessage.of(key, run_id="run-1").to_json().encode()

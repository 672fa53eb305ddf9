"""JSON is decoded to a value or to a ValueError, and no garbage is collected meanwhile."""

import gc
from collections.abc import Iterator

import pytest

from sync_core.json_decoding import TooDeepError, decode, decode_or_none

DEEP = '{"data":' * 50_000


@pytest.fixture
def collections() -> Iterator[list[str]]:
    """The collections that begin, of which each few new objects make one."""
    begun = list[str]()

    def note(phase: str, _info: object) -> None:
        begun.append(phase)

    before = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(10, 10, 10)
    yield begun
    gc.set_threshold(*before)
    gc.callbacks.remove(note)


@pytest.mark.parametrize("text", ['{"a": [1, "ö"]}', '{"a": [1, "ö"]}'.encode()])
def test_json_is_decoded(text: str | bytes) -> None:
    assert decode(text) == decode_or_none(text) == {"a": [1, "ö"]}


@pytest.mark.parametrize("text", ["", "{", "<html>", b"\xff\xfe\x00", "9" * 5_000, DEEP, "[" * 100_000])
def test_what_is_no_json_is_none_and_an_error_of_values(text: str | bytes) -> None:
    assert decode_or_none(text) is None
    with pytest.raises(ValueError, match=r"."):
        decode(text)


def test_json_that_is_nested_too_deeply_says_so() -> None:
    with pytest.raises(TooDeepError, match="nested too deeply"):
        decode(DEEP)


@pytest.mark.parametrize("text", ["[" + "{}," * 5_000 + "{}]", DEEP])
def test_no_garbage_is_collected_meanwhile(collections: list[str], text: str) -> None:
    collections.clear()
    decode_or_none(text)
    assert len(collections) < 10  # those of the test's own few objects
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        decode("{}")
        assert not gc.isenabled()
    finally:
        gc.enable()

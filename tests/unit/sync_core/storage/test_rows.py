"""What a model becomes in a table, and that it comes back as it was."""

from datetime import UTC, datetime
from typing import Any

import pytest
from azure.data.tables import EdmType, EntityProperty
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from sync_core.assets.record import AssetRecord
from sync_core.errors import StateError
from sync_core.storage.rows import changes, from_row, read_each, readable, to_row, whole_row
from sync_core.storage.unreadable import Unreadable
from tests.unit.sync_core.builders import make_record


class Part(BaseModel):
    name: str


class Everything(BaseModel):
    """One field of each kind that a model of ours may have."""

    text: str = ""
    number: int = 0
    share: float = 0.0
    is_on: bool = False
    at: datetime | None = None
    names: list[str] = Field(default_factory=list)
    pair: tuple[str, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)
    windows: list[list[int]] = Field(default_factory=list)
    maybe_names: list[str] | None = None
    part: Part | None = None


TEXTS = st.one_of(
    st.text(),
    st.sampled_from(["", "O'Brien", 'say "hi"', "数据/資產", "عربي", "👩‍🔬", "a;b|c\\d", "null", "[]", "{}"]),
    st.sampled_from(["x" * 14_999, "x" * 15_000, "x" * 15_001, "é" * 30_000, "👩" * 40_000]),
)
INT64 = st.integers(-(2**63), 2**63 - 1)
EVERYTHING = st.builds(
    Everything,
    text=TEXTS,
    number=INT64,
    share=st.floats(allow_nan=False, allow_infinity=False),
    is_on=st.booleans(),
    at=st.none() | st.datetimes(datetime(1000, 1, 1), datetime(8999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    names=st.lists(TEXTS, max_size=3),
    pair=st.lists(TEXTS, max_size=2).map(tuple),
    counts=st.dictionaries(TEXTS, INT64, max_size=3),
    windows=st.lists(st.lists(INT64, min_size=2, max_size=2), max_size=2),
    maybe_names=st.none() | st.lists(TEXTS, max_size=2),
    part=st.none() | st.builds(Part, name=TEXTS),
)


@given(EVERYTHING)
def test_a_model_comes_back_from_its_row_as_it_was(model: Everything) -> None:
    assert from_row(Everything, to_row("p", "r", model)) == model


def test_a_record_comes_back_with_its_keys_beside_it() -> None:
    record = make_record("Konto 'Ä'.csv", synced_requests={"cluedin": 3}, attempts=2)
    row = to_row("assets", f"record:{record.key}", record)
    assert (row["PartitionKey"], row["RowKey"]) == ("assets", f"record:{record.key}")
    assert from_row(AssetRecord, row) == record


def test_an_empty_field_takes_no_column() -> None:
    assert "at" not in to_row("p", "r", Everything())


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 1_772_600_767_890])
def test_a_number_beyond_32_bits_is_marked_as_a_64_bit_one(number: int) -> None:
    assert to_row("p", "r", Everything(number=number))["number"] == EntityProperty(number, EdmType.INT64)


@pytest.mark.parametrize("number", [2**31 - 1, -(2**31), 0])
def test_a_number_of_32_bits_is_a_plain_one(number: int) -> None:
    assert to_row("p", "r", Everything(number=number))["number"] == number


@pytest.mark.parametrize(
    "damage",
    [
        {"names": "[1, 2"},
        {"names": 7},
        {"counts": '["not", "a", "map"]'},
        {"at": "the day before yesterday"},
        {"number": "many"},
    ],
)
def test_a_row_that_says_something_else_is_a_state_error_that_names_it(damage: dict[str, Any]) -> None:
    row = {**to_row("p", "row-7", Everything()), **damage}
    with pytest.raises(StateError, match="row-7"):
        from_row(Everything, row)


def test_columns_of_a_later_version_of_the_app_are_left_alone() -> None:
    assert from_row(Everything, {**to_row("p", "r", Everything(text="here")), "added_later": "x"}).text == "here"


def merged(row: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """What a merge makes of a row in the table service."""
    return {**row, **change}


@given(before=EVERYTHING, after=EVERYTHING)
def test_a_merge_of_what_changed_makes_one_row_the_other_and_keeps_what_it_does_not_know(
    before: Everything, after: Everything
) -> None:
    row = {**to_row("p", "r", before), "added_later": "x"}
    change = changes(to_row("p", "r", before), to_row("p", "r", after))
    assert from_row(Everything, merged(row, change)) == after
    assert "added_later" not in change


@given(before=EVERYTHING, after=EVERYTHING)
def test_a_whole_row_says_the_same_over_whatever_stood_there(before: Everything, after: Everything) -> None:
    damaged = dict.fromkeys(to_row("p", "r", before), "of a newer app")
    for row in (to_row("p", "r", before), damaged):
        assert from_row(Everything, merged(row, whole_row("p", "r", after))) == after


def test_what_did_not_change_does_not_travel() -> None:
    before, after = (to_row("p", "r", Everything(text=text, names=["a"])) for text in ("one", "two"))
    assert changes(before, after) == {"PartitionKey": "p", "RowKey": "r", "text": "two"}


def test_one_row_that_cannot_be_read_hides_no_other() -> None:
    good, bad = to_row("p", "good", Everything()), {**to_row("p", "bad", Everything()), "number": "many"}
    first, second = read_each(Everything, [bad, good])
    assert isinstance(first, Unreadable)
    assert (first.key, "Row bad is no Everything" in first.reason) == ("bad", True)
    assert second == Everything()
    assert list(readable(Everything, [bad, good])) == [Everything()]


def test_json_that_is_nested_without_end_is_unreadable_like_any_other_damage() -> None:
    row = {**to_row("p", "deep", Everything()), "names": "[" * 30_000}
    with pytest.raises(StateError, match="deep"):
        from_row(Everything, row)


@pytest.mark.parametrize("length", [0, 14_999, 15_000, 15_001, 30_000, 70_000])
def test_a_text_of_any_length_goes_on_in_columns_that_each_have_room(length: int) -> None:
    everything = Everything(text="👩" * length, names=["long" * length])

    row = to_row("partition", "row", everything)

    assert from_row(Everything, row) == everything
    assert all(len(str(value).encode("utf-16-le")) // 2 <= 32_000 for value in row.values())

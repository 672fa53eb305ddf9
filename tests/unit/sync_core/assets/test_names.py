"""What things are called in CluedIn: always the same, never too long, and found again by a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.assets.names import (
    LONGEST_NAME,
    full_group_name,
    plain_group_name,
    search_text,
    shorten,
    source_name,
)
from sync_core.assets.record import AssetRecord
from tests.unit.sync_core.builders import make_record

PATTERN_CHARACTERS = set("%_[]^\\'\"")
NAMES = st.one_of(
    st.text(min_size=1, max_size=400),
    st.text("👩‍🔬é", min_size=1, max_size=400),
    st.text("ab%_'[ ", min_size=1, max_size=150),
    st.builds(lambda head, tail: head * 90 + tail, st.text(min_size=1, max_size=4), st.text(max_size=3)),
)


def named(name: str, qualified_name: str = "https://lake.example/raw/x") -> AssetRecord:
    return make_record(name=name).model_copy(update={"qualified_name": qualified_name})


@pytest.mark.parametrize(
    "name",
    [
        "Account.csv",
        "数据/資產 (生产)",
        "حساب العملاء",
        "👩‍🔬 lab results",
        'O\'Brien "quoted"',
        "mssql://server/db/dbo/Orders#column",
        "x" * LONGEST_NAME,
        "👩" * LONGEST_NAME,
    ],
)
def test_a_name_that_fits_is_left_as_it_is(name: str) -> None:
    assert shorten(name) == name
    assert plain_group_name(named(name)) == name
    assert source_name(named("x", name)) == name


def test_a_group_is_called_like_its_asset_and_a_source_like_its_qualified_name() -> None:
    record = named("Account.csv", "https://lake.example/raw/Account.csv")
    assert plain_group_name(record) == "Account.csv"
    assert full_group_name(record) == "Account.csv : https://lake.example/raw/Account.csv"
    assert source_name(record) == "https://lake.example/raw/Account.csv"


def test_a_long_name_keeps_a_readable_head_and_ends_with_a_hash() -> None:
    name = "https://lake.example/" + "folder/" * 40 + "Account.csv"
    short = shorten(name)
    head, _, digest = short.rpartition("~")
    assert len(short) == LONGEST_NAME
    assert name.startswith(head)
    assert len(head) > 150
    assert len(digest) == 16


def test_long_names_that_differ_only_at_their_end_stay_different() -> None:
    names = {"folder/" * 60 + f"{number}.csv" for number in range(1000)}
    assert len({shorten(name) for name in names}) == 1000


def test_a_long_name_is_always_shortened_to_the_same() -> None:
    assert shorten("x" * 500) == "x" * 183 + "~c38c2bf3055c516a"
    assert shorten("x" * 500) == shorten("x" * 500)


@given(NAMES)
def test_no_name_is_longer_than_200_characters_and_none_is_shorter_than_it_must_be(name: str) -> None:
    short = shorten(name)
    assert len(short) == min(len(name), LONGEST_NAME)


@given(NAMES)
def test_shortening_a_short_name_changes_nothing(name: str) -> None:
    assert shorten(shorten(name)) == shorten(name)


@given(NAMES, NAMES)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (shorten(one) == shorten(other)) == (one == other)


@given(NAMES, NAMES)
def test_a_search_for_a_name_finds_both_names_that_its_group_may_have(name: str, qualified_name: str) -> None:
    record = named(name, qualified_name)
    wanted = search_text(name)
    assert wanted in plain_group_name(record)
    assert wanted in full_group_name(record)
    assert wanted in full_group_name(named(name, qualified_name * 40))


@given(NAMES)
def test_a_search_text_holds_nothing_that_could_be_taken_for_a_pattern(name: str) -> None:
    wanted = search_text(name)
    assert not PATTERN_CHARACTERS & set(wanted)
    assert wanted == wanted.strip()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Account.csv", "Account.csv"),
        ("100% of sales_2024", "of sales"),
        ("O'Brien", "Brien"),
        ("%_[]", ""),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_search_uses_the_longest_plain_part_of_a_name(name: str, expected: str) -> None:
    assert search_text(name) == expected

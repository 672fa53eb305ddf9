from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cluedin.behaviour.names import NameSearch, equal_names, fit_name
from local.cluedin.behaviour.vocabularies import to_key_name
from local.cluedin.switches import CluedInSwitches

LIKE = CluedInSwitches(search_wildcards="like")


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("a%c", "xabbcx", True),
        ("a_c", "abc", True),
        ("a_c", "ac", False),
        ("[ab]1", "b1", True),
        ("[a-c]1", "b1", True),
        ("[^a]1", "a1", False),
        ("[%]", "100%", True),
        ("[%]", "100", False),
        ("100[", "100[", False),
        ("a.c", "abc", False),
        ("[\\]x", "\\x", True),
    ],
)
def test_like_reads_wildcards_as_sql_server_does(text: str, name: str, found: bool) -> None:  # noqa: FBT001
    assert NameSearch(text, LIKE).finds(name) is found


@given(st.text(), st.text(), st.text())
def test_a_literal_search_finds_the_text_wherever_it_stands(before: str, text: str, after: str) -> None:
    assert NameSearch(text, CluedInSwitches(search_case="sensitive")).finds(before + text + after)


@given(st.text(alphabet="ab%_[]^-\\."))
def test_every_text_is_a_pattern(text: str) -> None:
    assert isinstance(NameSearch(text, LIKE).finds("abc"), bool)


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_cut_name_always_fits(name: str, limit: int) -> None:
    switches = CluedInSwitches(name_too_long="truncate", name_limit=limit)
    fitted = fit_name(name, switches)
    assert len(fitted.encode("utf-16-le", "surrogatepass")) <= 2 * limit
    assert name.startswith(fitted)


def test_names_are_equal_in_any_case_unless_case_counts() -> None:
    assert equal_names("Straße", "STRASSE", CluedInSwitches())
    assert not equal_names("a", "A", CluedInSwitches(search_case="sensitive"))


@pytest.mark.parametrize(
    ("column", "key"), [("E-Mail Address", "eMailAddress"), ("city", "city"), ("Id", "id"), ("%%", "field")]
)
def test_a_columns_key_has_letters_digits_and_underscores_only(column: str, key: str) -> None:
    assert to_key_name(column) == key

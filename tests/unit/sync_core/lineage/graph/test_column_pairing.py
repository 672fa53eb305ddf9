"""Which spellings of a column's name are the same, and which could be two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.lineage.graph.column_pairing import notes_on, pair_names

COMPOSED, DECOMPOSED = "Stra\u00dfe Caf\u00e9", "Stra\u00dfe Cafe\u0301"
names = st.lists(st.text(st.sampled_from("aAb \ufeff\u00a0e\u0301\u00e9"), min_size=1, max_size=4), max_size=6)


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("CustomerId", "CustomerId "),
        ("CustomerId", " CustomerId"),
        ("CustomerId", "CustomerId\t"),
        ("\ufeffCustomerId", "CustomerId"),
        ("CustomerId\u200b", "CustomerId"),
        ("Customer Id", "Customer\u00a0Id"),
        ("Customer  Id", "Customer Id"),
        ("Customer\r\nId", "Customer Id"),
        ("Customer\u00adId", "CustomerId"),
        ("Customer \u2060 Id", "Customer Id"),
        ("\u845b\U000e0100\u57ce", "\u845b\u57ce"),
        ("Customer\u3164Id", "CustomerId"),
        ("\u00a0Customer Id", "customer\u202fid"),
        (DECOMPOSED, COMPOSED),
        (COMPOSED.upper(), DECOMPOSED),
        ("CUSTOMERID", "CustomerId"),
        ("STRASSE", "Stra\u00dfe"),
        ("\u0130d", "i\u0307d"),
    ],
)
def test_look_alikes_are_one_column(field: str, column: str) -> None:
    assert pair_names([field], [column, "another"]).pairs == {field: column}
    assert pair_names([column, "another"], [field]).pairs == {column: field}


@pytest.mark.parametrize(("field", "column"), [("Customer Id", "CustomerId"), ("A_B", "A B"), ("Name1", "Name2")])
def test_what_differs_in_a_letter_is_another_column(field: str, column: str) -> None:
    assert pair_names([field], [column]).alone == (field,)


def test_what_is_equal_is_set_aside_before_look_alikes_are_looked_for() -> None:
    pairing = pair_names(["Id", "Id ", "ID"], ["id", "Id", "Id "])
    assert pairing.pairs == {"Id": "Id", "Id ": "Id ", "ID": "id"}


@pytest.mark.parametrize(
    ("fields", "columns", "ambiguous"),
    [
        (["id"], ["Id", "ID"], {"id": ("Id", "ID")}),
        (["Id", "ID"], ["id"], {"Id": ("id",), "ID": ("id",)}),
        (["Id"], ["Id ", " Id"], {"Id": ("Id ", " Id")}),
    ],
)
def test_where_it_is_not_clear_nothing_is_paired(
    fields: list[str], columns: list[str], ambiguous: dict[str, tuple[str, ...]]
) -> None:
    pairing = pair_names(fields, columns)
    assert (pairing.pairs, pairing.ambiguous) == ({}, ambiguous)


def test_a_column_that_purview_lists_twice_is_one() -> None:
    assert pair_names(["id"], ["Id", "Id"]).pairs == {"id": "Id"}


def test_each_field_without_a_counterpart_is_told() -> None:
    notes = notes_on(pair_names(["City", "id", "a\u200b", "Name"], ["Id", "ID", "Name "]), "column")
    assert notes == (
        "No column is called like 'City', 'a\\u200b'.",
        "It is not clear which column is meant by 'id' (could be 'Id' or 'ID').",
    )


def test_a_note_stays_short_however_many_columns_there_are() -> None:
    (note,) = notes_on(pair_names([f"{number}{'x' * 900}" for number in range(490)], ["a"]), "column")
    assert len(note) < 10_000
    assert note.endswith(" and 390 more.")


@given(names, names)
def test_each_name_is_paired_ambiguous_or_alone_and_no_counterpart_is_given_twice(
    fields: list[str], columns: list[str]
) -> None:
    pairing = pair_names(fields, columns)
    groups = [*pairing.pairs, *pairing.ambiguous, *pairing.alone]
    assert sorted(groups) == sorted(set(fields))
    assert len(set(pairing.pairs.values())) == len(pairing.pairs)
    assert set(pairing.pairs.values()) <= set(columns)
    assert {name for name in fields if name in columns} <= pairing.pairs.keys()

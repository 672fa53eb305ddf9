"""A record of a run stays small, whatever the run met."""

import pytest

from sync_core.runs.bounds import MOST_COUNTS, MOST_NOTES, bounded_counts, bounded_notes


@pytest.mark.parametrize("types", [1, MOST_COUNTS, 530, 5000])
def test_counts_of_any_number_of_types_are_few_and_none_is_lost(types: int) -> None:
    counts = {"new": 3, "queued": 0, **{f"left out: type {number}, a column": number + 1 for number in range(types)}}

    bounded = bounded_counts(counts)

    assert len(bounded) <= MOST_COUNTS + 1
    assert sum(bounded.values()) == sum(counts.values())
    assert (bounded["new"], bounded["queued"]) == (3, 0)
    assert bounded[f"left out: type {types - 1}, a column"] == types  # the largest one


def test_names_without_an_end_are_cut_and_those_that_are_alike_then_are_one() -> None:
    endless = "left out: " + "x" * 5000
    bounded = bounded_counts({f"{endless}1": 1, f"{endless}2": 2})
    assert list(bounded.values()) == [3]
    assert all(len(name) <= 120 for name in bounded)


def test_a_few_notes_stay_as_they_are() -> None:
    assert bounded_notes(["one", "two"]) == ["one", "two"]
    assert bounded_notes([]) == []


def test_of_many_notes_the_first_are_kept_and_the_others_counted() -> None:
    notes = bounded_notes([f"{number} " + "x" * 9999 for number in range(MOST_NOTES + 7)])
    assert (len(notes), notes[-1]) == (MOST_NOTES + 1, "There were 7 more notes.")
    assert max(map(len, notes)) == 500

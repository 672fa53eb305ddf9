"""A list that is read in pages while it changes: what was read is all of it, or it is known that it may not be."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_core.discovery.terms.assignments import Assignments
from sync_core.purview.wire import AssignedEntity

TERM = "term"
ROWS = st.lists(st.integers(0, 99), unique=True, max_size=30)
CAPS = st.integers(1, 7)
# Between two pages: at which place a row goes, or a new one comes.
EDITS = st.lists(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=2), max_size=12)


def page_of(rows: list[int], offset: int, cap: int) -> list[AssignedEntity]:
    return [AssignedEntity(f"g{row}", "t", f"name {row}", f"r{row}") for row in rows[offset : offset + cap]]


def edited(rows: list[int], edits: list[tuple[bool, int]], new: int) -> list[int]:
    rows = list(rows)
    for is_removal, place in edits:
        if is_removal and place < len(rows):
            del rows[place]
        elif not is_removal:
            rows.insert(place, new)
            new += 1
    return rows


@given(ROWS, st.integers(2, 7))
def test_a_list_that_stays_as_it_is_is_read_as_a_whole(rows: list[int], cap: int) -> None:
    seen = Assignments.of([TERM])
    while seen.add(TERM, page_of(rows, seen.terms[TERM].offset, cap)):
        pass

    assert seen.is_steady
    assert seen.entities.keys() == {f"g{row}" for row in rows}


@settings(max_examples=500)
@given(ROWS, CAPS, EDITS)
def test_what_was_there_all_the_time_is_seen_or_the_list_is_known_to_have_moved(
    rows: list[int], cap: int, edits: list[list[tuple[bool, int]]]
) -> None:
    seen, always = Assignments.of([TERM]), set(rows)
    while seen.add(TERM, page_of(rows, seen.terms[TERM].offset, cap)):
        rows = edited(rows, edits.pop() if edits else [], new=100 * (len(edits) + 1))
        always &= set(rows)

    assert not seen.is_steady or {f"g{row}" for row in always} <= seen.entities.keys()


@given(ROWS, CAPS, st.randoms(use_true_random=False))
def test_in_another_order_at_each_page_all_is_seen_or_it_is_known_that_it_is_not(
    rows: list[int], cap: int, chance: random.Random
) -> None:
    seen = Assignments.of([TERM])
    while seen.add(TERM, page_of(chance.sample(rows, len(rows)), seen.terms[TERM].offset, cap)):
        pass

    assert not seen.is_steady or seen.entities.keys() == {f"g{row}" for row in rows}

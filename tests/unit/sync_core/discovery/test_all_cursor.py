"""A sweep begins with the windows that the last one has read, and these hold all time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync_core.discovery.all_cursor import first_windows

READ = st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 9000)), max_size=50)


@given(READ)
def test_the_windows_of_a_sweep_hold_all_time_whatever_was_read(read: list[tuple[int, int]]) -> None:
    windows = list(reversed(first_windows(read, 5000)))

    assert windows[0][0] == 0
    assert windows[-1][1] is None
    assert all(one[1] == next_one[0] for one, next_one in pairwise(windows))


def test_windows_that_held_little_are_read_together() -> None:
    read = [(0, 0), (100, 3000), (200, 1500), (300, 4000), (400, 900), (500, 2000)]
    assert first_windows(read, 5000) == [(500, None), (300, 500), (0, 300)]


def test_a_first_sweep_begins_with_all_time() -> None:
    assert first_windows([], 5000) == [(0, None)]

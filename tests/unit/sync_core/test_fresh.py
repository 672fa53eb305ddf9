"""A value that is kept for some time, then fetched again."""

import pytest

from sync_core.errors import TransientError
from sync_core.single_flight import Fresh


def test_a_value_is_fetched_again_when_its_time_is_over() -> None:
    now, fetched = [0.0], iter(["first", "second"])
    fresh = Fresh(lambda: next(fetched), 300, lambda: now[0])
    assert [fresh.get(), fresh.get()] == ["first", "first"]
    now[0] = 299.9
    assert fresh.get() == "first"
    now[0] = 300
    assert fresh.get() == "second"


def test_a_failure_is_not_kept() -> None:
    failures = [TransientError("away")]

    def fetch() -> str:
        if failures:
            raise failures.pop()
        return "there"

    fresh = Fresh(fetch, 300)
    with pytest.raises(TransientError):
        fresh.get()
    assert fresh.get() == "there"

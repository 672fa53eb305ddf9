"""One app at work on the way back."""

import pytest

from tests.kit.lineage_bench import LineageBench, NewBench


@pytest.fixture
def bench(new_bench: NewBench) -> LineageBench:
    """One app at work."""
    return new_bench()

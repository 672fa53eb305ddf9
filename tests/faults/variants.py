"""How long the fault tests run: short in each test run, long in `make soak`."""

import os
from collections.abc import Iterator
from itertools import count

IS_LONG = os.environ.get("SYNC_SOAK") == "1"
SOAK_MINUTES = float(os.environ.get("SYNC_SOAK_MINUTES", "30"))
SHORT_STEP = 3


def call_numbers(first: int = 1) -> Iterator[int]:
    """Count the calls at which something happens: each one in a long run, every third in a short one."""
    return count(1) if IS_LONG else count(first, SHORT_STEP)

"""When a list has ended, or took too long: one whose pages never end must not keep a run from everything else."""

import time
from collections.abc import Callable

from sync_core.errors import TransientError
from sync_core.http.failures import Service

LONGEST_LIST_S = 60.0
FRUITLESS_PAGES = 3  # so many in a row without news: the list has ended, whatever next page it names


def in_time(service: Service, what: str, within_s: float) -> Callable[[], None]:
    """Return what is called before each page of a list; it raises `TransientError` once the list takes too long."""
    ends_at = time.monotonic() + within_s

    def check() -> None:
        if time.monotonic() >= ends_at:
            raise TransientError(f"{service.title}'s list of {what} did not end in time.", service=service.name)

    return check

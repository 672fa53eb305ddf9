"""Counts outgoing requests by service for the run in whose context they are made."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

_ledger: ContextVar[Counter[str] | None] = ContextVar("request_ledger", default=None)
_counting = Lock()  # adding one is a read and a write, and threads of one run share its ledger


@contextmanager
def request_ledger() -> Iterator[Counter[str]]:
    """Collect the requests made inside the block; threads must be started with a copy of the context to count.

    What an inner block collects counts for the outer one, too.
    """
    counts: Counter[str] = Counter()
    outer = _ledger.get()
    token = _ledger.set(counts)
    try:
        yield counts
    finally:
        _ledger.reset(token)
        if outer is not None:
            with _counting:
                outer.update(counts)


def record_request(service: str) -> None:
    """Count one request, each attempt for itself."""
    counts = _ledger.get()
    if counts is not None:
        with _counting:
            counts[service] += 1

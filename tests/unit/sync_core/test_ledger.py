"""Counting requests for the run in whose context they are made."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextvars import copy_context
from threading import Barrier, Thread

import pytest

from sync_core.ledger import record_request, request_ledger

THREADS, EACH = 8, 2000


@pytest.fixture
def _hasty_switching() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_requests_are_counted_by_service() -> None:
    with request_ledger() as counts:
        record_request("purview")
        record_request("cluedin")
        record_request("purview")
    assert counts == Counter(purview=2, cluedin=1)


def test_what_comes_after_a_run_does_not_count_for_it() -> None:
    with request_ledger() as counts:
        record_request("purview")
    record_request("purview")
    assert counts == Counter(purview=1)


def test_what_an_inner_block_collects_counts_for_the_outer_one_too() -> None:
    with request_ledger() as outer:
        with request_ledger() as inner:
            record_request("cluedin")
        record_request("purview")
    assert (outer, inner) == (Counter(purview=1, cluedin=1), Counter(cluedin=1))


def test_a_thread_without_the_context_does_not_count() -> None:
    with request_ledger() as counts:
        thread = Thread(target=record_request, args=("purview",))
        thread.start()
        thread.join()
    assert counts == Counter()


@pytest.mark.usefixtures("_hasty_switching")
def test_no_request_of_many_threads_at_once_is_lost() -> None:
    barrier = Barrier(THREADS)

    def work() -> None:
        barrier.wait()
        for _ in range(EACH):
            record_request("purview")

    with request_ledger() as counts:
        threads = [Thread(target=copy_context().run, args=(work,)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == Counter(purview=THREADS * EACH)

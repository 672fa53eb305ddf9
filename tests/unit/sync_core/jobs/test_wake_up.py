"""Messages that are sent behind the answer: nobody waits for them, and none of them stops another."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore
from typing import cast

import pytest

from sync_core.jobs.job import Job
from sync_core.jobs.wake_up import THREADS, SendSoon
from sync_core.lineage.data_set_jobs import new_job
from sync_core.storage.queues import WorkQueue
from tests.unit.sync_core.builders import NOW

QUEUE = cast("WorkQueue", None)


def job(number: int) -> Job:
    return new_job(f"data-set-{number}", NOW)


def test_who_has_a_message_sent_does_not_wait_for_it() -> None:
    may_end, sent = Event(), list[str]()

    def send(_: WorkQueue, one: Job) -> None:
        may_end.wait(10)
        sent.append(one.key)

    soon = SendSoon(send)
    soon(QUEUE, job(1))
    assert sent == []
    may_end.set()
    soon.finish()
    assert sent == ["data-set-1"]


def test_in_a_burst_nobody_waits_behind_others() -> None:
    may_end, under_way, sent = Event(), Semaphore(0), list[str]()

    def send(_: WorkQueue, one: Job) -> None:
        under_way.release()
        may_end.wait(30)
        sent.append(one.key)

    soon = SendSoon(send, patience_s=60)
    with ThreadPoolExecutor(THREADS + 1) as callers:
        first = [callers.submit(soon, QUEUE, job(number)) for number in range(THREADS)]
        try:
            for _ in first:
                assert under_way.acquire(timeout=10)
            callers.submit(soon, QUEUE, job(THREADS)).result(timeout=10)
            assert [one.done() for one in first] == [False] * THREADS
        finally:
            may_end.set()
    soon.finish()
    assert len(sent) == THREADS + 1


def test_what_is_too_much_is_left_to_the_next_tick(caplog: pytest.LogCaptureFixture) -> None:
    may_end, sent = Event(), list[str]()

    def send(_: WorkQueue, one: Job) -> None:
        may_end.wait(10)
        sent.append(one.key)

    soon = SendSoon(send, most_waiting=2)
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            soon(QUEUE, job(number))
    may_end.set()
    soon.finish()
    assert len(sent) == 2
    assert caplog.text.count("is left to the next tick: too many wait") == 3


def test_a_message_that_fails_for_a_bug_is_told_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    sent = list[str]()

    def send(_: WorkQueue, one: Job) -> None:
        sent.append(one.key)
        raise ValueError("a bug")

    soon = SendSoon(send)
    for number in range(9):
        soon(QUEUE, job(number))
    soon.finish()
    assert len(sent) == 9
    assert caplog.text.count("is left to the next tick") == 9

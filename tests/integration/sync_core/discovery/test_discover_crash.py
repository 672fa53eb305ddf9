"""A discovery that dies, comes twice, or whose messages are lost: nothing is lost for good, nothing is made twice."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.discover_assets import LEASE, DiscoverAssets
from sync_core.jobs import message
from sync_core.jobs.job import TAKEN_UP_WITHIN
from sync_core.jobs.wake_jobs import PATIENCE
from sync_core.runs.leases import Lease, Leases
from sync_core.runs.run import RunKind, RunOutcome
from sync_core.storage.queues import WorkQueue
from tests.kit.estate import Estate, NewEstate

if TYPE_CHECKING:
    from sync_core.discovery.selection import ReadSelection


class KilledError(BaseException):
    """The process ends here: nobody catches it."""


@dataclass
class DyingQueue:
    """Sends that many messages, then the process dies."""

    queue: WorkQueue
    lives_for: int

    def send(self, *message: Any) -> None:
        if self.lives_for == 0:
            raise KilledError
        self.lives_for -= 1
        self.queue.send(*message)


class BrokenSelection:
    """Has a bug."""

    asks_cluedin = False

    def read(self, _: object) -> None:
        raise ZeroDivisionError("a bug")


class FreeLease(Lease):
    """A lease that protects nothing."""

    def __init__(self) -> None:
        """Hold nothing."""

    def renew(self) -> None:
        """Do nothing."""

    def renew_if_older_than(self, age_s: float) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Do nothing."""


class NoLeases:
    """As if the lease had ended while its owner lives: everyone gets one."""

    def acquire(self, *_: object) -> Lease:
        return FreeLease()


def dying(estate: Estate, *, after_messages: int) -> DiscoverAssets:
    """Return a discovery that dies after that many messages."""
    app = estate.app
    queue = cast("WorkQueue", DyingQueue(app.asset_queue, after_messages))
    save = replace(app.save_assets, queue=queue)
    return replace(app.discover_assets, by_term=replace(app.discover_by_term, save=save))


def sleeping(estate: Estate, sleep: Callable[[float], None]) -> DiscoverAssets:
    """Return a discovery that waits for another one in its own way."""
    return replace(estate.app.discover_assets, runtime=replace(estate.app.runtime, sleep=sleep))


def impatient(estate: Estate) -> DiscoverAssets:
    """Return a discovery that looks more often whether another one is done."""
    return sleeping(estate, lambda _: time.sleep(0.05))


def at_once(*calls: Callable[[], None]) -> None:
    """Make the calls in as many threads."""
    barrier = threading.Barrier(len(calls))
    failures: list[BaseException] = []

    def run(call: Callable[[], None]) -> None:
        barrier.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("sent", [0, 1, 2])
def test_what_was_recorded_but_not_sent_is_sent_within_two_ticks(
    small_estate: Estate, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "MAX_ASSETS", 1)  # a message for each
    small_estate.act("tag", asset="Products", term=TERM)
    with pytest.raises(KilledError):
        dying(small_estate, after_messages=sent).run()
    assert len(small_estate.records()) == 3

    if sent:
        small_estate.work()
    small_estate.clock.advance(TAKEN_UP_WITHIN.total_seconds() + 1)
    assert small_estate.tick().counts["queued"] == 3 - sent

    small_estate.work()
    assert [name for name, _ in small_estate.groups()] == ["Customers", "Orders", "Products"]


def test_a_lost_message_is_sent_again_when_it_is_overdue(small_estate: Estate) -> None:
    small_estate.tick()
    small_estate.clear_queue()
    small_estate.clock.advance(TAKEN_UP_WITHIN.total_seconds() - 30)
    assert small_estate.tick().counts["queued"] == 0

    small_estate.clock.advance(31)

    assert small_estate.sync().counts["queued"] == 2
    assert {record.status for record in small_estate.records()} == {AssetStatus.SYNCED}


def test_a_message_that_is_only_late_makes_nothing_twice(small_estate: Estate) -> None:
    small_estate.tick()
    small_estate.clock.advance(TAKEN_UP_WITHIN.total_seconds() + 1)
    small_estate.tick()
    assert len(small_estate.messages()) == 1  # which names both; others may wait before it
    small_estate.clock.advance(PATIENCE.total_seconds())
    small_estate.tick()
    assert len(small_estate.messages()) == 2  # the second one names both, too

    small_estate.work()

    assert len(small_estate.groups()) == 2
    assert not small_estate.app.asset_jobs.has_pending()


def test_what_is_done_is_never_sent_again(small_estate: Estate) -> None:
    small_estate.sync()

    small_estate.clock.advance(10 * PATIENCE.total_seconds())

    assert small_estate.tick().counts["queued"] == 0


def test_a_discovery_that_died_blocks_the_next_one_no_longer_than_its_lease(small_estate: Estate) -> None:
    leases = small_estate.app.leases
    assert isinstance(leases.acquire(LEASE, "a dead run", 1), Lease)

    impatient(small_estate).run()

    assert len(small_estate.records()) == 2


def test_a_discovery_that_lives_is_left_alone_and_the_run_says_so(small_estate: Estate) -> None:
    lease = small_estate.app.leases.acquire(LEASE, "a long run", 45)
    assert isinstance(lease, Lease)

    sleeping(small_estate, lambda _: lease.renew()).run()

    run = small_estate.last_run()
    assert (run.outcome, run.notes) == (RunOutcome.SKIPPED, ["Another discovery is running (a long run)."])
    assert small_estate.asked_of_purview() == {}


def test_two_ticks_at_once_do_the_work_of_one(new_small_estate: NewEstate) -> None:
    first, second = new_small_estate(), new_small_estate()

    at_once(impatient(first).run, impatient(second).run)

    assert [len(message.sends) for message in first.messages()] == [2]
    runs = first.app.runs.latest(RunKind.DISCOVER, 5)
    assert sorted(run.counts.get("new", 0) for run in runs) == [0, 2]


def test_two_ticks_at_once_make_nothing_twice_even_where_the_lease_fails(new_small_estate: NewEstate) -> None:
    estates = [new_small_estate() for _ in range(3)]
    leases = cast("Leases", NoLeases())

    at_once(*(replace(estate.app.discover_assets, leases=leases).run for estate in estates))
    estates[0].work()

    assert len(estates[0].records()) == 2
    assert [(name, len(sources)) for name, sources in estates[0].groups()] == [("Customers", 1), ("Orders", 1)]


def test_a_bug_ends_the_run_with_its_name_and_the_lease_is_free_again(small_estate: Estate) -> None:
    with pytest.raises(ZeroDivisionError):
        replace(small_estate.app.discover_assets, selection=cast("ReadSelection", BrokenSelection())).run()

    run = small_estate.last_run()
    assert (run.outcome, run.error_class, run.error) == (RunOutcome.FAILED, "bug", "ZeroDivisionError: a bug")
    assert small_estate.tick().counts["new"] == 2

"""Leases on real storage: one worker at a time, whatever clocks, crashes and delays."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from sync_core.errors import ConflictError
from sync_core.parallel import in_parallel
from sync_core.runs.leases import Held, Lease, Leases, remaining_s
from sync_core.storage.table import StoredRow, Table

ENDED = -5  # a lease taken for less than no time has ended when it is written


@pytest.fixture
def leases(table: Table) -> Leases:
    return Leases(table)


def take(leases: Leases, owner: str = "one", ttl_s: int = 60) -> Lease:
    lease = leases.acquire("discovery", owner, ttl_s)
    assert isinstance(lease, Lease)
    return lease


def held(leases: Leases, asker: str = "asker") -> Held:
    found = leases.acquire("discovery", asker, 60)
    assert isinstance(found, Held)
    return found


def test_a_second_worker_is_told_who_holds_the_lease_and_for_how_long(leases: Leases) -> None:
    take(leases, "one", ttl_s=60)
    found = held(leases)
    assert (found.owner, found.term) == ("one", 1)
    assert 55 < found.remaining_s <= 61


def test_leases_of_other_names_are_free(leases: Leases) -> None:
    take(leases)
    assert isinstance(leases.acquire("asset-1", "two", 60), Lease)


def test_a_lease_that_was_given_back_is_free(leases: Leases) -> None:
    take(leases, "one").release()
    take(leases, "two")


def test_a_dead_workers_lease_is_taken_over_when_its_time_is_over(leases: Leases) -> None:
    take(leases, "dead", ttl_s=1)
    assert held(leases).owner == "dead"
    deadline = time.monotonic() + 5
    while isinstance(found := leases.acquire("discovery", "heir", 60), Held) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert isinstance(found, Lease)
    assert held(leases).owner == "heir"


def test_threads_that_share_a_lease_take_it_from_each_other_never(leases: Leases) -> None:
    lease = take(leases)

    for _ in range(10):
        in_parallel(lambda _: lease.renew_if_older_than(0), range(8))  # whoever lost it would raise

    lease.renew()


def test_one_of_many_threads_takes_a_free_lease(leases: Leases) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda number: leases.acquire("discovery", f"w{number}", 60), range(16)))
    assert len([lease for lease in found if isinstance(lease, Lease)]) == 1


def test_one_of_many_threads_takes_over_a_lease_that_ended(leases: Leases) -> None:
    take(leases, "dead", ttl_s=ENDED)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda number: leases.acquire("discovery", f"w{number}", 60), range(16)))
    assert len([lease for lease in found if isinstance(lease, Lease)]) == 1


def test_a_renewed_lease_holds_for_its_full_time_from_then_on(leases: Leases, table: Table) -> None:
    lease = take(leases)
    first = table.get("lease", "discovery")
    time.sleep(0.01)
    lease.renew()
    second = table.get("lease", "discovery")
    assert first is not None
    assert second is not None
    assert second.written_at > first.written_at
    assert held(leases).term == 2


def test_renewing_a_lease_that_was_taken_over_says_stop(leases: Leases) -> None:
    lost = take(leases, "slow", ttl_s=ENDED)
    take(leases, "fast")
    with pytest.raises(ConflictError):
        lost.renew()
    assert held(leases).owner == "fast"


def test_renewing_a_lease_that_someone_else_gave_back_says_stop(leases: Leases) -> None:
    lost = take(leases, "slow", ttl_s=ENDED)
    take(leases, "fast").release()
    with pytest.raises(ConflictError):
        lost.renew()


def test_a_worker_that_was_slow_but_not_overtaken_may_go_on(leases: Leases) -> None:
    lease = take(leases, "slow", ttl_s=ENDED)
    lease.renew()


def test_giving_back_a_lease_that_was_taken_over_leaves_it_to_its_new_owner(leases: Leases) -> None:
    lost = take(leases, "slow", ttl_s=ENDED)
    take(leases, "fast")
    lost.release()
    lost.leave_for(60)
    assert held(leases).owner == "fast"


def test_a_lease_may_be_left_for_a_while(leases: Leases) -> None:
    take(leases, "one", ttl_s=60).leave_for(30)
    assert held(leases).remaining_s <= 31


def test_a_lease_left_for_no_time_is_free(leases: Leases) -> None:
    take(leases, "one", ttl_s=60).leave_for(ENDED)
    take(leases, "two")


def test_whoever_tries_again_after_a_lost_answer_finds_its_own_lease(leases: Leases) -> None:
    take(leases, "one")
    again = take(leases, "one")
    again.renew()
    again.release()
    take(leases, "two")


def test_short_steps_renew_only_when_the_last_renewal_is_long_ago(table: Table) -> None:
    now = [1000.0]
    leases = Leases(table, monotonic=lambda: now[0])
    lease = take(leases)
    now[0] += 9
    lease.renew_if_older_than(10)
    assert held(leases).term == 1
    now[0] += 1
    lease.renew_if_older_than(10)
    lease.renew_if_older_than(10)
    assert held(leases).term == 2


@pytest.mark.parametrize("year", [1999, 2026, 2099])
def test_a_leases_age_is_by_the_services_clock_alone(year: int) -> None:
    written_at = datetime(year, 1, 1, tzinfo=UTC)
    row = StoredRow({"owner": "one", "ttl_s": 60}, "", written_at, written_at + timedelta(seconds=45))
    assert remaining_s(row) == 15


def test_leases_of_workers_long_dead_are_dropped_and_no_others(leases: Leases) -> None:
    leases.acquire("dead", "one", ENDED)
    alive = take(leases, "two")
    now = datetime.now(UTC)
    assert leases.forget_ended_before(now - timedelta(hours=1)) == 0
    assert leases.forget_ended_before(now + timedelta(seconds=5)) == 1
    assert leases.forget_ended_before(now + timedelta(seconds=5)) == 0
    alive.renew()
    assert isinstance(leases.acquire("dead", "three", 60), Lease)

"""How failures are counted: by the attempts that a data set had, not by how many messages it has on the queue."""

import pytest

from sync_core.jobs.backoff import MOST_ATTEMPTS
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import WRITE, LineageBench


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet."""
    return bench.load(bench.sync_asset())


def exhaust(bench: LineageBench, data_set_id: str) -> DeadLetter:
    """Let Purview be ill until the data set is given up, and then be well."""
    bench.purview_fault(WRITE, times=None, status=503)
    for _ in range(MOST_ATTEMPTS):
        bench.clock.advance(sum(bench.push_failing(data_set_id)))
    bench.purview.faults.clear()
    (dead_letter,) = bench.dead_letters()
    return dead_letter


def test_many_deliveries_in_one_short_outage_cost_one_attempt(bench: LineageBench, data_set_id: str) -> None:
    bench.purview_fault(WRITE, times=None, status=503)
    for number in range(MOST_ATTEMPTS + 1):
        bench.deliver(data_set_id, eventId=f"evt_{number}")
        bench.work()

    assert bench.record(data_set_id).attempts == 1
    assert not bench.dead_letters()
    (job,) = bench.outstanding()
    assert job.sends == 2  # the first one, and that it was put back
    (delay_s,) = bench.push_failing(data_set_id)
    assert delay_s >= 10
    assert bench.record(data_set_id).attempts == 2


def test_what_was_given_up_once_has_all_its_attempts_again(bench: LineageBench, data_set_id: str) -> None:
    exhaust(bench, data_set_id)
    bench.purview_fault(WRITE, times=3, status=503)

    (delay_s,) = bench.push_failing(data_set_id)

    assert 5 <= delay_s <= 8
    assert bench.record(data_set_id).attempts == 1
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    assert not bench.dead_letters()


def test_a_replay_has_all_its_attempts_again_and_the_letter_counts_those_of_both_lives(
    bench: LineageBench, data_set_id: str
) -> None:
    dead_letter = exhaust(bench, data_set_id)
    assert dead_letter.attempts == MOST_ATTEMPTS
    bench.app.dead_letters.replay(dead_letter.id)

    again = exhaust(bench, data_set_id)

    assert (again.cause_class, again.attempts) == ("exhausted_transient", 2 * MOST_ATTEMPTS)
    assert bench.record(data_set_id).status is DataSetStatus.FAILED

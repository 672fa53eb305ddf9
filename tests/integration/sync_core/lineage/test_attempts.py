"""How failures are counted: by the attempts that a data set had, not by how many messages it has on the queue."""

from datetime import timedelta

import pytest

from sync_core.domain.data_set import DataSetStatus
from sync_core.domain.dead_letter import DeadLetter
from sync_core.mapping.backoff import MOST_ATTEMPTS
from tests.integration.sync_core.lineage.bench import WRITE, LineageBench


@pytest.fixture
def data_set_id(bench: LineageBench) -> str:
    """A processed data set that was not pushed yet."""
    return bench.load(bench.sync_asset())


def exhaust(bench: LineageBench, data_set_id: str) -> DeadLetter:
    """Let Purview be ill until the data set is given up, and then be well."""
    bench.fault(WRITE, times=None, status=503)
    for _ in range(MOST_ATTEMPTS):
        bench.clock.advance(sum(bench.push_failing(data_set_id)))
    bench.purview.faults.clear()
    (letter,) = bench.letters()
    return letter


def test_many_deliveries_in_one_short_outage_cost_one_attempt(bench: LineageBench, data_set_id: str) -> None:
    for number in range(MOST_ATTEMPTS + 1):
        bench.deliver(data_set_id, eventId=f"evt_{number}")
    keys = [delivery.key for delivery in bench.open_deliveries()]
    bench.fault(WRITE, times=None, status=503)

    delays = [bench.push_failing(data_set_id, key) for key in keys]

    assert all(5 <= delay_s <= 8 for (delay_s,) in delays)
    assert bench.record(data_set_id).attempts == 1
    assert not bench.letters()
    bench.clock.advance(8)
    bench.push_failing(data_set_id, keys[0])
    assert bench.record(data_set_id).attempts == 2


def test_failures_that_go_on_within_one_back_off_do_not_prolong_it(bench: LineageBench, data_set_id: str) -> None:
    bench.fault(WRITE, times=None, status=503)
    bench.push_failing(data_set_id)
    for _ in range(4):
        bench.clock.advance(2)
        bench.push_failing(data_set_id)

    assert bench.record(data_set_id).attempts == 2


def test_what_was_given_up_once_has_all_its_attempts_again(bench: LineageBench, data_set_id: str) -> None:
    exhaust(bench, data_set_id)
    bench.fault(WRITE, times=3, status=503)

    (delay_s,) = bench.push_failing(data_set_id)

    assert 5 <= delay_s <= 8
    assert bench.record(data_set_id).attempts == 1
    assert bench.push(data_set_id).status is DataSetStatus.PUSHED
    assert not bench.letters()


def test_a_replay_has_all_its_attempts_again_and_the_letter_counts_those_of_both_lives(
    bench: LineageBench, data_set_id: str
) -> None:
    letter = exhaust(bench, data_set_id)
    assert letter.attempts == MOST_ATTEMPTS
    bench.app.replay.replay(letter)

    again = exhaust(bench, data_set_id)

    assert (again.cause_class, again.attempts) == ("exhausted_transient", 2 * MOST_ATTEMPTS)
    assert bench.record(data_set_id).status is DataSetStatus.FAILED


def test_an_error_noted_by_a_clock_that_is_ahead_hides_no_failure(bench: LineageBench, data_set_id: str) -> None:
    bench.fault(WRITE, times=None, status=503)
    bench.push_failing(data_set_id)
    ahead = bench.record(data_set_id).model_copy(update={"last_error_at": bench.clock.now() + timedelta(hours=3)})
    bench.app._data_sets.save(ahead)

    bench.push_failing(data_set_id)

    assert bench.record(data_set_id).attempts == 2

"""Deliveries as they come in practice: again, out of order, at once, for what is not there or not ours."""

from uuid import uuid4

import pytest

from local.cluedin.admin import actions
from local.cluedin.admin.bodies import NewGroup, NewSource
from sync_core.jobs.claims import Claim
from sync_core.jobs.message import DataSetMessage, message_of
from sync_core.lineage.record import DataSetStatus
from sync_core.runs.run_log import RunLog
from tests.integration.sync_core.lineage.at_once import run_at_once
from tests.kit.lineage_bench import LineageBench, NewBench
from tests.kit.lineage_graph import ROOT


def test_the_same_event_again_asks_nobody_anything(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.deliver(data_set_id, eventId="evt_1")
    bench.work()
    since = bench.purview.log.last_seq, bench.cluedin.log.last_seq

    assert bench.deliver(data_set_id, eventId="evt_1") == {"status": "duplicate", "deliveryId": "evt_1"}
    assert bench.work() == 0

    assert (bench.purview.log.last_seq, bench.cluedin.log.last_seq) == since
    assert not bench.outstanding()


def test_the_same_body_without_an_id_is_looked_at_again_and_writes_nothing(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.deliver(data_set_id)
    bench.work()
    since = bench.purview.log.last_seq
    before = bench.graph()

    bench.deliver(data_set_id)
    bench.work()

    assert bench.writes(since) == []
    assert bench.graph() == before
    assert not bench.outstanding()


def test_an_old_event_that_comes_late_changes_nothing(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.remap(data_set_id, {"CustomerId": "customer.id"})
    bench.deliver(data_set_id, eventId="new", processedAt="2026-03-04T05:06:07Z")
    bench.work()
    before = bench.graph()

    bench.deliver(data_set_id, eventId="old", processedAt="2020-01-01T00:00:00Z")
    bench.work()

    assert bench.graph() == before
    assert not bench.outstanding()


def test_deliveries_at_once_in_two_apps_make_one_lineage(bench: LineageBench, new_bench: NewBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    for number in range(8):
        bench.deliver(data_set_id, eventId=f"evt_{number}")
    apps = [bench, new_bench()]

    def work(number: int) -> None:
        message = DataSetMessage(data_set_id=data_set_id)
        apps[number % 2].app.push_lineage.handle(message.to_json().encode())

    run_at_once(8, work)
    bench.work()  # its own message finds nothing to do

    graph = bench.graph()
    assert len(graph.nodes) == 7
    assert len(graph.edges) == 6
    assert not bench.outstanding()
    assert not bench.dead_letters()
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED


def test_data_sets_of_one_entity_type_that_are_pushed_at_once_share_its_golden_records(
    bench: LineageBench, new_bench: NewBench
) -> None:
    source = bench.sync_asset()
    ids = [bench.load(source, f"{number}.csv", mapping={"Email": f"customer.{number}"}) for number in range(6)]
    apps = [bench, new_bench()]

    run_at_once(6, lambda number: apps[number % 2].push(ids[number]))

    graph = bench.graph()
    assert graph.count("cluedin_golden_records") == 1
    assert graph.count("cluedin_processing_pipeline") == 6
    assert graph.columns[f"{ROOT}/golden-records/Customer"] == [f"customer.{n}" for n in range(6)]
    assert all(bench.record(data_set_id).status is DataSetStatus.PUSHED for data_set_id in ids)


def test_a_data_set_that_another_worker_has_claimed_is_left_to_it_and_no_message_is_sent(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    claim(bench, data_set_id)

    assert bench.push_failing(data_set_id) == []

    assert not bench.graph().own


def test_an_event_that_comes_while_a_worker_is_at_the_data_set_is_seen_to_afterwards(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    held = claim(bench, data_set_id)
    bench.deliver(data_set_id, eventId="evt_2")
    held.done()

    assert held.left is not None
    bench.app.push_lineage.handle(message_of(held.left).to_json().encode())
    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert not bench.outstanding()


def claim(bench: LineageBench, data_set_id: str) -> Claim:
    """Another worker takes a data set's job."""
    bench.ask(data_set_id)
    stored = bench.app.data_set_jobs.load(data_set_id)
    assert stored is not None
    return bench.app.data_set_jobs.claim(stored, stored.job, "another worker", None)


@pytest.mark.parametrize("shape", ["error", "worded", "coded", "null"])
def test_a_data_set_that_cluedin_does_not_know_is_recorded_as_unknown(bench: LineageBench, shape: str) -> None:
    bench.cluedin.patch_switches({"missing_data_set": shape})
    data_set_id = str(uuid4())
    bench.deliver(data_set_id, eventId="evt_1")

    bench.work()
    assert bench.record(data_set_id).status is DataSetStatus.QUEUED  # one look is no proof
    looks = bench.look_until_the_grace_is_over(data_set_id)

    assert 2 <= looks <= 4
    assert bench.record(data_set_id).status is DataSetStatus.UNKNOWN
    assert not bench.outstanding()
    assert not bench.dead_letters()
    assert not bench.graph().own
    assert bench.purview.log.since(0) == []


@pytest.mark.parametrize("shape", ["error", "worded", "coded", "null"])
def test_a_data_set_that_did_not_show_once_is_pushed_by_the_same_event(bench: LineageBench, shape: str) -> None:
    source = bench.sync_asset()
    bench.cluedin.patch_switches({"missing_data_set": shape})
    data_set_id = bench.load(source)
    hidden = bench.cluedin.store.data_sets.pop(data_set_id.upper())
    bench.deliver(data_set_id, eventId="evt_1")
    bench.work()
    assert bench.job(data_set_id) is not None, "it is looked for again"
    bench.cluedin.store.data_sets[data_set_id.upper()] = hidden

    bench.push(data_set_id)

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED
    assert len(bench.graph().nodes) == 7


def test_an_unknown_data_set_that_appears_is_pushed_by_the_next_event(bench: LineageBench) -> None:
    source = bench.sync_asset()
    data_set_id = bench.load(source)
    hidden = bench.cluedin.store.data_sets.pop(data_set_id.upper())
    bench.deliver(data_set_id, eventId="evt_1")
    bench.work()
    bench.look_until_the_grace_is_over(data_set_id)
    bench.cluedin.store.data_sets[data_set_id.upper()] = hidden

    bench.deliver(data_set_id, eventId="evt_2")
    bench.work()

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED


@pytest.mark.parametrize("source_type", ["endpoint", "file"])
def test_a_data_set_of_a_source_that_we_did_not_make_is_left_alone(bench: LineageBench, source_type: str) -> None:
    group = NewGroup(name="Someone's", sources=(NewSource(name="upload.csv", type=source_type),))
    (source,) = actions.add_group(bench.cluedin, group)["source_ids"]
    data_set_id = bench.load(str(source))
    bench.deliver(data_set_id)

    bench.work()

    record = bench.record(data_set_id)
    assert record.status is DataSetStatus.NOT_FROM_PURVIEW
    assert "'upload.csv' was not made for an asset of Purview" in record.reason
    assert not bench.graph().own
    assert not bench.outstanding()
    assert not bench.dead_letters()


def test_while_lineage_is_switched_off_its_jobs_wait_and_nothing_is_asked(new_bench: NewBench) -> None:
    bench = new_bench()
    data_set_id = bench.load(bench.sync_asset())
    off = new_bench(LINEAGE_ENABLED="false")
    since = off.cluedin.log.last_seq
    off.deliver(data_set_id, eventId="evt_1")
    off.work()

    assert not off.graph().own
    assert off.purview.log.since(0) == []
    assert off.cluedin.log.last_seq == since
    assert [(job.key, job.attempts) for job in off.outstanding()] == [(data_set_id, 0)]

    bench.clock.advance(61)
    bench.app.wake_jobs[1].run(RunLog("run", bench.clock.now()))
    bench.work()

    assert len(bench.graph().nodes) == 7
    assert not bench.outstanding()


def test_a_message_that_is_none_of_ours_becomes_a_dead_letter(bench: LineageBench) -> None:
    bench.app.push_lineage.handle(b'{"kind": "data_set", "dataSetId": "no guid"}')

    (dead_letter,) = bench.dead_letters()
    assert (dead_letter.queue, dead_letter.cause_class) == ("lineage-sync", "unreadable")
    assert "dataSetId" in dead_letter.cause


def test_a_message_that_names_no_job_is_dropped(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    since = bench.cluedin.log.last_seq

    bench.app.push_lineage.handle(DataSetMessage(data_set_id=data_set_id).to_json().encode())

    assert bench.cluedin.log.last_seq == since
    assert not bench.dead_letters()

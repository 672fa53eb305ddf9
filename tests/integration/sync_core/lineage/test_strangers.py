"""Data sets that CluedIn does not know, or that come from elsewhere: told, forgotten in the end, and cheap."""

from datetime import timedelta
from uuid import uuid4

import pytest

from local.cluedin.admin import actions
from local.cluedin.admin.bodies import NewGroup, NewSource
from sync_core.lineage.record import DataSetStatus
from sync_core.lineage.strangers import FOREIGN_FOR, MAX_UNKNOWN, NOT_ASKED
from sync_core.runs.run_log import RunLog
from sync_core.upkeep.reconcile import DATA_SETS_KEPT
from tests.kit.lineage_bench import LineageBench

pytestmark = pytest.mark.faults

FLOOD = 4 * MAX_UNKNOWN
LOOK = "inbound.dataSet$"


@pytest.fixture
def foreign(bench: LineageBench) -> str:
    """A processed data set of a source that somebody else made."""
    group = NewGroup(name="Someone's", sources=(NewSource(name="upload.csv", type="file"),))
    (source,) = actions.add_group(bench.cluedin, group)["source_ids"]
    return bench.load(str(source))


def calls(bench: LineageBench, since: int) -> int:
    """How many times CluedIn was asked for a data set."""
    return sum(1 for one in bench.cluedin.log.since(since) if str(one.operation).endswith("dataSet"))


def flood(bench: LineageBench) -> list[str]:
    """Somebody names many data sets that there are not."""
    ids = [str(uuid4()) for _ in range(FLOOD)]
    for data_set_id in ids:
        bench.deliver(data_set_id, eventId=f"of {data_set_id}")
    while bench.work():
        pass
    return ids


def test_a_flood_of_unknown_data_sets_costs_no_call_each(bench: LineageBench) -> None:
    since = bench.cluedin.log.last_seq

    ids = flood(bench)

    assert 0 < calls(bench, since) <= MAX_UNKNOWN
    left = [record for record in bench.app.data_sets.after("") if record.status is DataSetStatus.UNKNOWN]
    assert len(left) == FLOOD - MAX_UNKNOWN
    assert {record.reason for record in left} == {NOT_ASKED}
    assert len(list(bench.app.data_sets.after(""))) == len(ids)


def test_what_our_own_look_finds_is_pushed_in_the_midst_of_a_flood(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    flood(bench)
    bench.deliver(data_set_id)
    while bench.work():
        pass
    assert bench.record(data_set_id).status is DataSetStatus.UNKNOWN  # it was one of many

    bench.app.look_at_cluedin.run(RunLog("run", bench.clock.now()))
    bench.work()

    assert bench.record(data_set_id).status is DataSetStatus.PUSHED


def test_what_stands_in_purview_is_read_again_in_the_midst_of_a_flood(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    flood(bench)
    bench.remap(data_set_id, {"Email": "customer.email"})

    bench.deliver(data_set_id)
    bench.work()

    assert bench.record(data_set_id).columns_by_key == {"customer.email": ["Email"]}


def test_a_data_set_from_elsewhere_is_asked_for_once_an_hour(bench: LineageBench, foreign: str) -> None:
    bench.deliver(foreign, eventId="evt_1")
    bench.work()
    since = bench.cluedin.log.last_seq
    for number in range(5):
        bench.deliver(foreign, eventId=f"again {number}")
        bench.work()
    assert calls(bench, since) == 0
    assert not bench.outstanding()

    bench.clock.advance(FOREIGN_FOR.total_seconds())
    bench.deliver(foreign, eventId="evt_2")
    bench.work()

    assert calls(bench, since) > 0
    assert bench.record(foreign).status is DataSetStatus.NOT_FROM_PURVIEW


def test_strangers_are_kept_for_thirty_days_and_what_stands_in_purview_is_kept(
    bench: LineageBench, foreign: str
) -> None:
    unknown, gone = str(uuid4()), bench.load(bench.sync_asset())
    bench.push(foreign)
    bench.push(gone)
    bench.cluedin.store.data_sets.pop(gone.upper())
    for data_set_id in (unknown, gone):
        bench.look_until_the_grace_is_over(data_set_id)
    heal = bench.app.heal

    bench.clock.advance((DATA_SETS_KEPT - timedelta(hours=1)).total_seconds())
    heal.tidy(RunLog("run", bench.clock.now()))
    assert len(list(bench.app.data_sets.after(""))) == 3
    bench.clock.advance(2 * 3600)
    log = RunLog("run", bench.clock.now())
    heal.tidy(log)

    assert log.counts["data_sets_dropped"] == 2
    (kept,) = bench.app.data_sets.after("")
    assert (kept.data_set_id, kept.status) == (gone, DataSetStatus.UNKNOWN)

"""A missing group that CluedIn does not tell of when it is asked for alone keeps no other from being made again."""

from typing import Any

import pytest

from local.simulation.faults import Effect, Fault, Match
from sync_core.errors import SyncError
from sync_core.runs.run_log import RunLog
from tests.kit.estate import Estate

pytestmark = pytest.mark.faults

LOOK = "inbound.dataSource$"


def looks(estate: Estate, times: int) -> RunLog:
    """Look at CluedIn a quarter of an hour apart."""
    for _ in range(times):
        estate.clock.advance(900)
        log = RunLog("r", estate.clock.now())
        estate.app.look_at_cluedin.run(log)
    return log


@pytest.mark.parametrize("effect", [{"status": 500}, {"status": 403}, {"status": 404, "body": "no such page"}], ids=str)
def test_a_group_that_cannot_be_asked_for_alone_holds_up_no_other(estate: Estate, effect: dict[str, Any]) -> None:
    estate.sync()
    looks(estate, 1)
    gone = sorted(estate.records(), key=lambda one: one.name)[:2]
    for record in gone:
        estate.delete_group(record.group_name)
    looks(estate, 1)
    about = Match(operation=LOOK, body=rf'"id": *"?{gone[0].source_id}\b')
    estate.cluedin.faults.add(Fault(match=about, effect=Effect.model_validate(effect), times=None))

    log = looks(estate, 1)

    made_again = {record.key for record in estate.records() if record.gone_at}
    assert made_again == {gone[1].key}
    assert log.counts["unreadable groups"] + log.counts["hidden"] == 1
    assert any(gone[0].group_name in note and "next look" in note for note in log.notes)
    estate.cluedin.faults.clear()
    looks(estate, 9)
    assert {record.key for record in estate.records() if record.gone_at} == {one.key for one in gone}


def test_where_no_look_succeeds_it_is_cluedin(estate: Estate) -> None:
    estate.sync()
    looks(estate, 1)
    for record in sorted(estate.records(), key=lambda one: one.name)[:4]:
        estate.delete_group(record.group_name)
    looks(estate, 1)
    estate.cluedin_fault(LOOK, times=None, status=500)

    with pytest.raises(SyncError):
        looks(estate, 1)

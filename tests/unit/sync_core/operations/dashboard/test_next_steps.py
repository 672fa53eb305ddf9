"""What happens next with assets, data sets and dead letters, and whether a person is needed."""

from datetime import timedelta
from typing import Any

import pytest

from sync_core.absence.approval import ApprovalNeeded
from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetStatus
from sync_core.jobs.job import TAKEN_UP_WITHIN
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.dashboard.next_steps import (
    HIDDEN,
    OF_ASSETS,
    OF_DATA_SETS,
    Next,
    after_asset,
    after_data_set,
    after_dead_letter,
)
from tests.unit.sync_core.builders import (
    NOW,
    make_data_set,
    make_deferred,
    make_facts,
    make_job,
    make_letter,
    make_record,
    make_synced_record,
)

QUEUED = make_record()


def soon(after_s: float = 30, **fields: Any) -> dict[str, Any]:
    """The facts of a queued asset whose message shows up then."""
    due_at = NOW + timedelta(seconds=after_s) + TAKEN_UP_WITHIN
    return {"jobs": {QUEUED.key: make_job(QUEUED.key, due_at=due_at, **fields)}}


def test_a_queued_asset_tells_when_it_is_tried_and_which_attempt_that_is() -> None:
    assert after_asset(listed_of(QUEUED), make_facts(**soon(0))).text == "It is worked off now."
    assert after_asset(listed_of(QUEUED), make_facts(**soon())).text == "It is worked off in 30\u00a0s, at 05:06:37."
    failing = make_facts(**soon(attempts=3, last_error_class="transient"))
    assert after_asset(listed_of(QUEUED), failing) == Next("Attempt 4 of 12 comes in 30\u00a0s, at 05:06:37.")


def test_an_asset_that_waits_for_a_setting_needs_a_person() -> None:
    waiting = after_asset(listed_of(QUEUED), make_facts(**soon(attempts=1, last_error_class="config")))
    assert waiting.text.startswith("Mend what the error names. Attempt 2 of 12")
    assert waiting.is_stuck


def test_an_asset_whose_job_was_done_since_its_record_was_read_is_worked_off() -> None:
    assert after_asset(listed_of(QUEUED), make_facts()) == Next("It is worked off now.")


def test_a_failed_asset_leads_to_its_dead_letter() -> None:
    failed = make_record(status=AssetStatus.FAILED)
    dead_letter = make_letter(failed.key)
    assert after_asset(listed_of(failed), make_facts(dead_letters=[dead_letter])) == Next(
        "Mend the cause. It is replayed by the next reconcile run, within 15 min.", dead_letter.id, is_stuck=True
    )
    assert after_asset(listed_of(failed), make_facts()).dead_letter == ""


def test_a_missing_asset_is_in_its_grace_or_waits_for_a_persons_approval() -> None:
    missing = make_synced_record(absent=1)
    assert after_asset(listed_of(missing), make_facts()).text.endswith("It is retired if it is missing once more.")
    needed = ApprovalNeeded(assets=8, of=20, since=NOW)
    assert after_asset(listed_of(missing), make_facts(approval_needed=needed)).is_stuck


def test_every_other_state_has_its_word() -> None:
    assert set(OF_ASSETS) == set(AssetStatus) - {AssetStatus.QUEUED, AssetStatus.FAILED}
    assert set(OF_DATA_SETS) == set(DataSetStatus) - {DataSetStatus.QUEUED, DataSetStatus.FAILED}
    for status in OF_DATA_SETS:
        assert after_data_set(make_data_set(status=status), make_facts()).text == OF_DATA_SETS[status]


def test_a_data_set_with_an_open_delivery_is_worked_off_whatever_its_state() -> None:
    data_set = make_data_set()
    facts = make_facts(jobs={data_set.data_set_id: make_job(data_set.data_set_id)})
    for status in DataSetStatus:
        assert after_data_set(make_data_set(status=status), facts).text == "It is worked off now."


def test_a_failed_data_set_leads_to_its_dead_letter() -> None:
    failed = make_data_set(status=DataSetStatus.FAILED)
    dead_letter = make_letter(failed.data_set_id, "lineage-sync")
    assert after_data_set(failed, make_facts(dead_letters=[dead_letter])).dead_letter == dead_letter.id


@pytest.mark.parametrize(
    ("fields", "text", "is_stuck"),
    [
        ({"cause_class": "exhausted_config"}, "It is replayed by the next reconcile run, within 15 min.", False),
        (
            {"cause_class": "exhausted_transient", "replays": 1},
            "It is replayed by itself in 30\u00a0min; sooner by hand.",
            False,
        ),
        ({"cause_class": "not_found", "replays": 3}, "It is replayed by itself in 2\u00a0h; sooner by hand.", False),
        (
            {"cause_class": "exhausted_bug", "replays": 1, "last_seen_at": NOW - timedelta(hours=1)},
            "It is replayed by the next reconcile run, within 15 min.",
            False,
        ),
        (
            {"cause_class": "rejected"},
            "Mend the cause. It is replayed by the next reconcile run, within 15 min.",
            True,
        ),
        (
            {"cause_class": "rejected", "replays": 1},
            "Mend the cause. It is replayed by itself in 30\u00a0min; sooner by hand.",
            True,
        ),
        (
            {"cause_class": "died"},
            "The worker died in it each time. Look into the log for why, then replay it.",
            True,
        ),
        ({"cause_class": "unreadable"}, "Find out who writes to the queue, then close it.", True),
        ({"cause_class": "state"}, "Read the cause, then replay or close it.", True),
    ],
)
def test_a_dead_letter_tells_whether_it_is_replayed_by_itself(
    fields: dict[str, Any], text: str, *, is_stuck: bool
) -> None:
    found = after_dead_letter(make_letter(**fields), NOW)
    assert (found.text, found.is_stuck) == (text, is_stuck)


@pytest.mark.parametrize("status", [AssetStatus.SYNCED, AssetStatus.RETIRED, AssetStatus.REJECTED])
def test_no_asset_is_told_as_done_beside_its_dead_letter(status: AssetStatus) -> None:
    asset = listed_of(make_synced_record(status=status))
    then = after_asset(asset, make_facts(dead_letters=[make_letter(asset.key)]))
    assert (then.dead_letter, then.is_stuck) == (asset.key, True)
    assert after_asset(asset, make_facts(dead_letters=[make_letter("another")])).text == OF_ASSETS[status]
    closed = make_letter(asset.key, set_aside_at=NOW)
    assert after_asset(asset, make_facts(dead_letters=[closed])).text == OF_ASSETS[status]


def test_no_data_set_is_told_as_done_beside_its_dead_letter() -> None:
    data_set = make_data_set()
    facts = make_facts(dead_letters=[make_letter(data_set.data_set_id, "lineage-sync")])
    assert after_data_set(data_set, facts).dead_letter == data_set.data_set_id


def test_a_synced_asset_that_purview_hides_needs_a_role() -> None:
    asset = listed_of(make_synced_record())
    hidden = make_deferred(asset.guid, is_hidden=True)
    assert after_asset(asset, make_facts(deferred=[hidden])) is HIDDEN
    assert after_asset(asset, make_facts(deferred=[make_deferred(asset.guid)])).text == OF_ASSETS[AssetStatus.SYNCED]

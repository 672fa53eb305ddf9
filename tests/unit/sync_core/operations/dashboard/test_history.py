"""The history of an asset, as its record, its job and its data sets hold it."""

from datetime import timedelta

from sync_core.operations.dashboard.history import history_of
from tests.unit.sync_core.builders import NOW, make_data_set, make_dead_job, make_record, make_synced_record


def at(minutes: int) -> object:
    return NOW + timedelta(minutes=minutes)


def test_a_new_asset_was_seen_and_queued_by_a_run() -> None:
    events = history_of(make_record(queued_at=at(1)), None, ())
    assert [(event.what, event.run) for event in events] == [
        ("Queued: its group and source were to be made", "run-1"),
        ("Seen in Purview for the first time", "run-1"),
    ]


def test_all_that_a_record_holds_is_told_the_latest_first() -> None:
    record = make_synced_record(
        "New name",
        status="retired",
        synced_name="Old name",
        group_origin="adopted",
        source_origin="created",
        queued_at=at(1),
        gone_at=at(2),
        group_at=at(3),
        synced_at=at(4),
        synced_run_id="run-2",
        synced_request_id="request-7",
        synced_requests={"cluedin": 3},
        refreshed_at=at(5),
        absent=2,
        absent_since=at(6),
        retired_at=at(7),
        reason="It lost its term.",
    )
    data_set = make_data_set(first_seen_at=at(8), pushed_at=at(9), pushed_run_id="run-3")
    events = history_of(record, None, [data_set])
    assert [event.what for event in events] == [
        "Lineage of data set Customer master written to Purview",
        "Data set Customer master was heard of",
        "Retired",
        "Not found since; missing from 2 complete looks",
        "Read from Purview",
        "Synced: source 1 created in CluedIn",
        "Group 3 adopted: it stood in CluedIn already",
        "Its group or source was proven to be gone from CluedIn",
        "Queued: its group and source were to be made",
        "Seen in Purview for the first time",
    ]
    by_what = {event.what.split(":")[0]: event for event in events}
    assert (by_what["Synced"].run, by_what["Synced"].request) == ("run-2", "request-7")
    assert by_what["Retired"].details == ("It lost its term.",)
    assert by_what["Read from Purview"].details == ("It is called New name now; its group was made for Old name.",)


def test_what_failed_was_given_up_and_replayed_is_told() -> None:
    job = make_dead_job()
    assert [event.what for event in history_of(make_record(), job, ())][-2:] != []
    whats = {event.what for event in history_of(make_record(), job, ())}
    assert {"Failed, after 1 attempt in all", "Given up (rejected)"} <= whats
    again = {event.what for event in history_of(make_record(), job.replayed(NOW), ())}
    assert {"Given up, before it was tried again (rejected)", "Replayed, 1 time in all"} <= again

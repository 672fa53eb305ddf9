"""What the dashboard shows of what was read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.dashboard.answer import dashboard_answer
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.view import MEANINGS, View, to_view
from sync_core.operations.facts import Page
from sync_core.operations.status import parse_filter
from sync_core.runs.run import RunOutcome
from sync_core.runs.throttle import Throttle
from tests.unit.sync_core.builders import (
    NOW,
    PORTALS,
    make_data_set,
    make_job,
    make_letter,
    make_reading,
    make_record,
    make_run,
    make_synced_record,
)


def view(*assets: AssetRecord, query: Mapping[str, str] = {}, **fields: Any) -> View:
    wanted = parse_filter(query)
    return to_view(make_reading(*assets, wanted=wanted, **fields), wanted, Links(query), PORTALS)


def test_each_state_is_counted_with_a_link_to_its_assets() -> None:
    shown = view(make_record(), make_record("b"), query={"state": "queued", "after": "2-k"})
    assert {each.state: each.count for each in shown.states} == {
        "all": 2,
        "queued": 2,
        "synced": 0,
        "failed": 0,
        "rejected": 0,
        "retired": 0,
    }
    assert [each.state for each in shown.states if each.is_chosen] == ["queued"]
    assert {each.link for each in shown.states} == {
        "?#assets",
        *(f"?state={state}#assets" for state in AssetStatus),
    }
    assert set(MEANINGS) == set(AssetStatus)


def test_there_are_links_to_more_only_where_there_is_more() -> None:
    assert (view().more_assets, view().more_data_sets) == ("", "")
    query = {"code": "key", "pageSize": "1"}
    shown = view(make_record(), make_record("z"), query=query, data_sets=Page([make_data_set()], "d1"))
    assert shown.more_assets == f"?code=key&pageSize=1&after=2-{make_record().key}#assets"
    assert shown.more_data_sets == "?code=key&pageSize=1&afterDataSet=d1#data-sets"


def test_an_error_tells_why_only_while_it_counts() -> None:
    records = [make_record(status, status=status, reason="as it is") for status in AssetStatus]
    jobs = {record.key: make_job(record.key, last_error="it failed") for record in records}
    rows = view(*records, jobs=jobs).assets
    assert {AssetStatus(row.asset.status): row.why for row in rows} == {
        AssetStatus.QUEUED: ("it failed",),
        AssetStatus.FAILED: ("it failed",),
        AssetStatus.SYNCED: ("as it is",),
        AssetStatus.REJECTED: ("as it is",),
        AssetStatus.RETIRED: ("as it is",),
    }


def test_a_data_set_is_drawn_in_both_shapes_or_not_at_all() -> None:
    drawn, other = view(
        data_sets=Page(
            [
                make_data_set(notes=["Columns were left out."]),
                make_data_set(status=DataSetStatus.UNKNOWN, fingerprint="", reason="CluedIn knows none."),
            ]
        )
    ).data_sets
    assert drawn.across
    assert drawn.down
    assert len(drawn.across.boxes) == len(drawn.down.boxes) == 4
    assert drawn.source == listed_of(make_record())
    assert drawn.why == ("Columns were left out.",)
    assert (other.chain, other.across, other.down, other.why) == (None, None, None, ("CluedIn knows none.",))


def test_a_letter_tells_on_which_way_its_work_was() -> None:
    dead_letters = [make_letter(), make_letter(queue="lineage-sync")]
    (group,) = view(dead_letters=dead_letters).dead_letters
    assert [row.way for row in group.rows] == ["into CluedIn", "back into Purview"]


def test_a_run_tells_how_long_it_took_and_what_it_counted() -> None:
    done = make_run(started_at=NOW - timedelta(seconds=2), counts={"new": 3, "changed": 0})
    running = make_run(finished_at=None)
    first, second = view(runs=[done, running]).runs
    assert (first.took_s, first.counts) == (2.0, {"new": 3})
    assert second.took_s is None


def test_only_a_pause_that_is_on_is_shown() -> None:
    over = Throttle(service="cluedin", seen_at=NOW, until=NOW)
    on = Throttle(service="purview", seen_at=NOW, until=NOW + timedelta(seconds=5))
    assert view(throttles=[over, on]).pauses == [on]


def test_the_page_refreshes_itself_while_work_is_outstanding_unless_a_person_keeps_it_as_it_is() -> None:
    assert view(make_synced_record()).refresh_s is None
    running = make_run(outcome=RunOutcome.RUNNING, finished_at=None)
    for shown in (view(make_record()), view(open_deliveries=1), view(runs=[running])):
        assert shown.refresh_s == 30
        assert dashboard_answer(shown).headers["Refresh"] == "30"
    kept = view(make_record(), query={"refresh": "off", "state": "queued"})
    assert kept.refresh_s is None
    assert "Refresh" not in dashboard_answer(kept).headers
    assert "?state=queued&amp;refresh=on" in dashboard_answer(kept).body


def test_the_page_does_not_refresh_itself_while_a_person_may_act_on_it_unless_told_to() -> None:
    assert view(make_record(), dead_letters=[make_letter()]).refresh_s is None
    assert view(make_record(), dead_letters=[make_letter()], query={"refresh": "on"}).refresh_s == 30
    assert view(make_synced_record(), query={"refresh": "on"}).refresh_s is None

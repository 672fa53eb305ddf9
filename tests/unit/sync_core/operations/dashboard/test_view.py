"""What the dashboard shows of what was read."""

from datetime import timedelta

from sync_core.assets.record import AssetStatus
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.view import MEANINGS, View, to_view
from sync_core.operations.facts import Facts, Page
from sync_core.operations.status import parse_filter
from sync_core.runs.throttle import Throttle
from tests.unit.sync_core.builders import NOW, make_data_set, make_facts, make_job, make_letter, make_record, make_run


def view(facts: Facts, **query: str) -> View:
    source = make_record()
    return to_view(facts, {source.key: source}, parse_filter(query), Links(query))


def test_each_state_is_counted_with_a_link_to_its_assets() -> None:
    shown = view(make_facts(make_record(), make_record("b")), state="queued", after="k")
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
    assert (view(make_facts()).more_assets, view(make_facts()).more_data_sets) == ("", "")
    facts = make_facts(assets=Page([make_record()], "k1"), data_sets=Page([make_data_set()], "d1"))
    shown = view(facts, code="key")
    assert shown.more_assets == "?code=key&after=k1#assets"
    assert shown.more_data_sets == "?code=key&afterDataSet=d1#data-sets"


def test_an_error_tells_why_only_while_it_counts() -> None:
    records = [make_record(status, status=status, reason="as it is") for status in AssetStatus]
    jobs = {record.key: make_job(record.key, last_error="it failed") for record in records}
    rows = view(make_facts(*records, jobs=jobs)).assets
    assert {row.record.status: row.why for row in rows} == {
        AssetStatus.QUEUED: ("it failed",),
        AssetStatus.FAILED: ("it failed",),
        AssetStatus.SYNCED: ("as it is",),
        AssetStatus.REJECTED: ("as it is",),
        AssetStatus.RETIRED: ("as it is",),
    }


def test_a_data_set_is_drawn_in_both_shapes_or_not_at_all() -> None:
    drawn, other = view(
        make_facts(
            data_sets=Page(
                [
                    make_data_set(notes=["Columns were left out."]),
                    make_data_set(status=DataSetStatus.UNKNOWN, fingerprint="", reason="CluedIn knows none."),
                ]
            )
        )
    ).data_sets
    assert drawn.across
    assert drawn.down
    assert len(drawn.across.boxes) == len(drawn.down.boxes) == 4
    assert drawn.source == make_record()
    assert drawn.why == ("Columns were left out.",)
    assert (other.chain, other.across, other.down, other.why) == (None, None, None, ("CluedIn knows none.",))


def test_a_letter_tells_on_which_way_its_work_was() -> None:
    dead_letters = [make_letter(), make_letter(queue="lineage-sync")]
    assert [row.way for row in view(make_facts(dead_letters=dead_letters)).dead_letters] == [
        "into CluedIn",
        "back into Purview",
    ]


def test_a_run_tells_how_long_it_took_and_what_it_counted() -> None:
    done = make_run(started_at=NOW - timedelta(seconds=2), counts={"new": 3, "changed": 0})
    running = make_run(finished_at=None)
    first, second = view(make_facts(runs=[done, running])).runs
    assert (first.took_s, first.counts) == (2.0, {"new": 3})
    assert second.took_s is None


def test_only_a_pause_that_is_on_is_shown() -> None:
    over = Throttle(service="cluedin", seen_at=NOW, until=NOW)
    on = Throttle(service="purview", seen_at=NOW, until=NOW + timedelta(seconds=5))
    assert view(make_facts(throttles=[over, on])).pauses == [on]

"""What the dashboard shows of what was read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.actions.parse import Person
from sync_core.operations.dashboard.answer import asset_answer, dashboard_answer
from sync_core.operations.dashboard.asset_page import AssetView, to_asset_view
from sync_core.operations.dashboard.buttons import Acting, Buttons
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.view import MEANINGS, Health, View, to_view
from sync_core.operations.explain.findings import Explanation
from sync_core.operations.facts import Page
from sync_core.operations.status import parse_filter
from sync_core.runs.action_log import ActionRecord
from sync_core.runs.run import RunOutcome
from sync_core.runs.throttle import Throttle
from tests.unit.sync_core.builders import (
    NOW,
    PORTALS,
    make_data_set,
    make_facts,
    make_job,
    make_letter,
    make_reading,
    make_record,
    make_run,
    make_synced_record,
)
from tests.unit.sync_core.operations.dashboard.html import read_html


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
    assert view(make_synced_record()).refresh.every_s is None
    running = make_run(outcome=RunOutcome.RUNNING, finished_at=None)
    for shown in (view(make_record()), view(open_deliveries=1), view(runs=[running])):
        assert shown.refresh.every_s == 30
        assert dashboard_answer(shown).headers["Refresh"] == "30"
    kept = view(make_record(), query={"refresh": "off", "state": "queued"})
    assert kept.refresh.every_s is None
    assert "Refresh" not in dashboard_answer(kept).headers
    assert "?state=queued&amp;refresh=on" in dashboard_answer(kept).body


def test_the_page_does_not_refresh_itself_while_a_person_may_act_on_it_unless_told_to() -> None:
    assert view(make_record(), dead_letters=[make_letter()]).refresh.every_s is None
    assert view(make_record(), dead_letters=[make_letter()], query={"refresh": "on"}).refresh.every_s == 30
    assert view(make_synced_record(), query={"refresh": "on"}).refresh.every_s is None


@pytest.mark.parametrize("person", [None, Person("Ada", is_signed_in=True)])
def test_a_page_that_is_read_anew_has_no_field_that_would_be_emptied(person: Person | None) -> None:
    acting, letters = Acting(Buttons(bytes(32), NOW, signed_in=person)), [make_letter()]
    pages = {
        state: [
            read_html(dashboard_answer(view(make_record(), dead_letters=letters, query=query), acting).body),
            read_html(asset_answer(own(make_record(), query, dead_letters=letters), acting).body),
        ]
        for state, query in {"anew": {"refresh": "on"}, "kept": {"refresh": "off"}}.items()
    }
    for anew, kept in zip(pages["anew"], pages["kept"], strict=True):
        assert ("by" in anew.values("name"), "by" in kept.values("name")) == (False, person is None)
        assert ("do" in anew.values("name"), "do" in kept.values("name")) == (person is not None, True)
        assert ("Keep it as it is, to act" in anew.text) is (person is None)


def test_what_people_did_names_the_asset_and_leads_to_it() -> None:
    asset, told = make_record("Orders"), {"at": NOW, "by": "Ada", "action": "resync"}
    targets = (f"asset {asset.key}", f"asset {asset.guid}", "kind retirement, number 4")
    actions = [ActionRecord(id=target, target=target, **told) for target in targets]
    shown = view(asset, sources={asset.key: listed_of(asset)}, actions=actions).actions
    assert [row.name for row in shown] == ["Orders", "Orders", ""]
    assert shown[0].link == f"?asset={asset.key}"


def own(record: AssetRecord, query: Mapping[str, str] = {}, **fields: Any) -> AssetView:
    return to_asset_view(record, make_facts(**fields), Links(query), PORTALS)


def test_an_assets_own_page_refreshes_itself_until_its_work_and_that_of_its_data_sets_is_done() -> None:
    queued, synced, data_sets = make_record(), make_synced_record(), Page([make_data_set()])
    data_set_id = make_data_set().data_set_id
    pushing = own(synced, data_sets=data_sets, jobs={data_set_id: make_job(data_set_id)})
    for shown in (own(queued), pushing, own(synced, jobs={synced.key: make_job(synced.key)})):
        assert shown.refresh.every_s == 30
        assert asset_answer(shown).headers["Refresh"] == "30"
    for shown in (own(synced), own(synced, data_sets=data_sets), own(synced, jobs={"other": make_job("other")})):
        assert not shown.refresh.is_outstanding
        assert "Refresh" not in asset_answer(shown).headers


def test_an_assets_own_page_is_kept_as_it_is_where_a_person_says_so_or_has_to_act() -> None:
    queued = make_record()
    kept = own(queued, {"code": "k", "asset": queued.key, "refresh": "off"})
    assert kept.refresh.every_s is None
    assert f"?code=k&amp;refresh=on&amp;asset={queued.key}" in asset_answer(kept).body
    letters = [make_letter()]
    assert own(queued, dead_letters=letters).refresh.every_s is None
    assert own(queued, {"refresh": "on"}, dead_letters=letters).refresh.every_s == 30


def test_an_explanation_is_not_looked_for_again_and_again() -> None:
    told = Explanation("it")
    assert to_asset_view(make_record(), make_facts(), Links({}), PORTALS, explanation=told).refresh.every_s is None


def test_the_word_on_top_agrees_with_what_waits_for_a_person() -> None:
    failed = make_run(outcome=RunOutcome.FAILED)
    by_itself = make_letter(cause_class="exhausted_transient")
    assert view().health is Health.WELL
    assert view(dead_letters=[make_letter()]).health is Health.NEEDS_A_PERSON
    assert view(dead_letters=[by_itself]).health is Health.RECOVERING
    assert view(dead_letters=[make_letter(set_aside_at=NOW)]).health is Health.WELL
    assert view(make_record(status=AssetStatus.REJECTED)).health is Health.NEEDS_A_PERSON
    assert view(dead_letters=[make_letter()], runs=[failed]).health is Health.NOT_WELL
    assert view(is_lineage_on=False).health is Health.WELL


def test_an_asset_or_its_data_set_that_waits_for_a_person_says_so_on_top_of_its_page() -> None:
    data_set = make_data_set(status=DataSetStatus.FAILED)
    letter = make_letter(data_set.data_set_id, "lineage-sync")
    shown = own(make_synced_record(), data_sets=Page([data_set]), dead_letters=[letter])
    assert shown.needs_a_person
    assert not own(make_synced_record(), data_sets=Page([make_data_set()])).needs_a_person

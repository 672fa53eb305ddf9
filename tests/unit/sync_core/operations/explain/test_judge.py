"""Each cause is told apart from the others by what was read: a test for each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_core.absence.approval import ApprovalNeeded
from sync_core.assets.in_cluedin import SHOWS_UP_AFTER
from sync_core.assets.names import full_group_name
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.catalog.values import Kind, Status
from sync_core.cluedin.data_set import RecordCounts
from sync_core.cluedin.snapshot import DataSetSummary, KnownSource
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.targets import Store
from sync_core.jobs.job import Job, JobKind, JobState
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.operations.explain.evidence import (
    Data,
    DataSets,
    Evidence,
    Group,
    InCluedIn,
    InPurview,
    Sight,
    State,
    Tag,
    Tags,
    Work,
)
from sync_core.operations.explain.findings import Cause, Explained, Explanation, Finding, Weight, merged
from sync_core.operations.explain.judge import Stage, judge
from sync_core.purview.asset import Asset
from sync_core.runs.deferred import Deferred
from sync_core.runs.deferred import Kind as DeferredKind
from sync_core.settings import TermStore

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GUID = "5f3c2a7e-9d41-4b0f-8a63-2c7b1e90d4aa"
ORDERS = Asset(GUID, "azure_sql_table", "Orders", "mssql://server/crm/dbo/Orders", "Orders", "slsq1x")
KEYWORD = Keyword("Sync to CluedIn", "Glossary")
TERM = Tag(Store.CLASSIC, Kind.TERM, "term-1", "Sync to CluedIn", "Glossary")
WORK = Work(keywords=(KEYWORD,))
TARGETS = {"term-1": ["Sync to CluedIn@Glossary"]}
SYNCED_AT = NOW - timedelta(days=2)


def record(**changes: Any) -> AssetRecord:
    """Return the record of an asset that was synced two days ago."""
    synced: dict[str, Any] = {
        "key": ORDERS.key,
        "guid": GUID,
        "type_name": ORDERS.type_name,
        "name": ORDERS.name,
        "qualified_name": ORDERS.qualified_name,
        "status": AssetStatus.SYNCED,
        "first_seen_at": SYNCED_AT,
        "first_seen_run_id": "run",
        "refreshed_at": SYNCED_AT,
        "group_id": "7",
        "group_name": "Orders",
        "group_origin": Origin.CREATED,
        "source_id": "9",
        "source_name": ORDERS.qualified_name,
        "synced_name": "Orders",
        "synced_at": SYNCED_AT,
        "terms": ["term-1"],
    }
    return AssetRecord.model_validate({**synced, **changes})


def job(**changes: Any) -> Job:
    return Job(**{"kind": JobKind.ASSET, "key": ORDERS.key, "asked_at": NOW, "due_at": NOW, **changes})


def evidence(**changes: Any) -> Evidence:
    """Return the evidence of an asset with which all is well."""
    whole = Evidence(
        now=NOW,
        work=WORK,
        purview=InPurview(GUID, asset=ORDERS, terms={"term-1": "Sync to CluedIn"}),
        state=State(record()),
        tags=Tags(carried=(TERM,), targets=TARGETS),
        cluedin=InCluedIn(is_group_shown=True, is_source_shown=True),
        data_sets=DataSets(),
    )
    return replace(whole, **changes)


def shown(*, group: bool = True, source: bool = True, **changes: Any) -> InCluedIn:
    return InCluedIn(is_group_shown=group, is_source_shown=source, **changes)


def explained(found: Evidence) -> Explained:
    findings = [one for stage in Stage for one in judge(found, stage)]
    return Explained(GUID, found.purview.asset, tuple(findings))


def first(found: Evidence) -> Finding:
    told = explained(found).first
    assert told is not None
    return told


def tagged(*tags: Tag, **changes: Any) -> Evidence:
    """Return the evidence of an asset that was never seen, and has these terms."""
    return evidence(state=State(), cluedin=None, tags=Tags(carried=tags, **changes))


def test_of_an_asset_with_which_all_is_well_that_is_said_with_its_group() -> None:
    told = explained(evidence())
    assert told.is_well
    assert first(evidence()).cause is Cause.IN_CLUEDIN
    assert "'Orders' (7)" in first(evidence()).what


@pytest.mark.parametrize(
    ("tag", "keyword", "cause", "fix"),
    [
        (replace(TERM, place="Business Terms"), KEYWORD, Cause.OTHER_GLOSSARY, "Sync to CluedIn@Business Terms"),
        (
            Tag(Store.UNIFIED, Kind.TERM, "c", "Tag", "Sales"),
            Keyword("Tag", "Finance"),
            Cause.OTHER_DOMAIN,
            "Tag@Sales in SYNC_TERM",
        ),
        (replace(TERM, name="Sync To Cluedin"), KEYWORD, Cause.LETTER_CASE, "Write Sync To Cluedin@Glossary"),
        (replace(TERM, name="SyncTo CluedIn"), KEYWORD, Cause.WHITE_SPACE, "Write SyncTo CluedIn@Glossary"),
        (
            Tag(Store.UNIFIED, Kind.PRODUCT, "p", "Customer 360", "Sales"),
            Keyword("Customer 360"),
            Cause.OTHER_KIND,
            "product:Customer 360",
        ),
        (
            Tag(Store.UNIFIED, Kind.TERM, "c", "Tag", "Sales", Status.DRAFT),
            Keyword("Tag"),
            Cause.DRAFT,
            "Publish it",
        ),
        (
            Tag(Store.UNIFIED, Kind.TERM, "c", "Tag", "Sales", Status.EXPIRED),
            Keyword("Tag"),
            Cause.EXPIRED,
            "Publish it",
        ),
        (Tag(Store.UNIFIED, Kind.TERM, "c", "Tag", "Sales"), Keyword("Tag"), Cause.TERM_NEW, "None"),
        (replace(TERM, name="Customer"), KEYWORD, Cause.NOT_TAGGED, "Give it one of these terms"),
    ],
)
def test_a_term_that_is_not_the_keywords_own_is_told_by_how_it_differs(
    tag: Tag, keyword: Keyword, cause: Cause, fix: str
) -> None:
    found = first(replace(tagged(tag), work=replace(WORK, keywords=(keyword,))))
    assert found.cause is cause
    assert fix in found.fix
    assert tag.name in found.evidence


def test_names_that_differ_in_nothing_that_counts_are_one() -> None:
    found = explained(tagged(replace(TERM, name=" Sync  to CluedIn ")))
    assert Cause.WHITE_SPACE not in {one.cause for one in found.findings}


def test_a_term_of_a_store_that_is_not_asked_is_told() -> None:
    work = replace(WORK, keywords=(Keyword("Tag"),), store=TermStore.CLASSIC)
    found = first(replace(tagged(Tag(Store.UNIFIED, Kind.TERM, "c", "Tag", "Sales")), work=work))
    assert (found.cause, found.fix) == (Cause.OTHER_STORE, "Set SYNC_TERM_STORE=auto.")


def test_a_term_on_a_column_is_told_with_the_column() -> None:
    found = first(tagged(targets=TARGETS, columns={"term-1": ["Total"]}))
    assert found.cause is Cause.TAG_ON_COLUMN
    assert "'Total'" in found.what


def test_no_term_at_all_is_told_with_what_the_keywords_are() -> None:
    found = first(tagged(targets=TARGETS))
    assert found.cause is Cause.NOT_TAGGED
    assert "Sync to CluedIn@Glossary" in found.what


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("it is a draft: publish it", Cause.DRAFT),
        ("it is expired: publish it again", Cause.EXPIRED),
        ("its list fell from several assets to none", Cause.TERM_PAUSED),
    ],
)
def test_a_paused_term_stands_in_the_way_of_what_was_tagged_since(reason: str, cause: Cause) -> None:
    paused = deferred(DeferredKind.TERM, "term-1", reason=reason)
    new = first(tagged(TERM, targets=TARGETS, paused={"term-1": paused}))
    assert (new.cause, new.weight) == (cause, Weight.IN_THE_WAY)
    assert new.evidence == reason
    synced = evidence(tags=Tags(carried=(TERM,), targets=TARGETS, paused={"term-1": paused}))
    assert first(synced).cause is Cause.IN_CLUEDIN


def deferred(kind: DeferredKind, thing: str, **changes: Any) -> Deferred:
    moments = {"since": NOW, "looked_at": NOW, "next_look_at": NOW + timedelta(minutes=5)}
    return Deferred(kind=kind, id=thing, **{**moments, **changes})


def test_a_keyword_that_names_nothing_is_told() -> None:
    """Nobody can give an asset a term that there is not: that comes first, and what it has instead is a note."""
    unknown = ("SYNC_TERM names 'Tag', which Purview does not show",)
    told = first(tagged(unknown=unknown))
    assert (told.cause, told.evidence) == (Cause.KEYWORD_UNKNOWN, unknown[0])
    (none,) = [one for one in explained(tagged(unknown=unknown)).findings if one.cause is Cause.NOT_TAGGED]
    assert none.weight is Weight.NOTE
    assert "Give it" not in none.fix
    assert first(tagged(targets=TARGETS, unknown=unknown)).cause is Cause.KEYWORD_UNKNOWN
    assert first(tagged(TERM, targets=TARGETS, unknown=unknown)).cause is Cause.NOT_SEEN_YET


def test_terms_that_cannot_be_read_are_not_told_as_none() -> None:
    broken = first(tagged(targets=TARGETS, errors=("Purview answered 503",)))
    assert (broken.cause, broken.evidence) == (Cause.NOT_ANSWERED, "Purview answered 503")
    assert first(tagged(TERM, targets=TARGETS, errors=("503",))).cause is Cause.NOT_SEEN_YET


def test_a_catalog_that_the_app_was_never_let_into_stands_in_nobodys_way() -> None:
    found = tagged(targets=TARGETS, closed="The Unified Catalog answered 403")
    assert first(found).cause is Cause.NOT_TAGGED
    assert "Global Catalog Reader" in explained(found).findings[0].fix


def test_what_purview_hides_is_told_with_the_role() -> None:
    found = first(
        evidence(purview=InPurview(GUID, Sight.HIDDEN, "answered 403"), state=State(), tags=None, cluedin=None)
    )
    assert found.cause is Cause.HIDDEN
    assert "Data Reader" in found.fix


def test_what_is_gone_from_purview_is_told() -> None:
    assert first(evidence(purview=InPurview(GUID, Sight.GONE), state=State(), cluedin=None)).cause is Cause.GONE


def test_a_type_that_is_left_out_is_told_with_why() -> None:
    found = first(replace(tagged(TERM, targets=TARGETS), purview=InPurview(GUID, asset=ORDERS, left_out="a column")))
    assert found.cause is Cause.TYPE_LEFT_OUT
    assert "a column" in found.what


def test_a_type_that_purview_does_not_tell_waits() -> None:
    found = first(replace(tagged(TERM, targets=TARGETS), purview=InPurview(GUID, asset=ORDERS, left_out=None)))
    assert (found.cause, found.weight) == (Cause.TYPE_UNKNOWN, Weight.WAITS)


def test_an_asset_without_a_name_is_rejected_by_name() -> None:
    found = first(replace(tagged(TERM), purview=InPurview(GUID, asset=replace(ORDERS, name=""))))
    assert found.cause is Cause.REJECTED
    assert "no name" in found.what


def test_an_index_that_lags_is_told_where_all_assets_are_found_by_search() -> None:
    seen = InPurview(GUID, asset=ORDERS, is_found=False, changed_at=NOW - timedelta(minutes=2))
    found = evidence(work=Work(), purview=seen, state=State(), tags=None, cluedin=None)
    assert first(found).cause is Cause.INDEX_BEHIND
    assert "11:58" in first(found).evidence
    assert first(replace(found, purview=replace(seen, is_found=True))).cause is Cause.NOT_SEEN_YET


def test_the_collection_of_cluedins_own_assets_is_left_out_with_all() -> None:
    seen = InPurview(GUID, asset=ORDERS, is_found=True, is_in_own_collection=True)
    assert first(evidence(work=Work(), purview=seen, state=State(), cluedin=None)).cause is Cause.OWN_COLLECTION


def test_a_switch_that_is_off_stands_in_the_way_of_what_is_not_synced_yet() -> None:
    off = replace(WORK, is_on=False, off_in="SYNC_ENABLED")
    found = first(replace(tagged(TERM, targets=TARGETS), work=off))
    assert (found.cause, found.fix) == (Cause.SETTINGS_OFF, "Switch SYNC_ENABLED on.")
    assert first(evidence(work=off)).cause is Cause.IN_CLUEDIN


def test_a_switch_that_is_off_comes_before_what_is_done_about_a_group_that_is_gone() -> None:
    off = replace(WORK, is_on=False, off_in="SYNC_ENABLED")
    found = evidence(work=off, cluedin=shown(group=False, source=False))
    told, gone = (one for one in explained(found).findings if one.weight is Weight.IN_THE_WAY)
    assert (told.cause, told.fix) == (Cause.SETTINGS_OFF, "Switch SYNC_ENABLED on.")
    assert gone.cause is Cause.GROUP_GONE
    assert gone.fix.startswith("None while SYNC_ENABLED is off.")
    lost = evidence(work=off, state=State(record(absent=1, absent_since=NOW)), tags=Tags(targets=TARGETS))
    assert first(lost).cause is Cause.SETTINGS_OFF


def test_a_switch_that_is_off_is_told_once_where_it_shows_later_that_it_stands_in_the_way() -> None:
    off = replace(WORK, is_on=False, off_in="SYNC_ENABLED")
    found = evidence(work=off, cluedin=shown(group=False, source=False))
    parts = [Explanation("Orders", assets=(Explained(GUID, ORDERS, tuple(judge(found, stage))),)) for stage in Stage]
    (one,) = merged(parts, "Orders").assets
    told = [finding for finding in one.findings if finding.cause is Cause.SETTINGS_OFF]
    assert [finding.weight for finding in told] == [Weight.IN_THE_WAY]
    (one,) = merged(parts[:1], "Orders").assets
    assert [finding.weight for finding in one.findings] == [Weight.NOTE]


def test_a_discovery_that_fails_is_told_with_its_error() -> None:
    failing = replace(WORK, is_discovery_well=False, discovery_error="ConfigError: no such term")
    found = first(replace(tagged(TERM, targets=TARGETS), work=failing))
    assert (found.cause, found.evidence) == (Cause.DISCOVERY_FAILS, "ConfigError: no such term")


def test_a_service_that_asks_to_slow_down_is_waited_for() -> None:
    found = first(replace(tagged(TERM, targets=TARGETS), work=replace(WORK, pauses={"CluedIn": 42.0})))
    assert (found.cause, found.weight) == (Cause.THROTTLED, Weight.WAITS)
    assert "CluedIn" in found.what
    assert "42 s" in found.what


def test_what_is_selected_and_not_recorded_is_seen_by_the_next_tick() -> None:
    assert first(tagged(TERM, targets=TARGETS)).cause is Cause.NOT_SEEN_YET


def test_a_job_that_waits_is_told_with_its_moment() -> None:
    queued = record(status=AssetStatus.QUEUED, source_id="", group_id="", group_name="")
    due = job(due_at=NOW + timedelta(minutes=6), attempts=2, last_error="503", last_error_class="transient")
    found = first(evidence(state=State(queued, due), cluedin=InCluedIn()))
    assert (found.cause, found.weight) == (Cause.WAITING, Weight.WAITS)
    assert "12:05:00" in found.what
    assert "2 of 12 attempts failed. 503" in found.evidence
    stuck = due.model_copy(update={"last_error_class": "config"})
    assert first(evidence(state=State(queued, stuck), cluedin=InCluedIn())).weight is Weight.IN_THE_WAY


def test_a_job_that_is_throttled_says_so() -> None:
    queued = record(status=AssetStatus.QUEUED)
    found = first(evidence(state=State(queued, job(throttled_since=NOW)), cluedin=InCluedIn()))
    assert (found.cause, found.weight) == (Cause.THROTTLED, Weight.WAITS)


def test_a_dead_letter_is_told_with_its_cause_and_how_to_replay_it() -> None:
    dead = job(state=JobState.DEAD, last_error="CluedIn refuses the name", last_error_class="rejected", attempts=1)
    found = first(evidence(state=State(record(status=AssetStatus.FAILED), dead), cluedin=InCluedIn()))
    assert (found.cause, found.evidence) == (Cause.DEAD_LETTER, "CluedIn refuses the name")
    assert f"replay --id {ORDERS.key}" in found.fix


def test_an_asset_in_its_grace_has_lost_its_term_first() -> None:
    lost = evidence(state=State(record(absent=1, absent_since=NOW)), tags=Tags(targets=TARGETS))
    assert first(lost).cause is Cause.NOT_TAGGED
    assert Cause.IN_GRACE in {one.cause for one in explained(lost).findings}


def test_an_asset_whose_retirement_waits_for_a_person_is_told_with_the_command() -> None:
    needed = ApprovalNeeded(assets=8, of=18, since=NOW)
    found = first(evidence(state=State(record(absent=2, absent_since=NOW), approval_needed=needed)))
    assert found.cause is Cause.GUARD
    assert "approve retirement 8" in found.fix


def test_a_retired_asset_is_told_with_why() -> None:
    retired = record(status=AssetStatus.RETIRED, retired_at=NOW, reason="It is no longer among them.")
    found = first(evidence(state=State(retired), tags=None, cluedin=shown()))
    assert (found.cause, found.evidence) == (Cause.RETIRED, "It is no longer among them.")


def test_what_is_hidden_is_remembered_and_told() -> None:
    hidden = deferred(DeferredKind.ASSET, GUID, is_hidden=True, reason="answered 403")
    found = replace(tagged(TERM, targets=TARGETS), state=State(deferred=(hidden,)))
    assert first(found).cause is Cause.HIDDEN
    unread = hidden.model_copy(update={"is_hidden": False})
    assert first(replace(found, state=State(deferred=(unread,)))).cause is Cause.DEFERRED


def test_a_group_that_was_deleted_is_told_with_how_to_do_without() -> None:
    missing = KnownSource("9", ORDERS.qualified_name, "7", "Orders", missing_looks=1)
    found = first(evidence(cluedin=shown(group=False, source=False, missing=missing)))
    assert found.cause is Cause.GROUP_GONE
    assert "1 complete snapshots" in found.evidence
    assert "take the term from the asset" in found.fix
    assert "for an hour" in first(evidence(cluedin=shown(group=False, source=False, is_in_doubt=True))).fix
    proven = evidence(state=State(record(gone_at=NOW)), cluedin=shown(group=False, source=False))
    assert "was proven" in first(proven).fix
    assert "source was deleted" in first(evidence(cluedin=shown(source=False))).what


@pytest.mark.parametrize("status", [AssetStatus.SYNCED, AssetStatus.QUEUED])
def test_a_group_that_was_just_made_is_not_gone_while_cluedin_does_not_show_it(status: AssetStatus) -> None:
    """The same time as for a snapshot; a group alone counts from when it was made."""
    moment = "synced_at" if status is AssetStatus.SYNCED else "group_at"
    source = "9" if status is AssetStatus.SYNCED else ""

    def made(age: timedelta) -> Evidence:
        young = record(status=status, source_id=source, **{moment: NOW - age})
        return evidence(state=State(young), cluedin=shown(group=False, source=False))

    young = explained(made(SHOWS_UP_AFTER - timedelta(seconds=1)))
    assert [one.cause for one in young.findings if one.weight is not Weight.NOTE] == [Cause.WAITING] * (
        1 if source else 2
    )
    assert first(made(SHOWS_UP_AFTER)).cause is Cause.GROUP_GONE


def test_a_name_that_another_group_has_is_told() -> None:
    full = record(group_name=full_group_name(record()))
    found = explained(evidence(state=State(full), cluedin=shown(namesakes=(Group("3", "orders"),))))
    (told,) = [one for one in found.findings if one.cause is Cause.NAME_TAKEN]
    assert "'orders' (3)" in told.evidence
    assert "Orders : mssql" in told.what
    own = evidence(cluedin=shown(namesakes=(Group("7", "Orders", is_own=True),)))
    assert Cause.NAME_TAKEN not in {one.cause for one in explained(own).findings}


def test_a_renamed_asset_keeps_the_name_of_its_group() -> None:
    found = explained(evidence(state=State(record(name="Order"))))
    assert Cause.RENAMED in {one.cause for one in found.findings}


def data(mapped: str = "m", total: int | None = 5, told: DataSetRecord | None = None, work: Job | None = None) -> Data:
    return Data(DataSetSummary("d1", "Orders 2026", mapped, RecordCounts(total), "2026-11-01T00:00:00Z"), told, work)


def told(status: DataSetStatus, **changes: Any) -> DataSetRecord:
    return DataSetRecord(data_set_id="d1", status=status, first_seen_at=NOW, **changes)


DEAD = Job(kind=JobKind.DATA_SET, key="d1", asked_at=NOW, due_at=NOW, state=JobState.DEAD, last_error="no such asset")


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (data(mapped="", total=5), Cause.NOT_MAPPED),
        (data(total=0), Cause.NOT_PROCESSED),
        (data(told=told(DataSetStatus.PUSHED, pushed_at=NOW)), Cause.IN_CLUEDIN),
        (data(told=told(DataSetStatus.QUEUED), work=DEAD), Cause.LINEAGE_DEAD),
        (data(told=told(DataSetStatus.QUEUED), work=DEAD.model_copy(update={"state": "pending"})), Cause.LINEAGE_WAITS),
        (data(told=told(DataSetStatus.NOT_FROM_PURVIEW, left_at=SYNCED_AT - timedelta(1))), Cause.PROCESSED_BEFORE),
        (data(), Cause.PROCESSED_BEFORE),
    ],
)
def test_a_data_set_is_told_by_what_it_lacks(found: Data, cause: Cause) -> None:
    assert first(evidence(data_sets=DataSets((found,)))).cause is cause


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (DataSets((data(told=told(DataSetStatus.PUSHED, pushed_at=NOW)),)), Cause.LINEAGE_STANDS),
        (DataSets(), Cause.NO_DATA_SET),
        (DataSets((data(),), left_out=3), Cause.MORE_DATA_SETS),
        (DataSets(error="403"), Cause.NOT_ANSWERED),
    ],
)
def test_what_stands_in_nobodys_way_is_noted_at_the_end(seen: DataSets, cause: Cause) -> None:
    *_, last = explained(evidence(data_sets=seen)).findings
    assert (last.cause, last.weight) == (cause, Weight.NOTE)


def test_lineage_that_is_off_is_told() -> None:
    off = replace(WORK, is_lineage_on=False)
    assert first(evidence(work=off, data_sets=DataSets((data(),)))).cause is Cause.LINEAGE_OFF


def test_what_cannot_be_read_is_told_and_hides_nothing() -> None:
    broken = evidence(cluedin=InCluedIn(error="CluedIn answered 500"), state=State(errors=("unreadable",)))
    causes = [one.evidence for one in explained(broken).findings if one.cause is Cause.NOT_ANSWERED]
    assert causes == ["unreadable", "CluedIn answered 500"]
    wrong = first(replace(tagged(TERM), work=replace(WORK, error="SYNC_TERM is empty")))
    assert (wrong.cause, wrong.evidence) == (Cause.SETTINGS_WRONG, "SYNC_TERM is empty")


def test_what_is_no_data_asset_is_explained_first_only_where_nothing_else_has_the_name() -> None:
    left_out = Finding(Cause.TYPE_LEFT_OUT, Weight.IN_THE_WAY, "a process")
    process = Explained("process", None, (left_out,))
    report = Explained("report", ORDERS, (Finding(Cause.IN_CLUEDIN, Weight.WELL, "stands"),))
    both = Explanation("Revenue", assets=(process, report)).to_json()
    assert (both["about"], both["first"]["cause"]) == ("report", "inCluedIn")
    alone = Explanation("Revenue", assets=(process,)).to_json()
    assert (alone["about"], alone["first"]["cause"]) == ("process", "typeLeftOut")


def test_parts_of_an_answer_are_one_when_they_are_put_together() -> None:
    note, way = (Finding(Cause.TAGGED, Weight.NOTE, "a"), Finding(Cause.GUARD, Weight.IN_THE_WAY, "b"))
    parts = [
        Explanation("Orders", assets=(Explained(GUID, ORDERS, (note,), is_whole=False),), next="token"),
        Explanation("Orders", assets=(Explained(GUID, ORDERS, (way,)),)),
    ]
    (whole,) = merged(parts, "Orders").assets
    assert (whole.findings, whole.is_whole) == ((note, way), True)
    assert merged(parts, "Orders").first == way

"""What cannot be read stops only what depends on it: it is named, remembered, and asked for later."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from local.purview import Purview
from local.purview.admin.actions import find_term
from local.simulation.faults import Effect, Fault, Match
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.errors import ConfigError, SyncError, ThrottledError, TransientError
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.discovery.terms.test_resolve_terms import CUSTOMERS, PRODUCTS, SALES_MODEL, make_term
from tests.integration.sync_core.estate import ASSIGNMENTS, DETAILS, TYPES, Estate

SECOND = "Second@Glossary"
DAY_S = 24 * 3600


def names(estate: Estate) -> list[str]:
    return sorted(record.name for record in estate.records())


def guid_of(estate: Estate, name: str) -> str:
    return estate.purview.catalog.named(name)[0].guid


def ticks(estate: Estate, count: int, *, every_s: float = 60) -> None:
    for _ in range(count):
        estate.clock.advance(every_s)
        estate.tick()


@pytest.fixture
def three(small_estate: Estate) -> Estate:
    """An app on an estate where three assets carry the term: `Orders`, `Customers` and `Products`."""
    small_estate.act("tag", asset="Products", term=TERM)
    return small_estate


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 500},
        {"status": 400, "body": {"errorCode": "ATLAS-400-00-01A", "errorMessage": "invalid parameters"}},
        {"status": 404, "body": "no such page"},
        {"status": 403, "body": {"errorCode": "ATLAS-403-00-001", "errorMessage": "no"}},
        {"status": 200, "body": "<html>"},
        {"drop": "before"},
    ],
    ids=str,
)
def test_an_asset_that_cannot_be_read_stops_no_other_and_is_named(three: Estate, effect: dict[str, Any]) -> None:
    guid = guid_of(three, PRODUCTS)
    three.unreadable(guid, **effect)

    run = three.sync()

    assert names(three) == ["Customers", "Orders"]
    assert {record.status for record in three.records()} == {AssetStatus.SYNCED}
    assert run.counts.get("unreadable assets", 0) + run.counts.get("hidden", 0) == 1
    assert any(guid in note and "next look" in note for note in run.notes)


def test_it_is_asked_for_again_with_a_growing_pause_and_found_within_a_day(three: Estate) -> None:
    guid = guid_of(three, PRODUCTS)
    fault = three.unreadable(guid)
    three.tick()
    before = three.purview.log.last_seq
    ticks(three, 60)
    asked = sum(1 for one in three.purview_log(before) if one.operation == DETAILS and guid in str(one.query))
    assert 1 <= asked <= 3 * 7  # looks after 0, 2, 4, 8, 16 and 32 minutes, each tried three times

    three.purview.faults.clear(fault)
    three.clock.advance(DAY_S)
    three.tick()

    assert names(three) == ["Customers", "Orders", "Products"]
    run = three.tick()
    assert run.counts.get("deferred", 0) == 0


def test_status_tells_what_cannot_be_read_since_when_why_and_when_it_is_looked_at_next(three: Estate) -> None:
    guid = guid_of(three, PRODUCTS)
    three.unreadable(guid)
    ticks(three, 3)

    (deferred,) = three.status()["deferred"]

    assert (deferred["kind"], deferred["id"], deferred["looks"], deferred["causeClass"]) == (
        "asset",
        guid,
        2,
        "transient",
    )
    assert deferred["since"] < deferred["lookedAt"] < deferred["nextLookAt"]
    assert "500" in deferred["reason"]


def test_an_asset_that_hangs_is_found_too(three: Estate) -> None:
    guid = guid_of(three, PRODUCTS)
    three.unreadable(guid, delay_s=0.01, drop="before")

    three.tick()

    assert names(three) == ["Customers", "Orders"]


def test_a_synced_asset_that_cannot_be_read_any_more_is_not_missing(three: Estate) -> None:
    three.sync()
    three.unreadable(guid_of(three, PRODUCTS))

    three.clock.advance(DAY_S + 60)  # when its details are read again
    ticks(three, 3, every_s=COMPARE_AFTER.total_seconds())

    assert {record.status for record in three.records()} == {AssetStatus.SYNCED}
    assert {record.absent for record in three.records()} == {0}


def test_an_outage_of_the_store_fails_the_run_and_is_over_with_it(three: Estate) -> None:
    three.act("untag", asset="Products", term=TERM)
    three.sync()
    three.act("tag", asset="Products", term=TERM)
    three.purview_fault(DETAILS, times=None, status=503)

    for _ in range(3):
        three.clock.advance(60)
        assert "503" in three.failing_tick(TransientError).error
    three.purview.faults.clear()
    three.tick()

    assert names(three) == ["Customers", "Orders", "Products"]


def test_many_that_all_fail_are_the_stores_fault_and_not_each_ones(estate: Estate) -> None:
    estate.purview_fault(DETAILS, times=None, status=503)

    run = estate.failing_tick(TransientError)

    assert run.requests["purview"] < 60
    estate.purview.faults.clear()
    estate.tick()
    assert len(estate.records()) == 18


def test_a_type_that_cannot_be_read_keeps_only_its_own_assets_waiting(three: Estate) -> None:
    three.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    fault = three.unreadable("typedef/name/azure_datalake_gen2_path")

    run = three.tick()

    assert names(three) == ["Customers", "Orders", "Products"]
    assert run.counts["unreadable types"] == run.counts["waiting for their type"] == 1
    three.purview.faults.clear(fault)
    ticks(three, 3)
    assert "new.csv" in names(three)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "not found"},
        {"status": 404, "body": {"errorCode": "ATLAS-404-00-001", "errorMessage": "unknown type"}},
        {"status": 200, "body": {"name": "DataSet", "superTypes": []}},
        {"status": 200, "body": "<html>"},
        {"status": 500},
    ],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 2, 6])
def test_odd_answers_about_a_super_type_are_not_believed(
    small_estate: Estate, answer: dict[str, Any], times: int
) -> None:
    small_estate.unreadable("typedef/name/azure_resource", times=times, **answer)
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])

    ticks(small_estate, 12)

    assert small_estate.record_of("odd")


def define_lineage(purview: Purview) -> None:
    """A type whose way up to DataSet leads over another one."""
    types = [
        {"name": "azure_resource", "superTypes": ["DataSet"]},
        {"name": "contoso_share", "superTypes": ["azure_resource"]},
    ]
    purview.typedefs.create({"entityDefs": types}, "app", ends_registered_before=False)


def test_a_definition_that_once_lacked_its_super_types_is_believed_for_two_hours_at_most(small_estate: Estate) -> None:
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])
    bare = {"status": 200, "body": {"name": "contoso_share", "superTypes": []}}
    small_estate.unreadable("typedef/name/contoso_share", times=2, **bare)
    run = small_estate.tick()
    assert run.counts["left out: contoso_share, not a DataSet by its type definition"] == 1

    small_estate.clock.advance(2 * 3600)
    small_estate.tick()

    assert small_estate.record_of("odd")


def test_a_single_bare_definition_is_not_believed_at_all(small_estate: Estate) -> None:
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])
    bare = {"status": 200, "body": {"name": "contoso_share", "superTypes": []}}
    small_estate.unreadable("typedef/name/contoso_share", times=1, **bare)

    small_estate.tick()

    assert small_estate.record_of("odd")


def list_of(purview: Purview, term: str) -> str:
    return f"{find_term(purview, term).guid}/assignedEntities"


@pytest.mark.parametrize("effect", [{"status": 500}, {"status": 200, "body": {}}, {"status": 403}], ids=str)
def test_a_term_whose_list_cannot_be_read_is_paused_alone_and_nobody_counts_as_missing_by_it(
    new_small_estate: NewEstate, purview: Purview, effect: dict[str, Any]
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.sync()
    fault = estate.unreadable(list_of(purview, SECOND), **effect)
    estate.act("tag", asset=SALES_MODEL, term=TERM)
    estate.act("untag", asset="Orders", term=TERM)

    ticks(estate, 4)

    run = estate.last_run()
    assert any("The term Second@Glossary" in note for run in estate.app.runs.latest(run.kind, 9) for note in run.notes)
    assert estate.record_of("Products").status is AssetStatus.SYNCED
    assert estate.record_of("Products").absent == 0
    # Those of the other term come and go.
    assert estate.record_of("Sales Model")
    assert estate.record_of("Orders").status is AssetStatus.RETIRED

    estate.purview.faults.clear(fault)
    estate.act("untag", asset="Products", term=SECOND)
    estate.clock.advance(2 * 3600)
    ticks(estate, 3)
    assert estate.record_of("Products").status is AssetStatus.RETIRED


def test_what_a_paused_term_shows_beside_another_one_stays_while_the_other_drops_it(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "Second", CUSTOMERS, PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.sync()
    estate.unreadable(list_of(purview, SECOND))

    estate.act("untag", asset="Customers", term=TERM)
    ticks(estate, 4)

    assert estate.record_of("Customers").status is AssetStatus.SYNCED


def test_a_paused_term_is_asked_for_again_after_two_hours_at_the_latest(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    fault = estate.unreadable(list_of(purview, SECOND))
    ticks(estate, 30)
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 1}

    estate.purview.faults.clear(fault)
    estate.clock.advance(2 * 3600)
    estate.tick()

    assert "Products" in names(estate)


def test_where_the_only_term_cannot_be_read_the_run_fails_and_says_why(small_estate: Estate, purview: Purview) -> None:
    small_estate.sync()
    small_estate.unreadable(list_of(purview, TERM))

    for _ in range(4):
        small_estate.clock.advance(60)
        run = small_estate.failing_tick(TransientError)
        assert "No term can be read" in run.error
        assert "answered 500" in run.error
    assert {record.absent for record in small_estate.records()} == {0}


def test_a_glossary_that_cannot_be_listed_hides_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, "Sync to CluedIn", PRODUCTS, glossary="Business Terms")
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    (other,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate.tick()
    estate.unreadable(f"glossary/{other.guid}/terms")

    ticks(estate, 4, every_s=180)

    # The terms that are known go on, also those of the glossary that cannot be listed.
    assert names(estate) == ["Customers", "Orders", "Products"]
    assert {record.absent for record in estate.records()} == {0}


def test_a_glossary_that_could_never_be_listed_hides_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    (other,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.unreadable(f"glossary/{other.guid}/terms")

    run = estate.tick()

    assert names(estate) == ["Customers", "Orders"]
    assert run.counts["unreadable glossaries"] == 1


def test_terms_that_are_known_go_on_while_the_glossaries_cannot_be_read(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.tick()
    estate.unreadable("atlas/v2/glossary\\?")
    estate.act("tag", asset="Products", term=TERM)

    estate.clock.advance(180)
    run = estate.tick()

    assert "Products" in names(estate)
    assert run.counts["unreadable stores"] == 1
    before = estate.purview.log.last_seq
    estate.tick()
    estate.tick()
    assert sum(estate.asked_of_purview(before).values()) <= 2 + 3


def test_a_keyword_that_cannot_be_looked_up_stops_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.unreadable("qualifiedName=Second")

    run = estate.failing_tick(ConfigError)

    assert "'Second@Glossary' of SYNC_TERM cannot be looked up" in run.error
    assert names(estate) == ["Customers", "Orders"]


def test_a_hundred_and_more_hidden_assets_keep_no_other_from_being_retired_and_cost_nothing(estate: Estate) -> None:
    estate.generate(150, collection="Marketing", term=TERM)
    ticks(estate, 2)
    lose_the_role_on_marketing(estate)
    estate.act("untag", asset="Orders", term=TERM)
    hide_from_the_list(estate)

    ticks(estate, 6)

    assert estate.record_of("Orders").status is AssetStatus.RETIRED
    assert sum(1 for record in estate.records() if record.status is AssetStatus.RETIRED) == 1
    before = estate.purview.log.last_seq
    run = estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 1}
    assert run.counts["deferred"] == 150
    estate.clock.advance(COMPARE_AFTER.total_seconds())
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before)["Entity_Get"] == 0


def lose_the_role_on_marketing(estate: Estate) -> None:
    """Someone takes the role on the root, and gives it on all other collections."""
    for record in estate.records():
        if "generated" in record.name:
            estate.unreadable(record.guid, status=403, body={"errorCode": "ATLAS-403-00-001", "errorMessage": "no"})


def hide_from_the_list(estate: Estate) -> None:
    """The term's list leaves out what the app may not read."""
    for record in estate.records():
        if "generated" in record.name:
            estate.act("untag", asset=record.guid, term=TERM)


def test_looks_that_take_long_end_with_their_time_and_the_next_run_goes_on(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_core.absence.confirm_absence.LOOK_TIME", timedelta(seconds=0))
    estate.sync()
    for name in ("Orders", "Customers", "Products"):
        if name != "Products":
            estate.act("untag", asset=name, term=TERM)

    runs = []
    for _ in range(6):
        ticks(estate, 1)
        runs.append(estate.last_run())

    assert "1 missing assets are still to be looked up; until then none is retired." in runs[0].notes
    assert estate.record_of("Orders").status is estate.record_of("Customers").status is AssetStatus.RETIRED


def test_types_of_any_length_of_name_stop_nothing(small_estate: Estate) -> None:
    small_estate.purview_fault(TYPES, times=1, skip=1, status=404)
    name = "contoso_" + "x" * 900
    small_estate.purview.typedefs.create(
        {"entityDefs": [{"name": name, "superTypes": ["DataSet"]}]}, "app", ends_registered_before=False
    )
    small_estate.act("add_asset", name="long", typeName=name, terms=[TERM])

    small_estate.tick()

    assert small_estate.record_of("long")


def test_a_run_that_meets_any_number_of_types_can_be_recorded(small_estate: Estate) -> None:
    types = [{"name": f"contoso_{'x' * 60}_{number}_column", "superTypes": ["DataSet"]} for number in range(600)]
    small_estate.purview.typedefs.create({"entityDefs": types}, "app", ends_registered_before=False)
    for one in types:
        small_estate.act("add_asset", name=one["name"], typeName=one["name"], terms=[TERM])

    run = small_estate.tick()

    assert sum(count for name, count in run.counts.items() if name.startswith("left out: ")) == 600
    assert run.counts["new"] == 2


LONG: dict[str, Any] = {"status": 503, "headers": {"Retry-After": "3000"}}


@pytest.mark.parametrize("thing", ["asset", "type", "term", "glossary", "keyword"])
def test_a_pause_that_one_thing_asks_for_is_its_own_and_not_the_whole_services(
    new_small_estate: NewEstate, purview: Purview, thing: str
) -> None:
    make_term(purview, "Second", PRODUCTS)
    (glossary,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn" if thing == "glossary" else f"{TERM}; {SECOND}")
    estate.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    things = {
        "asset": guid_of(estate, PRODUCTS),
        "type": "typedef/name/azure_datalake_gen2_path",
        "term": list_of(purview, SECOND),
        "glossary": f"glossary/{glossary.guid}/terms",
        "keyword": "qualifiedName=Second",
    }
    estate.unreadable(things[thing], **LONG)
    for _ in range(2):
        estate.clock.advance(60)
        before = estate.purview.log.last_seq
        with suppress(ConfigError):  # a keyword that cannot be looked up is told
            estate.app.discover_assets.run()

    assert {"Customers", "Orders"} <= set(names(estate))
    assert estate.app.pauses.wait_s("purview") == 0
    if thing != "keyword":  # it is left alone for as long as it asks
        assert not [one for one in estate.purview_log(before) if things[thing] in f"{one.path}?{one.query}"]


def test_a_pause_that_the_store_asks_for_is_kept_by_all(three: Estate) -> None:
    three.sync()
    three.purview_fault(".*", times=None, **LONG)
    three.clock.advance(COMPARE_AFTER.total_seconds())

    three.failing_tick(TransientError)

    assert three.app.pauses.wait_s("purview") >= 3000
    before = three.purview.log.last_seq
    three.tick()
    assert not three.asked_of_purview(before)


@pytest.mark.parametrize("body", [{"entities": None}, {"entities": []}, {"entities": ["x"]}], ids=str)
def test_who_is_left_out_of_an_answer_to_many_is_asked_for_alone(three: Estate, body: object) -> None:
    """Purview leaves everything out of an answer beside one odd guid: that one alone is in doubt, and named."""
    guid = guid_of(three, PRODUCTS)
    fault = three.purview.faults.add(
        Fault(match=Match(operation=DETAILS, url=guid), effect=Effect(status=200, body=body), times=None)
    )

    run = three.tick()

    assert names(three) == ["Customers", "Orders"]
    assert run.counts.get("unknown to Purview", 0) == 0
    assert any(guid in note and "leaves it out" in note for note in run.notes)
    three.purview.faults.clear(fault)
    three.clock.advance(DAY_S)
    three.tick()
    assert names(three) == ["Customers", "Orders", "Products"]


def test_an_answer_to_many_that_leaves_out_one_costs_two_questions_about_it(three: Estate) -> None:
    guids = [guid_of(three, name) for name in (PRODUCTS, CUSTOMERS)]
    entities = [
        {"guid": guid, "typeName": "azure_sql_table", "attributes": {"name": guid[:3], "qualifiedName": guid}}
        for guid in guids
    ]
    three.purview.faults.add(
        Fault(match=Match(operation=DETAILS, url=guids[0]), effect=Effect(status=200, body={"entities": entities}))
    )
    before = three.purview.log.last_seq

    three.tick()

    assert len(names(three)) == 3
    assert three.asked_of_purview(before)[DETAILS] == 2


def test_assets_that_are_gone_and_tagged_are_no_longer_known_and_nothing_is_deferred(three: Estate) -> None:
    gone: dict[str, Any] = {"status": 404, "body": {"errorCode": "ATLAS-404-00-005", "errorMessage": "unknown guid"}}
    three.unreadable(guid_of(three, PRODUCTS), **gone)

    run = three.tick()

    assert names(three) == ["Customers", "Orders"]
    assert (run.counts["unknown to Purview"], run.counts.get("deferred", 0)) == (1, 0)


REFUSALS: list[dict[str, Any]] = [
    {"status": 401},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 200, "body": {"errorCode": "x"}},
]


def later(new_small_estate: NewEstate, estate: Estate, looks: int = 12) -> None:
    """Look every ten minutes, each time by another instance and after any pause is over."""
    for _ in range(looks):
        estate.clock.advance(600)
        again = new_small_estate()
        again.app.notes("throttle").delete("purview")
        with suppress(SyncError):
            again.app.discover_assets.run()


@pytest.mark.parametrize("effect", REFUSALS, ids=str)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_asset_that_is_refused_for_ever_stops_no_other(
    new_small_estate: NewEstate, effect: dict[str, Any], *, is_first: bool
) -> None:
    estate = new_small_estate()
    if not is_first:
        estate.tick()
    estate.act("tag", asset=PRODUCTS, term=TERM)
    estate.act("tag", asset=SALES_MODEL, term=TERM)
    guid = guid_of(estate, PRODUCTS)
    estate.unreadable(guid, **effect)

    later(new_small_estate, estate)

    assert names(estate) == ["Customers", "Orders", "Sales Model"], estate.last_run().error
    assert [one.id for one in estate.app.deferred.first(9)] == [guid]


@pytest.mark.parametrize("effect", REFUSALS[:3], ids=str)
def test_a_type_that_is_refused_for_ever_keeps_only_its_own_assets_waiting(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = new_small_estate()
    estate.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    estate.unreadable("typedef/name/azure_datalake_gen2_path", **effect)

    later(new_small_estate, estate, 4)

    assert names(estate) == ["Customers", "Orders"]


@pytest.mark.parametrize("effect", REFUSALS[:3], ids=str)
def test_a_missing_asset_whose_look_is_refused_for_ever_keeps_no_other_from_being_retired(
    new_small_estate: NewEstate, effect: dict[str, Any]
) -> None:
    estate = new_small_estate()
    estate.act("tag", asset=PRODUCTS, term=TERM)
    estate.sync()
    for name in ("Orders", "Customers"):
        estate.act("untag", asset=name, term=TERM)
    estate.unreadable(f"entity/guid/{guid_of(estate, CUSTOMERS)}", **effect)

    later(new_small_estate, estate, 8)

    assert estate.record_of("Orders").status is AssetStatus.RETIRED
    assert estate.record_of("Customers").status is AssetStatus.SYNCED


@pytest.mark.parametrize("status", [401, 429])
def test_a_store_that_refuses_all_fails_the_run_with_few_questions(estate: Estate, status: int) -> None:
    estate.purview_fault(DETAILS, times=None, status=status)
    run = estate.failing_tick(ConfigError if status == 401 else ThrottledError)
    assert run.requests["purview"] < 30
    assert not estate.app.deferred.first(9)

"""Assets that cannot be read stop no other: they are named, remembered, and asked for later."""

from typing import Any

import pytest

from local.simulation.faults import Effect, Fault, Match
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.errors import TransientError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import CUSTOMERS, PRODUCTS
from tests.integration.sync_core.discovery.unreadable import guid_of, names, ticks
from tests.kit.estate import DETAILS, Estate

pytestmark = pytest.mark.faults

DAY_S = 24 * 3600


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

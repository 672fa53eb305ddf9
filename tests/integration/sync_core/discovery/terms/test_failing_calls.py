"""Calls about a term that fail, or are answered oddly, neither stop it nor make anybody missing."""

from contextlib import suppress
from typing import Any

import pytest

from local.purview.admin import unified
from local.purview.admin.actions import find_asset
from sync_core.assets.record import AssetStatus
from sync_core.catalog.values import Kind
from sync_core.errors import SyncError
from tests.integration.sync_core.discovery.terms.migrating import SYNCED, many
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    CATALOG_OPERATIONS,
    LINKS,
    READER,
    SQL,
    asked,
    do,
    statuses,
    sync,
    tagged,
    tick,
)
from tests.kit.estate import Estate, NewEstate

pytestmark = pytest.mark.faults


def link_many(estate: Estate, count: int) -> None:
    """Link a data product with new assets."""
    concept = unified.find_concept(estate.purview, {"product": "Sales"})
    for number in range(count):
        name = f"{SQL}/Made{number:04}"
        estate.act("add_asset", name=f"Made{number:04}", typeName="azure_sql_table", qualifiedName=name)
        estate.purview.unified.link_entity(concept, find_asset(estate.purview, name), "steward")
    estate.purview.submit_changes()


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    return tagged(new_small_estate)


@pytest.mark.parametrize(
    ("store", "status"),
    [("auto", 403), ("auto", 429), ("unified", 401), ("unified", 429), ("unified", 500), ("auto", 404)],
)
@pytest.mark.parametrize("operation", ["BusinessDomain_", "Terms_Query"])
def test_one_call_that_fails_does_not_stop_a_known_term(
    new_small_estate: NewEstate, operation: str, status: int, store: str
) -> None:
    estate = new_small_estate(SYNC_TERM="Tag; product:Sales", SYNC_TERM_STORE=store)
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, product="Sales", domain="Finance", assets=ASSETS[1:2])
    do(estate, unified.set_roles, roles=READER)
    sync(estate)
    many(estate, 1, 60)
    estate.purview_fault(operation, times=None, status=status)
    many(estate, 2, 660)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    runs = many(estate, 5, 60)
    assert statuses(estate).get("ActiveCustomers") is AssetStatus.SYNCED, runs[-1].notes


@pytest.mark.parametrize(
    ("operation", "term"), [("BusinessDomain_", "Tag"), ("DataProducts_Query", "Tag; product:Sales")]
)
@pytest.mark.parametrize("status", [403, 500])
def test_one_call_of_the_catalog_that_fails_does_not_hide_a_new_term(
    new_small_estate: NewEstate, operation: str, term: str, status: int
) -> None:
    """Design 4: a store pauses only when no call to it succeeds."""
    estate = new_small_estate(SYNC_TERM=term)
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, product="Sales", domain="Finance", assets=ASSETS[1:2])
    do(estate, unified.set_roles, roles=READER)
    estate.purview_fault(operation, times=None, status=status)
    for _ in range(3):
        estate.clock.advance(660)
        tick(estate)
    assert "Customers" in statuses(estate), (estate.last_run().error, estate.last_run().notes)


def test_a_link_that_cannot_be_read_makes_nobody_missing(estate: Estate) -> None:
    """As an unreadable row of the classic list: who cannot be read may be the asset that would count as missing."""
    sync(estate)
    found = estate.app.catalog
    domains = found.find_concepts(Kind.TERM, "Tag")
    ids = found.fetch_links(Kind.TERM, domains[0].id).ids
    value: list[dict[str, str | None]] = [{"relationshipType": "Related", "entityId": one} for one in ids[1:]]
    value.append({"relationshipType": "Related", "entityId": None})
    estate.purview_fault(LINKS, times=None, status=200, body={"value": value})
    many(estate, 5, 660)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}, statuses(estate)


def test_malformed_answers_of_each_call_make_nobody_missing(new_small_estate: NewEstate) -> None:
    estate = tagged(new_small_estate)
    sync(estate)
    odd: tuple[Any, ...] = (
        "<html>",
        {"value": None},
        {"values": []},
        {"value": [None, 1, "x"]},
        {"value": [{"entityId": 5}]},
    )
    for body in odd:
        for operation in (LINKS, "Terms_Query", "BusinessDomain_Enumerate", "DataAssets_Query", "Terms_Get"):
            estate.purview_fault(operation, times=None, status=200, body=body)
            many(estate, 3, 660)
            assert set(statuses(estate).values()) == SYNCED, (operation, body, statuses(estate))
            estate.purview.faults.clear()


@pytest.mark.parametrize("operation", ["Terms_|BusinessDomain_", "BusinessDomain_"])
def test_the_catalog_is_left_alone_while_it_asks_for_it(estate: Estate, operation: str) -> None:
    sync(estate)
    estate.purview_fault(operation, times=None, status=429, headers={"Retry-After": "600"})
    estate.clock.advance(660)  # names are looked up
    tick(estate)
    counts = []
    for _ in range(5):
        since = estate.purview.log.last_seq
        estate.clock.advance(60)
        tick(estate)
        counts.append([one for one in asked(estate, since) if one.startswith(CATALOG_OPERATIONS)])
    assert counts == [[]] * 5


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("when", ["new", "known"])
def test_one_unreadable_entity_of_the_data_map_does_not_stop_its_term(
    new_small_estate: NewEstate, status: int, when: str
) -> None:
    estate = tagged(new_small_estate)
    guid = find_asset(estate.purview, ASSETS[0]).guid
    if when == "known":
        sync(estate)
    estate.unreadable(guid, status=status)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    many(estate, 3, 660)
    assert statuses(estate).get("ActiveCustomers") is AssetStatus.SYNCED, (statuses(estate), estate.last_run().notes)


def test_what_was_learned_of_a_large_product_is_kept_when_a_later_call_fails(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="product:Sales")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, product="Sales", domain="Finance")
    do(estate, unified.set_roles, roles=READER)
    link_many(estate, 500)
    estate.purview_fault("DataAssets_Query", times=9, skip=7, status=500)
    tick(estate)
    since = estate.purview.log.last_seq
    estate.clock.advance(300)
    estate.purview.faults.clear()
    tick(estate)
    assert asked(estate, since).get("DataAssets_Query", 0) <= 4, asked(estate, since)


def test_looks_at_a_known_term_that_fails_grow_rare_and_list_no_term_of_any_glossary(
    new_small_estate: NewEstate,
) -> None:
    estate = tagged(new_small_estate, SYNC_TERM="Tag@Finance")
    sync(estate)
    many(estate, 2, 60)
    estate.purview_fault(LINKS, times=None, status=409)
    counts = []
    for _ in range(4):
        since = estate.purview.log.last_seq
        many(estate, 60, 60)
        counts.append(asked(estate, since))
    assert [count.get("Glossary_ListTermHeaders", 0) for count in counts] == [0] * 4
    assert counts[0]["Glossary_List"] <= 12
    assert all(count["Glossary_List"] <= 8 for count in counts[1:]), (
        "every ten minutes the names, and two looks at most"
    )
    assert counts[0][LINKS] <= 7
    assert all(count.get(LINKS, 0) <= 2 for count in counts[1:])


def test_a_list_that_was_throttled_for_an_hour_is_read_at_once_when_it_is_not(new_small_estate: NewEstate) -> None:
    estate = tagged(new_small_estate)
    estate.purview_fault("Terms_ListRelatedEntities", times=None, status=429)

    def look(seconds: float) -> None:
        estate.clock.advance(seconds)
        again = new_small_estate(SYNC_TERM="Tag")
        again.app.notes("throttle").delete("catalog")  # that pause is over
        with suppress(SyncError):
            again.app.discover_assets.run()

    for _ in range(6):
        look(660)
    estate.purview.faults.clear()
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    look(60)

    assert "ActiveCustomers" in statuses(estate)

"""A link of which the catalog does not tell where it leads keeps no other from being read."""

from typing import Any

import pytest

from local.purview.admin import unified
from local.simulation.faults import Effect, Fault, Match
from sync_core.runs.deferred import Kind
from sync_core.runs.throttle import Throttle
from tests.integration.sync_core.discovery.test_run_time import LONGEST_RUN_S
from tests.integration.sync_core.discovery.test_time_limits import slow, took_s
from tests.integration.sync_core.discovery.unified_estate import ASSETS, SQL, asked, do, tick
from tests.integration.sync_core.discovery.unreadable import guid_of, names
from tests.kit.estate import Estate, NewEstate

pytestmark = pytest.mark.faults

QUERY = "DataAssets_Query"
FAILURES: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 400, "body": {"error": {"code": "BadRequest", "message": "no"}}},
    {"status": 403, "body": {"error": {"code": "Forbidden", "message": "no"}}},
    {"status": 404, "body": "no such page"},
    {"status": 200, "body": "<html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": {"value": "none"}},
    {"drop": "before"},
    {"status": 401, "body": {"error": {"code": "Unauthorized", "message": "no"}}},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 429, "headers": {"Retry-After": "600"}},
]
REFUSALS = FAILURES[-4:]


@pytest.fixture
def tenant(new_small_estate: NewEstate) -> Estate:
    """A tenant whose catalog has a term without assets yet."""
    estate = new_small_estate(SYNC_TERM="Tag")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    return estate


def catalog_id(estate: Estate, name: str) -> str:
    """Return the catalog's id of an asset."""
    return id_of(estate, guid_of(estate, f"{SQL}/{name}"))


def id_of(estate: Estate, guid: str) -> str:
    """Return the catalog's id of an asset, by its guid in the Data Map."""
    (found,) = estate.app.catalog.fetch_assets_of([guid])
    return found.id


def break_link(estate: Estate, name: str, effect: dict[str, Any]) -> None:
    """Let each question fail in which the catalog's id of an asset is."""
    rule = Match(operation=QUERY, body=f"(?i){catalog_id(estate, name)}")
    estate.purview.faults.add(Fault(match=rule, effect=Effect.model_validate(effect), times=None))


@pytest.mark.parametrize("effect", FAILURES, ids=str)
def test_a_link_that_is_not_told_hides_no_other_and_is_asked_for_later(tenant: Estate, effect: dict[str, Any]) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    break_link(tenant, "Products", effect)

    for _ in range(4):
        tenant.clock.advance(60)
        tick(tenant)

    assert names(tenant) == ["Customers", "Orders"]
    assert [one.kind for one in tenant.app.deferred.first(9)] == [Kind.ASSET]
    tenant.purview.faults.clear()
    tenant.clock.advance(24 * 3600)
    tenant.tick()
    assert names(tenant) == ["Customers", "Orders", "Products"]


@pytest.mark.parametrize("effect", [{"status": 500}, *REFUSALS], ids=str)
def test_one_link_alone_that_is_not_told_pauses_no_term(tenant: Estate, effect: dict[str, Any]) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:2])
    tenant.tick()
    do(tenant, unified.link, term="Tag", assets=[ASSETS[2]])
    break_link(tenant, "Products", effect)

    for _ in range(4):
        tenant.clock.advance(60)
        tenant.tick()

    assert names(tenant) == ["Customers", "Orders"]
    assert {record.absent for record in tenant.records()} == {0}


@pytest.mark.parametrize("effect", REFUSALS, ids=str)
def test_links_that_are_refused_cost_the_catalog_no_pause_and_little(tenant: Estate, effect: dict[str, Any]) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(tenant, unified.add_concept, product="Box", domain="Finance", assets=ASSETS[:1])
    for name in ("Customers", "Products"):
        break_link(tenant, name, effect)

    for _ in range(3):
        tenant.clock.advance(60)
        tick(tenant)
    do(tenant, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    tenant.clock.advance(60)
    tenant.tick()

    assert names(tenant) == ["ActiveCustomers", "Orders"]
    assert tenant.app.notes("throttle").load(Throttle, "catalog") is None
    assert {one.kind for one in tenant.app.deferred.first(9)} == {Kind.ASSET}
    tenant.clock.advance(24 * 3600)
    tenant.tick()  # what is refused has its pause of a day at last
    since = tenant.purview.log.last_seq
    tenant.clock.advance(60)
    tenant.tick()
    assert asked(tenant, since).get(QUERY, 0) == 0


@pytest.mark.parametrize("effect", REFUSALS, ids=str)
def test_the_only_link_of_a_term_that_is_refused_pauses_no_term(tenant: Estate, effect: dict[str, Any]) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[2:])
    break_link(tenant, "Products", effect)
    for _ in range(3):
        tick(tenant)
        tenant.clock.advance(60)

    do(tenant, unified.link, term="Tag", assets=[ASSETS[0]])
    tenant.tick()

    assert names(tenant) == ["Customers"]


@pytest.mark.parametrize("effect", REFUSALS, ids=str)
def test_more_refused_links_than_a_run_asks_about_are_all_found_in_the_end(
    tenant: Estate, effect: dict[str, Any]
) -> None:
    new = [tenant.act("add_asset", name=f"file {number:02}").guid for number in range(60)]
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=[*ASSETS, *new])
    for number in range(0, 60, 6):
        rule = Match(operation=QUERY, body=f"(?i){id_of(tenant, new[number])}")
        tenant.purview.faults.add(Fault(match=rule, effect=Effect.model_validate(effect), times=None))

    for _ in range(6):
        tick(tenant)
        tenant.clock.advance(60)

    assert len(names(tenant)) == len(ASSETS) + 50


@pytest.mark.parametrize("failed_before", [False, True])
@pytest.mark.parametrize("effect", REFUSALS[1:], ids=str)
def test_a_catalog_that_asks_whoever_asks_to_slow_down_is_obeyed(
    tenant: Estate, effect: dict[str, Any], *, failed_before: bool
) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    if failed_before:
        tenant.purview_fault("Terms_ListRelatedEntities", times=None, status=500)
        tick(tenant)
        tenant.purview.faults.clear()
        tenant.clock.advance(60)
    tenant.purview_fault(QUERY, times=None, **effect)
    tick(tenant)

    throttle = tenant.app.notes("throttle").load(Throttle, "catalog")
    assert throttle
    assert throttle.pause_s == float(effect.get("headers", {}).get("Retry-After", 10))
    assert Kind.ASSET not in [one.kind for one in tenant.app.deferred.first(9)]
    assert tenant.asked_of_purview()[QUERY] <= 1 + 3  # the links, and how the catalog is: that is tried three times


def test_where_no_link_is_told_it_is_the_catalog(tenant: Estate) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    tenant.purview_fault(QUERY, times=None, status=500)

    tick(tenant)

    assert [one.kind for one in tenant.app.deferred.first(9)] == [Kind.TERM]


def test_more_links_than_there_is_time_for_are_read_on_in_the_next_runs(
    tenant: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_core.discovery.terms.links.read_links.ASSETS_A_CALL", 1)
    monkeypatch.setattr("sync_core.discovery.read_assets.ENTITIES_A_CALL", 1)
    new = [tenant.act("add_asset", name=f"file {number:02}").guid for number in range(12)]
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=[*ASSETS, *new])
    slow(tenant, 8)

    for _ in range(6):
        assert took_s(tenant) <= LONGEST_RUN_S
        tenant.clock.advance(60)

    assert len(names(tenant)) == len(ASSETS) + 12

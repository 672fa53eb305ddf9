"""A link of which the catalog does not tell where it leads keeps no other from being read."""

from typing import Any

import pytest

from local.purview.admin import unified
from local.simulation.faults import Effect, Fault, Match
from sync_core.runs.deferred import Kind
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.discovery.test_discover_unified import ASSETS, SQL, do, tick
from tests.integration.sync_core.discovery.test_run_time import LONGEST_RUN_S
from tests.integration.sync_core.discovery.test_time_limits import slow, took_s
from tests.integration.sync_core.discovery.test_unreadable import guid_of, names
from tests.integration.sync_core.estate import Estate

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
]


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
    guid = guid_of(estate, f"{SQL}/{name}")
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


def test_one_link_alone_that_is_not_told_pauses_no_term(tenant: Estate) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:2])
    tenant.tick()
    do(tenant, unified.link, term="Tag", assets=[ASSETS[2]])
    break_link(tenant, "Products", {"status": 500})

    for _ in range(4):
        tenant.clock.advance(60)
        tenant.tick()

    assert names(tenant) == ["Customers", "Orders"]
    assert {record.absent for record in tenant.records()} == {0}


def test_where_no_link_is_told_it_is_the_catalog(tenant: Estate) -> None:
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    tenant.purview_fault(QUERY, times=None, status=500)

    tick(tenant)

    assert [one.kind for one in tenant.app.deferred.first(9)] == [Kind.TERM]


def test_more_links_than_there_is_time_for_are_read_on_in_the_next_runs(
    tenant: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_core.discovery.terms.read_links.ASSETS_A_CALL", 1)
    monkeypatch.setattr("sync_core.discovery.read_assets.ENTITIES_A_CALL", 1)
    new = [tenant.act("add_asset", name=f"file {number:02}").guid for number in range(12)]
    do(tenant, unified.add_concept, term="Tag", domain="Finance", assets=[*ASSETS, *new])
    slow(tenant, 8)

    for _ in range(6):
        assert took_s(tenant) <= LONGEST_RUN_S
        tenant.clock.advance(60)

    assert len(names(tenant)) == len(ASSETS) + 12

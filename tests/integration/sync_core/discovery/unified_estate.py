"""A tenant with the Unified Catalog: what people do there, and the runs that follow."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.errors import SyncError
from sync_core.runs.run import RunRecord
from tests.kit.estate import Estate, NewEstate

LINKS = "Terms_ListRelatedEntities"
SQL = "mssql://contoso-sql.database.windows.net/crm/dbo"
ASSETS = [f"{SQL}/{name}" for name in ("Customers", "Orders", "Products")]
READER = ["global-catalog-reader"]
CATALOG_OPERATIONS = ("Terms_", "DataProducts_", "DataAssets_", "BusinessDomain_")


def do(estate: Estate, act: Callable[[Any, dict[str, Any]], Any], **body: Any) -> Any:
    """Do in the catalog what a steward does."""
    done = act(estate.purview, body)
    estate.purview.submit_changes()
    return done


def tagged(new: NewEstate, **changes: str) -> Estate:
    """A tenant without classic terms: three assets are linked with the term Tag of the domain Finance."""
    estate = new(**{"SYNC_TERM": "Tag", **changes})
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=READER)
    return estate


def statuses(estate: Estate) -> dict[str, AssetStatus]:
    return {record.name: record.status for record in estate.records()}


def work(estate: Estate) -> None:
    """Work off all that waits, also what had to wait until CluedIn was read as a whole."""
    estate.work()
    if AssetStatus.QUEUED in statuses(estate).values():
        estate.deliver_again()


def sync(estate: Estate) -> RunRecord:
    """Run one tick and all the work that it sends."""
    run = estate.tick()
    work(estate)
    return run


def ticks(estate: Estate, count: int = 4, minutes: int = 11) -> list[RunRecord]:
    """Run some ticks, each after a while, so that all is compared."""
    runs = []
    for _ in range(count):
        estate.clock.advance(timedelta(minutes=minutes).total_seconds())
        runs.append(estate.tick())
    return runs


def tick(estate: Estate) -> None:
    """Run a tick; where nothing at all can be read, it says so by failing."""
    with suppress(SyncError):
        estate.app.discover_assets.run()


def asked(estate: Estate, since: int) -> dict[str, int]:
    return {name: count for name, count in estate.asked_of_purview(since).items() if count}

"""Many assets that are tagged and synced already, written straight into the state: a sync of them would take hours."""

from collections.abc import Iterator

from local.purview.admin.actions import find_term
from local.purview.model import Entity
from local.stack import TERM
from sync_core.assets.asset_index import indexing
from sync_core.assets.asset_rows import row_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.discovery.plan import plan_assets
from sync_core.purview.asset import Asset
from sync_core.storage.table import OPERATIONS_A_TRANSACTION, insert
from tests.kit.estate import Estate


def seed_synced(estate: Estate, count: int, term: str = TERM) -> None:
    """Make so many assets in Purview that carry a term, or none, and the records of a sync of them that is done."""
    estate.generate(count, **({"term": term} if term else {}))
    terms = [find_term(estate.purview, term).guid] if term else []
    for chunk in chunks(list(_records(estate, terms)), OPERATIONS_A_TRANSACTION // 2):
        rows = [insert(row_of("record", record)) for record in chunk]
        estate.app.assets.table.transact([*rows, *(one for record in chunk for one in indexing(None, record))])


def _records(estate: Estate, terms: list[str]) -> Iterator[AssetRecord]:
    now = estate.clock.now()
    entities = [one for one in estate.purview.catalog.entities.values() if "/generated" in one.qualified_name]
    for number, record in enumerate(plan_assets(map(_asset, entities), {}, now=now, run_id="seeded").new):
        synced = {"status": AssetStatus.SYNCED, "group_id": str(number), "source_id": str(number), "synced_at": now}
        names = {"group_name": record.name, "source_name": record.qualified_name, "synced_name": record.name}
        yield record.model_copy(update={"terms": terms, **synced, **names})


def _asset(entity: Entity) -> Asset:
    name = str(entity.attributes["name"])
    return Asset(entity.guid, entity.type_name, name, entity.qualified_name, name, entity.collection_id)

"""Values with defaults, so that a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from sync_core.domain.asset import Asset, AssetRecord, AssetStatus

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)


def make_asset(name: str = "Account.csv", **fields: Any) -> Asset:
    """An asset as Purview describes it."""
    described = {
        "guid": f"guid-of-{name}",
        "type_name": "azure_datalake_gen2_path",
        "name": name,
        "qualified_name": f"https://lake.example/raw/{name}",
        "display_text": name,
        "collection_id": "abc123",
    }
    return Asset(**{**described, **fields})


def make_record(name: str = "Account.csv", **fields: Any) -> AssetRecord:
    """The record of an asset that waits for its group; `key` follows from type and qualified name."""
    asset = make_asset(name)
    recorded = {
        "key": asset.key,
        "guid": asset.guid,
        "type_name": asset.type_name,
        "name": asset.name,
        "qualified_name": asset.qualified_name,
        "display_text": asset.display_text,
        "collection_id": asset.collection_id,
        "status": AssetStatus.QUEUED,
        "first_seen_at": NOW,
        "first_seen_run_id": "run-1",
        "refreshed_at": NOW,
        "queued_at": NOW,
        "queued_run_id": "run-1",
    }
    return AssetRecord.model_validate({**recorded, **fields})


def make_synced_record(name: str = "Account.csv", **fields: Any) -> AssetRecord:
    """The record of an asset whose group and source stand in CluedIn."""
    proof = {"group_id": "3", "group_name": name, "source_id": "1", "synced_at": NOW, "synced_name": name}
    return make_record(name, **{"status": AssetStatus.SYNCED, **proof, **fields})

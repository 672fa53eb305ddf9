"""What tests of what a reconciliation finds share."""

from typing import Any

from sync_core.assets.record import AssetStatus
from tests.faults.world import World

REFUSE: dict[str, Any] = {"operation": "createDataSource$", "status": 400}


def record_of(world: World, asset: str) -> tuple[str, AssetStatus]:
    """Return an asset's key and status."""
    (found,) = [record for record in world.app.assets.all() if record.qualified_name == asset]
    return found.key, found.status

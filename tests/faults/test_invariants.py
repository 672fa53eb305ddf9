"""The comparison at the end of each fault test sees what it is there for: each thing is spoiled once."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sync_core.lineage.record import DataSetStatus
from tests.faults.world import World


@pytest.fixture
def world(world: World) -> World:
    """One asset is synced, and its data set stands in Purview."""
    asset = world.add_asset()
    world.run()
    world.announce(world.load(asset))
    world.run()
    assert world.violations() == []
    return world


def entity(world: World, ending: str) -> dict[str, Any]:
    """Return the entity of ours whose qualified name ends so."""
    (found,) = [one for one in world.account.own_entities() if one["attributes"]["qualifiedName"].endswith(ending)]
    return found


def draw_nothing(world: World, process: str) -> None:
    """Somebody empties the column mapping of a process."""
    found = entity(world, process)
    mapping = json.loads(found["attributes"]["columnMapping"])
    mapping[0]["ColumnMapping"] = []
    attributes = {name: found["attributes"][name] for name in ("qualifiedName", "name")}
    attributes["columnMapping"] = json.dumps(mapping)
    spoiled = {"typeName": found["typeName"], "guid": found["guid"], "attributes": attributes}
    world.account.ask("POST", "/entity/bulk", json={"entities": [spoiled]})


def remember(world: World, **wrong: Any) -> None:
    """The app remembers something else of its data set."""
    (record,) = world.app.data_sets.after("")
    world.app.data_sets.save(record.model_copy(update=wrong))


def rename_group(world: World) -> None:
    """The group is not called by a name of the asset."""
    world.names = {asset: {"another name"} for asset in world.names}


@pytest.mark.parametrize(
    ("spoil", "seen"),
    [
        (lambda world: draw_nothing(world, "/ingest"), "/ingest draws"),
        (lambda world: draw_nothing(world, "/map"), "/map draws"),
        (lambda world: draw_nothing(world, "/pipeline"), "/pipeline draws"),
        (lambda world: remember(world, guid="another"), "is recorded as"),
        (lambda world: remember(world, keys=["account.id"]), "is recorded as"),
        (lambda world: remember(world, status=DataSetStatus.UNKNOWN), "has no good end"),
        (lambda world: remember(world, asset_guid="another"), "is recorded for another"),
        (rename_group, "is called"),
    ],
)
def test_what_is_spoiled_is_seen(world: World, spoil: Callable[[World], None], seen: str) -> None:
    spoil(world)

    assert any(seen in violation for violation in world.violations())

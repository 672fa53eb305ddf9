"""Reads from the simulated account what stands there, in words that a test can compare."""

import json
from dataclasses import dataclass

from local.cluedin.seed import ORGANIZATION
from local.purview import Purview
from local.purview.behaviour.lineage import Direction
from local.purview.model import Entity

OWN = "cluedin_"
DEPTH = 6

ROOT = f"cluedin://{ORGANIZATION.id}"  # with what all our qualified names begin


@dataclass(frozen=True)
class Graph:
    """Downstream of one asset: `nodes` as type and name in the order of their distance, `edges` by name.

    `own` are all active entities that the app wrote, by qualified name, whether in this lineage or not.
    """

    nodes: list[tuple[str, str]]
    edges: list[tuple[str, str]]
    own: dict[str, Entity]
    columns: dict[str, list[str]]

    def count(self, type_name: str) -> int:
        """How many active entities of a type of ours there are."""
        return sum(entity.type_name == type_name for entity in self.own.values())

    def pairs(self, qualified_name: str) -> list[tuple[str, str]]:
        """The columns that a process connects."""
        (mapping,) = json.loads(self.own[qualified_name].attributes["columnMapping"])
        return [(pair["Source"], pair["Sink"]) for pair in mapping["ColumnMapping"]]


def read_graph(purview: Purview, qualified_name: str) -> Graph:
    """Read the lineage of the one asset of that qualified name."""
    (source,) = purview.catalog.named(qualified_name)
    found = purview.lineage.read(source.guid, Direction.OUTPUT, DEPTH, -1)
    names = {guid: entity.display_text for guid, entity in found.entities.items()}
    own = [entity for entity in purview.catalog.entities.values() if entity.is_active and _is_own(entity)]
    assert len({entity.qualified_name for entity in own}) == len(own)
    return Graph(
        nodes=[(entity.type_name, entity.display_text) for entity in found.entities.values()],
        edges=sorted((names[edge.source], names[edge.target]) for edge in found.edges),
        own={entity.qualified_name: entity for entity in own},
        columns={entity.qualified_name: _columns(purview, entity) for entity in own},
    )


def _is_own(entity: Entity) -> bool:
    return entity.type_name.startswith(OWN)


def _columns(purview: Purview, entity: Entity) -> list[str]:
    end = purview.types.entity_type(entity.type_name).ends.get("columns")
    found = purview.catalog.linked(entity.guid, end) if end else {}
    return sorted(purview.catalog.entities[guid].display_text for guid in found)

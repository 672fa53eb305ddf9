"""Walking the graph of data sets and processes. Source: docs/vendors/purview.md, section 5 "Read"."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from local.purview.behaviour.catalog import Catalog
from local.purview.errors import atlas_error
from local.purview.model import Entity

MAX_DEPTH = 31
"""Source: docs/vendors/purview.md, section 5 (LIN)."""
HOP = 2
"""From a data set over its process to the next data set."""


class Direction(StrEnum):
    """Upstream, downstream or both."""

    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    BOTH = "BOTH"

    @property
    def single(self) -> tuple["Direction", ...]:
        """BOTH taken apart."""
        return (Direction.INPUT, Direction.OUTPUT) if self is Direction.BOTH else (self,)


@dataclass(frozen=True, slots=True)
class Edge:
    """Data flows from `source` to `target`."""

    source: str
    target: str
    relationship: str


@dataclass(slots=True)
class LineageGraph:
    """The part of the graph around `base` that was asked for; `widths` counts each node's neighbours by direction."""

    base: str
    direction: Direction
    depth: int
    width: int
    entities: dict[str, Entity] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    widths: dict[Direction, dict[str, int]] = field(default_factory=dict)


class Lineage:
    """Reads lineage from a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def read(self, guid: str, direction: Direction, depth: int, width: int) -> LineageGraph:
        """Follow `depth` edges from an entity, at most `width` neighbours a node; 0 or less is no limit of width."""
        if not 0 < depth <= MAX_DEPTH:
            raise atlas_error("400-00-026", "depth", depth)
        entity = self._catalog.get_active(guid)
        if not self._has_lineage(entity):
            raise atlas_error("404-00-011", guid)
        graph = LineageGraph(guid, direction, depth, width, {guid: entity})
        for each in direction.single:
            self._walk(graph, each)
        return graph

    def read_next(self, guid: str, direction: Direction, offset: int, limit: int) -> LineageGraph:
        """The next level from a data set: its processes, paged, and the data sets behind them."""
        entity = self._catalog.get_active(guid)
        if direction is Direction.BOTH:
            raise atlas_error("400-00-029", "direction must be INPUT or OUTPUT")
        if not self._is(entity, "DataSet"):
            raise atlas_error("400-00-029", f"{guid} is a {entity.type_name}, not a data set")
        graph = LineageGraph(guid, direction, HOP, -1, {guid: entity})
        neighbours = list(self._neighbours(guid, direction))
        page = neighbours[offset : offset + limit if limit >= 0 else None]
        for edge, other in page:
            self._take(graph, edge, other)
            for further, last in self._neighbours(other, direction) if self._is_process(other) else ():
                self._take(graph, further, last)
        return graph

    def _walk(self, graph: LineageGraph, direction: Direction) -> None:
        counts = graph.widths.setdefault(direction, {})
        level = [graph.base]
        for _ in range(graph.depth):
            found: dict[str, None] = {}
            for guid in level:
                neighbours = list(self._neighbours(guid, direction))
                counts[guid] = len(neighbours)
                for edge, other in neighbours[: graph.width if graph.width > 0 else None]:
                    self._take(graph, edge, other)
                    found[other] = None
            level = [guid for guid in found if guid not in counts]

    def _take(self, graph: LineageGraph, edge: Edge, guid: str) -> None:
        graph.edges[edge] = None
        graph.entities[guid] = self._catalog.entities[guid]

    def _neighbours(self, guid: str, direction: Direction) -> Iterator[tuple[Edge, str]]:
        """Upstream of a process are its inputs; upstream of a data set, processes that put it out and its sources."""
        if self._is_process(guid):
            attributes: tuple[str, ...] = ("inputs",) if direction is Direction.INPUT else ("outputs",)
        elif direction is Direction.INPUT:
            attributes = ("outputFromProcesses", "sources")
        else:
            attributes = ("inputToProcesses", "sinks")
        ends = self._catalog.types.entity_type(self._catalog.entities[guid].type_name).ends
        for name in attributes:
            for other, relationship in self._catalog.linked(guid, ends[name]).items():
                pair = (other, guid) if direction is Direction.INPUT else (guid, other)
                yield Edge(*pair, relationship), other

    def _has_lineage(self, entity: Entity) -> bool:
        return self._is(entity, "DataSet") or self._is(entity, "Process")

    def _is_process(self, guid: str) -> bool:
        return self._is(self._catalog.entities[guid], "Process")

    def _is(self, entity: Entity, type_name: str) -> bool:
        return self._catalog.types.is_a(entity.type_name, type_name)

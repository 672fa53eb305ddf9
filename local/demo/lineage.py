"""Lineage as Purview's own API tells it: the assets and processes, how they hang together, column by column."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote as quote_for_shell
from typing import Any
from urllib.parse import quote, urlencode

from local.demo.purview import ATLAS, DATA_MAP_VERSION, Purview

DEPTH = 6
"""Steps from the source asset to the golden records: asset, process, asset, process, asset, process, asset."""
_WIDTH = 50


@dataclass(frozen=True)
class Node:
    """An asset or a process."""

    guid: str
    type_name: str
    name: str
    qualified_name: str
    collection: str
    columns: tuple[str, ...]
    facts: Mapping[str, Any]
    """Its plain attributes."""

    @property
    def column_pairs(self) -> list[tuple[str, str]]:
        """Of a process: which column of its source becomes which column of its sink."""
        return [(pair["Source"], pair["Sink"]) for mapping in self._mappings for pair in mapping["ColumnMapping"]]

    @property
    def mapped_ends(self) -> list[tuple[str, str]]:
        """Of a process: the qualified names between which its columns are said to run."""
        ends = (mapping["DatasetMapping"] for mapping in self._mappings)
        return [(end["Source"], end["Sink"]) for end in ends]

    @property
    def _mappings(self) -> list[dict[str, Any]]:
        mappings: list[dict[str, Any]] = json.loads(self.facts.get("columnMapping") or "[]")
        return mappings


@dataclass(frozen=True)
class Lineage:
    """What lies downstream of an asset; `edges` are pairs of guids."""

    base: str
    nodes: Mapping[str, Node]
    edges: frozenset[tuple[str, str]]

    @property
    def is_one_chain(self) -> bool:
        """Whether nothing branches off and nothing is left over."""
        return len(self.chain) == len(self.nodes) == len(self.edges) + 1

    @property
    def chain(self) -> list[Node]:
        """From the asset on downstream, as far as there is one way to go."""
        found, following = [self.base], dict(self.edges)
        while (following_guid := following.get(found[-1])) and following_guid not in found:
            found.append(following_guid)
        return [self.nodes[guid] for guid in found]

    @property
    def assets(self) -> list[Node]:
        """The assets of the chain."""
        return self.chain[0::2]

    @property
    def processes(self) -> list[Node]:
        """The processes of the chain."""
        return self.chain[1::2]


def fetch_lineage(purview: Purview, guid: str, direction: str = "OUTPUT") -> Lineage:
    """Ask Purview for the lineage of an asset, and for the details of all that is in it."""
    graph = purview.get(f"{ATLAS}/lineage/{guid}", direction=direction, depth=DEPTH, width=_WIDTH)
    entities = purview.fetch_entities(list(graph["guidEntityMap"]))
    edges = frozenset((edge["fromEntityId"], edge["toEntityId"]) for edge in graph["relations"])
    return Lineage(guid, {entity["guid"]: to_node(entity) for entity in entities}, edges)


def reading_command(purview_url: str, type_name: str, qualified_name: str) -> str:
    """Return a command line that reads an asset's lineage, for people to copy; the simulator takes any token."""
    named = {"attr:qualifiedName": qualified_name, "direction": "OUTPUT", "depth": DEPTH}
    query = urlencode({**named, "api-version": DATA_MAP_VERSION}, quote_via=quote)
    url = f"{purview_url}{ATLAS}/lineage/uniqueAttribute/type/{type_name}?{query}"
    return f"curl -H 'Authorization: Bearer any' {quote_for_shell(url)}"


def to_node(entity: Mapping[str, Any]) -> Node:
    """Read an entity."""
    attributes, related = entity["attributes"], entity["relationshipAttributes"]
    return Node(
        guid=entity["guid"],
        type_name=entity["typeName"],
        name=attributes["name"],
        qualified_name=attributes["qualifiedName"],
        collection=entity["collectionId"],
        columns=tuple(column["displayText"] for column in related.get("columns") or ()),
        facts={name: value for name, value in attributes.items() if isinstance(value, str | int)},
    )


def trace_columns(lineage: Lineage) -> list[list[str]]:
    """Follow each column of the first asset; a column that ends before the last asset gives a shorter list."""
    pairs = [process.column_pairs for process in lineage.processes]
    return [list(trace) for column in lineage.assets[0].columns for trace in _trace(column, pairs)]


def _trace(column: str, pairs: Sequence[Sequence[tuple[str, str]]]) -> Iterator[tuple[str, ...]]:
    following = [sink for source, sink in pairs[0] if source == column] if pairs else []
    if not following:
        yield (column,)
    for each in following:
        yield from ((column, *rest) for rest in _trace(each, pairs[1:]))

"""What Purview must show of CluedIn's data sets: one chain each, exact to the column, and nothing beside it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.stack import COLLECTION

IGNORED = "--ignore--"
SHARED = ("cluedin_golden_records", "cluedin_column")


@dataclass(frozen=True)
class LineageFacts:
    """What stands where: CluedIn's tables, the app's entities in Purview, and the guid of each active asset."""

    organization_url: str
    cluedin: Mapping[str, Any]
    entities: Sequence[Mapping[str, Any]]
    active: Mapping[str, str]
    tagged: Collection[str]
    ever_tagged: frozenset[str]

    @property
    def root(self) -> str:
        """With what all our qualified names begin."""
        return f"cluedin://{urlsplit(self.organization_url).hostname}"


@dataclass(frozen=True)
class Chain:
    """What one data set must look like in Purview."""

    root: str
    source: str
    fields: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    golden: str

    @property
    def steps(self) -> list[tuple[str, str, str]]:
        """Each process with its input and output."""
        first = [(f"{self.root}/ingest", self.source, self.root)]
        if not self.golden:
            return first
        clues = f"{self.root}/clues"
        return [*first, (f"{self.root}/map", self.root, clues), (f"{self.root}/pipeline", clues, self.golden)]

    @property
    def columns(self) -> dict[str, set[str]]:
        """The columns of each asset that is this data set's alone."""
        keys = {key for _, key in self.pairs}
        return {self.root: set(self.fields)} | ({f"{self.root}/clues": keys} if self.golden else {})


def lineage_violations(facts: LineageFacts) -> Iterator[str]:
    """Yield what is missing, doubled, left over or wrong.

    An asset that lost its term and is then scanned again is not followed: its lineage waits for the next processing.
    """
    chains = [chain for chain in _expected(facts) if chain.source in facts.active]
    counts = Counter(entity["attributes"]["qualifiedName"] for entity in facts.entities)
    yield from (f"{name} stands {count} times" for name, count in counts.items() if count > 1)
    found = {entity["attributes"]["qualifiedName"]: entity for entity in facts.entities}
    yield from _left_over(chains, found)
    for chain in chains:
        yield from _chain(chain, found, facts)
    yield from _golden_columns(chains, found)
    yield from (f"{name} is outside the collection" for name, one in found.items() if one["collectionId"] != COLLECTION)


def _expected(facts: LineageFacts) -> Iterator[Chain]:
    """The data sets that were processed, in sources that we made."""
    sources = {source["id"]: source["name"] for source in facts.cluedin["data_sources"]}
    types = {one["id"]: one["entity_type"] for one in facts.cluedin["annotations"]}
    processed = {submission["data_set_id"] for submission in facts.cluedin["submissions"]}
    for data_set in facts.cluedin["data_sets"]:
        source = sources.get(data_set["data_source_id"], "")
        if data_set["id"] not in processed or source not in facts.ever_tagged:
            continue
        entity_type = types.get(data_set["annotation_id"], "")
        yield Chain(
            root=f"{facts.root}/datasets/{data_set['id'].lower()}",
            source=source,
            fields=tuple(data_set["original_fields"] or ()),
            pairs=tuple((m["original_field"], m["key"]) for m in data_set["field_mappings"] if m["key"] != IGNORED),
            golden=f"{facts.root}/golden-records/{entity_type.strip('/')}" if entity_type else "",
        )


def _left_over(chains: Sequence[Chain], found: Mapping[str, Any]) -> Iterator[str]:
    wanted = {name for chain in chains for name in [*chain.columns, *(step[0] for step in chain.steps)]}
    for name, entity in found.items():
        if entity["typeName"] not in SHARED and name not in wanted:
            yield f"{name} ({entity['typeName']}) is left over"


def _chain(chain: Chain, found: Mapping[str, Any], facts: LineageFacts) -> Iterator[str]:
    active = facts.active
    for name, source, sink in chain.steps:
        process = found.get(name)
        if process is None:
            yield f"{name} is missing"
            continue
        ends = [_guids(process, "inputs"), _guids(process, "outputs")]
        is_lost = not ends[0] and source == chain.source and source not in facts.tagged
        if ends != [[active.get(source)], [active.get(sink)]] and not is_lost:
            yield f"{name} connects {ends}, expected {source} ({active.get(source)}) and {sink} ({active.get(sink)})"
    if chain.golden and f"{chain.root}/map" in found:
        drawn = json.loads(found[f"{chain.root}/map"]["attributes"]["columnMapping"])[0]["ColumnMapping"]
        if [(pair["Source"], pair["Sink"]) for pair in drawn] != list(chain.pairs):
            yield f"{chain.root}/map draws {drawn}, expected {chain.pairs}"
    for name, columns in chain.columns.items():
        if name not in found:
            yield f"{name} is missing"
        elif _columns(found[name]) != Counter(columns):
            yield f"{name} has columns {_columns(found[name])}, expected {columns}"


def _golden_columns(chains: Sequence[Chain], found: Mapping[str, Any]) -> Iterator[str]:
    """The golden records of a type have the columns of all its data sets; those of a former type have none."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for chain in chains:
        wanted[chain.golden] |= {key for _, key in chain.pairs}
    for name, entity in found.items():
        if entity["typeName"] == "cluedin_golden_records" and _columns(entity) != Counter(wanted[name]):
            yield f"{name} has columns {_columns(entity)}, expected {wanted[name]}"


def _guids(process: Mapping[str, Any], end: str) -> list[str]:
    return [ref["guid"] for ref in process["attributes"].get(end) or ()]


def _columns(entity: Mapping[str, Any]) -> Counter[str]:
    related = entity["relationshipAttributes"].get("columns") or ()
    return Counter(one["displayText"] for one in related if one.get("relationshipStatus", "ACTIVE") == "ACTIVE")

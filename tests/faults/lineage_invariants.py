"""What Purview must show of CluedIn's data sets: one chain each, exact to the column, and nothing beside it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.cluedin.seed import ORGANIZATION
from local.stack import COLLECTION
from sync_core.lineage.record import DataSetRecord, DataSetStatus

IGNORED = "--ignore--"
SHARED = ("cluedin_golden_records", "cluedin_column")


@dataclass(frozen=True)
class LineageFacts:
    """What stands where: CluedIn's tables, the app's entities in Purview, and the guid of each active asset.

    `records` are what the app remembers of the data sets, by id; `known` are the assets that it remembers.
    """

    records: Mapping[str, DataSetRecord]
    cluedin: Mapping[str, Any]
    entities: Sequence[Mapping[str, Any]]
    active: Mapping[str, str]
    tagged: Collection[str]
    known: Collection[str]
    ever_tagged: frozenset[str]

    @property
    def root(self) -> str:
        """With what all our qualified names begin."""
        return f"cluedin://{ORGANIZATION.id}"


@dataclass(frozen=True)
class Step:
    """A process with its input, its output, and the columns that it links."""

    name: str
    source: str
    sink: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chain:
    """What one data set must look like in Purview."""

    root: str
    source: str
    fields: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    golden: str
    source_columns: Mapping[str, str]
    """The source's columns in Purview by their names without case; most assets of these tests have none."""

    @property
    def steps(self) -> list[Step]:
        """Each process. A field comes from the source's column of its name, as the source spells it."""
        clues = f"{self.root}/clues"
        fields = tuple((self.source_columns.get(field.casefold(), field), field) for field in self.fields)
        first = Step(f"{self.root}/ingest", self.source, self.root, fields)
        if not self.golden:
            return [first]
        through = tuple((key, key) for key in self.keys)
        return [
            first,
            Step(f"{self.root}/map", self.root, clues, self.pairs),
            Step(f"{self.root}/pipeline", clues, self.golden, through),
        ]

    @property
    def keys(self) -> list[str]:
        """The vocabulary keys, each once."""
        return list(dict.fromkeys(key for _, key in self.pairs)) if self.golden else []

    @property
    def columns(self) -> dict[str, set[str]]:
        """The columns of each asset that is this data set's alone."""
        return {self.root: set(self.fields)} | ({f"{self.root}/clues": set(self.keys)} if self.golden else {})


def lineage_violations(facts: LineageFacts) -> Iterator[str]:
    """Yield what is missing, doubled, left over or wrong.

    An asset that lost its term and is then scanned again is not followed: its lineage waits for the next processing.
    One that lost it while no record of it stood is known to nobody: its data sets are found by their webhooks only, so
    what stands of them may be of any age.
    """
    chains = [chain for chain in _expected(facts) if chain.source in facts.active]
    counts = Counter(entity["attributes"]["qualifiedName"] for entity in facts.entities)
    yield from (f"{name} stands {count} times" for name, count in counts.items() if count > 1)
    found = {entity["attributes"]["qualifiedName"]: entity for entity in facts.entities}
    followed = [chain for chain in chains if chain.source in {*facts.tagged, *facts.known}]
    aside = [chain.root for chain in chains if chain not in followed]
    yield from _left_over(followed, aside, found)
    for chain in followed:
        yield from _chain(chain, found, facts)
        yield from _record(chain, found, facts)
    yield from _golden_columns(followed, aside, found)
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
            source_columns=_columns_of(source, facts),
        )


def _columns_of(source: str, facts: LineageFacts) -> Mapping[str, str]:
    names = (name.removeprefix(f"{source}#") for name in facts.active if name.startswith(f"{source}#"))
    return {name.casefold(): name for name in names}


def _left_over(chains: Sequence[Chain], aside: Sequence[str], found: Mapping[str, Any]) -> Iterator[str]:
    """What no chain has. Nothing is said of the data sets `aside`."""
    wanted = {name for chain in chains for name in [*chain.columns, *(step.name for step in chain.steps)]}
    for name, entity in found.items():
        is_aside = any(name == root or name.startswith(f"{root}/") for root in aside)
        if entity["typeName"] not in SHARED and name not in wanted and not is_aside:
            yield f"{name} ({entity['typeName']}) is left over"


def _chain(chain: Chain, found: Mapping[str, Any], facts: LineageFacts) -> Iterator[str]:
    active = facts.active
    for step in chain.steps:
        name, source, sink = step.name, step.source, step.sink
        process = found.get(name)
        if process is None:
            yield f"{name} is missing"
            continue
        ends = [_guids(process, "inputs"), _guids(process, "outputs")]
        is_lost = not ends[0] and source == chain.source and source not in facts.tagged
        if ends != [[active.get(source)], [active.get(sink)]] and not is_lost:
            yield f"{name} connects {ends}, expected {source} ({active.get(source)}) and {sink} ({active.get(sink)})"
        drawn = _drawn(process)
        links = [{"Source": one, "Sink": other} for one, other in step.pairs]
        if drawn != [{"DatasetMapping": {"Source": source, "Sink": sink}, "ColumnMapping": links}]:
            yield f"{name} draws {drawn}, expected {step}"
    for name, columns in chain.columns.items():
        if name not in found:
            yield f"{name} is missing"
        elif _columns(found[name]) != Counter(columns):
            yield f"{name} has columns {_columns(found[name])}, expected {columns}"


def _record(chain: Chain, found: Mapping[str, Any], facts: LineageFacts) -> Iterator[str]:
    """What the app remembers of a data set is what stands in Purview."""
    data_set_id = chain.root.rpartition("/")[2]
    record, entity = facts.records.get(data_set_id), found.get(chain.root)
    if record is None or entity is None:
        yield f"data set {data_set_id} is not recorded, or not in Purview"
        return
    known = (record.status, record.guid, sorted(record.keys), record.former_keys)
    status = DataSetStatus.PUSHED if chain.golden else DataSetStatus.NOT_MAPPED
    if known != (status, entity["guid"], sorted(chain.keys), []):
        yield f"data set {data_set_id} is recorded as {known}, expected {status}, {entity['guid']}, {chain.keys}"
    if chain.source in facts.tagged and record.asset_guid != facts.active[chain.source]:
        yield f"data set {data_set_id} is recorded for {record.asset_guid}, not {facts.active[chain.source]}"


def _golden_columns(chains: Sequence[Chain], aside: Sequence[str], found: Mapping[str, Any]) -> Iterator[str]:
    """The golden records of a type have the columns of all its data sets; those of a former type have none.

    Those that only a data set `aside` brings may be there, as far as its pipeline draws them.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for chain in chains:
        wanted[chain.golden] |= {key for _, key in chain.pairs}
    allowed = defaultdict(set, {golden: set(keys) for golden, keys in wanted.items()})
    for root in aside:
        for drawn in _drawn(found.get(f"{root}/pipeline")):
            allowed[drawn["DatasetMapping"]["Sink"]] |= {link["Sink"] for link in drawn["ColumnMapping"]}
    for name, entity in found.items():
        if entity["typeName"] != "cluedin_golden_records":
            continue
        columns = _columns(entity)
        if columns != Counter(set(columns)) or not wanted[name] <= set(columns) <= allowed[name]:
            yield f"{name} has columns {columns}, expected {wanted[name]}"


def _drawn(process: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the links between columns that a process shows."""
    return json.loads(process["attributes"]["columnMapping"]) if process else []


def _guids(process: Mapping[str, Any], end: str) -> list[str]:
    return [ref["guid"] for ref in process["attributes"].get(end) or ()]


def _columns(entity: Mapping[str, Any]) -> Counter[str]:
    related = entity["relationshipAttributes"].get("columns") or ()
    return Counter(one["displayText"] for one in related if one.get("relationshipStatus", "ACTIVE") == "ACTIVE")

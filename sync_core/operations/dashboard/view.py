"""What the dashboard shows, ready to be written as HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sync_core.assets.listed import ListedAsset
from sync_core.assets.record import AssetStatus
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import JobKind
from sync_core.jobs.message import QUEUES
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.operations.dashboard.acted import ActionRow, to_action_rows
from sync_core.operations.dashboard.asset_table import AssetTable, Choice
from sync_core.operations.dashboard.attention import AttentionItem, find_attention_items
from sync_core.operations.dashboard.causes import CauseGroup, DeadLetterRow, group_by_cause
from sync_core.operations.dashboard.chain import Chain, to_chain
from sync_core.operations.dashboard.charts import Chart, chart_records, chart_runs, tell_records
from sync_core.operations.dashboard.drawing import Drawing, draw_across, draw_down
from sync_core.operations.dashboard.links import OFF, ON, Links
from sync_core.operations.dashboard.next_steps import Next, after_asset, after_data_set, after_dead_letter, open_letters
from sync_core.operations.dashboard.words import lines
from sync_core.operations.facts import Facts, Filter
from sync_core.operations.portals import Portals
from sync_core.operations.well_being import is_discovery_well
from sync_core.runs.run import RunOutcome, RunRecord
from sync_core.runs.throttle import Throttle

REFRESH_S = 30
MEANINGS = {
    AssetStatus.SYNCED: "group and source stand in CluedIn",
    AssetStatus.QUEUED: "group and source are to be made",
    AssetStatus.FAILED: "given up, a dead letter tells why",
    AssetStatus.REJECTED: "Purview lacks a name for it",
    AssetStatus.RETIRED: "lost its term, its group stays",
}


class Health(StrEnum):
    """The word on top of the page: of several that are true, the first one."""

    NOT_WELL = "not well"  # discovery fails, or is silent
    NEEDS_A_PERSON = "needs a person"
    RECOVERING = "recovering"  # what was given up is tried again by itself
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Refresh:
    """Whether a page reads itself anew, every how many seconds, and the links that switch that on and off."""

    is_outstanding: bool
    every_s: int | None
    on: str
    off: str


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many assets are in a state, or in any, and the link that shows these only."""

    state: str
    count: int
    meaning: str
    link: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset, why it stands where it stands, what happens next, and where there is more of it."""

    asset: ListedAsset
    why: tuple[str, ...]
    next: Next
    link: str
    in_purview: str
    in_cluedin: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: facts, the table of assets, when and whether all of these were listed, and source assets."""

    facts: Facts
    table: AssetTable
    listed_at: datetime
    is_whole: bool
    sources: Mapping[str, ListedAsset]


@dataclass(frozen=True, slots=True)
class Select:
    """A filter: its parameter, its label, what it offers, and what is chosen."""

    name: str
    label: str
    choices: Sequence[Choice]
    chosen: str


@dataclass(frozen=True, slots=True)
class DataSetCard:
    """A data set, its source asset if that is recorded, and its lineage in two shapes; `chain` tells it in words."""

    record: DataSetRecord
    source: ListedAsset | None
    source_link: str
    in_cluedin: str
    why: tuple[str, ...]
    next: Next
    records: Chart | None
    records_now: str
    chain: Chain | None
    across: Drawing | None
    down: Drawing | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, how long it took, and what it counted."""

    record: RunRecord
    took_s: float | None
    counts: Mapping[str, int]
    error: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page. `more_assets` and `more_data_sets` link to what follows, if anything does.

    `attention` waits for a person, `told` was chosen by one.
    """

    facts: Facts
    links: Links
    wanted: Filter
    health: Health
    attention: Sequence[AttentionItem]
    told: Sequence[AttentionItem]
    pauses: Sequence[Throttle]
    states: Sequence[StateCount]
    selects: Sequence[Select]
    reading: Reading
    table: AssetTable
    assets: Sequence[AssetRow]
    more_assets: str
    data_sets: Sequence[DataSetCard]
    more_data_sets: str
    dead_letters: Sequence[CauseGroup]
    actions: Sequence[ActionRow]
    runs: Sequence[RunRow]
    run_charts: Sequence[Chart]
    reconciliations: Sequence[RunRow]
    reconciliation_charts: Sequence[Chart]
    refresh: Refresh

    @property
    def may_act(self) -> bool:
        """Whether there is anything that a person can do here."""
        return _may_act(self.facts, self.attention)


def to_view(reading: Reading, wanted: Filter, links: Links, portals: Portals) -> View:
    """Return the page of what was read."""
    facts, table = reading.facts, reading.table
    after, after_data_set = table.next, facts.data_sets.next
    rejected = (one for one in reading.sources.values() if one.status == AssetStatus.REJECTED)
    items = list(find_attention_items(facts, links, rejected))
    attention = [item for item in items if not item.is_chosen]
    return View(
        facts=facts,
        links=links,
        wanted=wanted,
        health=_health(facts, attention),
        attention=attention,
        told=[item for item in items if item.is_chosen],
        pauses=[throttle for throttle in facts.throttles if throttle.until > facts.generated_at],
        states=_states(facts, wanted, links),
        selects=list(_selects(reading, wanted)),
        reading=reading,
        table=table,
        assets=[to_row(asset, facts, links, portals) for asset in table.items],
        more_assets=links.to("assets", after=after) if after else "",
        data_sets=[
            to_card(one, reading.sources.get(one.asset_key), facts, links, portals) for one in facts.data_sets.items
        ],
        more_data_sets=links.to("data-sets", afterDataSet=after_data_set) if after_data_set else "",
        dead_letters=group_by_cause([_dead_letter(dead_letter, facts) for dead_letter in facts.dead_letters]),
        actions=list(to_action_rows(facts.actions, reading.sources, links)),
        runs=[_run(run) for run in facts.runs],
        run_charts=chart_runs(facts.runs),
        reconciliations=[_run(run) for run in facts.reconciliations],
        reconciliation_charts=chart_runs(facts.reconciliations),
        refresh=to_refresh(links, is_outstanding=_is_outstanding(facts), disturbs=_may_act(facts, attention)),
    )


def _health(facts: Facts, attention: Sequence[AttentionItem]) -> Health:
    if not is_discovery_well(facts.runs[0] if facts.runs else None, facts.generated_at):
        return Health.NOT_WELL
    if attention:
        return Health.NEEDS_A_PERSON
    return Health.RECOVERING if open_letters(facts) else Health.WELL


def _states(facts: Facts, wanted: Filter, links: Links) -> list[StateCount]:
    total = sum(facts.counts.values())
    everything = links.filtered("assets", state="")
    return [
        StateCount("all", total, "assets ever selected", everything, wanted.state is None),
        *(
            StateCount(
                state.value,
                facts.counts.get(state, 0),
                meaning,
                links.filtered("assets", state=state.value),
                wanted.state is state,
            )
            for state, meaning in MEANINGS.items()
        ),
    ]


def _selects(reading: Reading, wanted: Filter) -> Iterator[Select]:
    """Yield the filters that have something to choose from."""
    table, facts = reading.table, reading.facts
    for select in (
        Select("type", "Type", table.types, wanted.type_name),
        Select("term", "Term", _called(table.terms, facts.terms.names), wanted.term),
        Select("collection", "Collection", _called(table.collections, facts.collections), wanted.collection),
    ):
        if select.choices:
            yield select


def _called(choices: Sequence[Choice], names: Mapping[str, str]) -> list[Choice]:
    """Return choices by what people call them, in that order; what has no name keeps its value as one."""
    called = [replace(one, label=names.get(one.value) or one.value) for one in choices]
    return sorted(called, key=lambda one: (one.label.casefold(), one.value))


def to_row(asset: ListedAsset, facts: Facts, links: Links, portals: Portals) -> AssetRow:
    """Return what is shown of an asset among others."""
    return AssetRow(
        asset=asset,
        why=_why(asset, facts),
        next=after_asset(asset, facts),
        link=links.asset(asset.key),
        in_purview=portals.asset(asset.guid),
        in_cluedin=portals.data_sources() if asset.group_id else "",
    )


def _why(asset: ListedAsset, facts: Facts) -> tuple[str, ...]:
    is_failing = asset.status in {AssetStatus.QUEUED, AssetStatus.FAILED}
    return _last_error(asset.key, facts) if is_failing else lines(asset.reason)


def _last_error(key: str, facts: Facts) -> tuple[str, ...]:
    job = facts.jobs.get(key)
    return lines(job.last_error) if job else ()


def to_card(
    record: DataSetRecord, source: ListedAsset | None, facts: Facts, links: Links, portals: Portals
) -> DataSetCard:
    """Return what is shown of a data set; `source` is its source asset, if that is recorded."""
    is_failing = record.status in {DataSetStatus.QUEUED, DataSetStatus.FAILED}
    chain = to_chain(record, source)
    return DataSetCard(
        record=record,
        source=source,
        source_link=links.asset(source.key) if source else "",
        in_cluedin=portals.data_set(record.data_set_id),
        why=(*(_last_error(record.data_set_id, facts) if is_failing else lines(record.reason)), *record.notes),
        next=after_data_set(record, facts),
        records=chart_records(record.processed),
        records_now=tell_records(record.processed[-1]) if record.processed else "",
        chain=chain,
        across=draw_across(chain) if chain else None,
        down=draw_down(chain) if chain else None,
    )


def _is_outstanding(facts: Facts) -> bool:
    """Whether something changes by itself within the next minutes."""
    is_running = bool(facts.runs) and facts.runs[0].outcome is RunOutcome.RUNNING
    return bool(facts.counts.get(AssetStatus.QUEUED) or facts.open_deliveries or is_running)


def to_refresh(links: Links, *, is_outstanding: bool, disturbs: bool) -> Refresh:
    """Return whether a page reads itself anew: while work is outstanding, and a person did not say otherwise.

    Where that `disturbs`, because what a person types next to a button would be gone, only if a person said so.
    """
    may_refresh = links.refresh == ON if disturbs else links.refresh != OFF
    every_s = REFRESH_S if is_outstanding and may_refresh else None
    return Refresh(is_outstanding, every_s, links.here(refresh=ON), links.here(refresh=OFF))


def _may_act(facts: Facts, attention: Sequence[AttentionItem]) -> bool:
    return bool(facts.dead_letters or facts.approval_needed or any(item.mended for item in attention))


def _dead_letter(dead_letter: DeadLetter, facts: Facts) -> DeadLetterRow:
    way = "back into Purview" if dead_letter.queue == QUEUES[JobKind.DATA_SET] else "into CluedIn"
    return DeadLetterRow(dead_letter, way, lines(dead_letter.cause), after_dead_letter(dead_letter, facts.generated_at))


def _run(run: RunRecord) -> RunRow:
    took_s = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    counts = {name: count for name, count in run.counts.items() if count}
    return RunRow(run, took_s, counts, lines(run.error))

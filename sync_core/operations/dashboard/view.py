"""What the dashboard shows, ready to be written as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import JobKind
from sync_core.jobs.message import QUEUES
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.operations.dashboard.attention import AttentionItem, find_attention_items
from sync_core.operations.dashboard.chain import Chain, to_chain
from sync_core.operations.dashboard.drawing import Drawing, draw_across, draw_down
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.next_steps import Next, after_asset, after_data_set, after_dead_letter
from sync_core.operations.dashboard.words import lines
from sync_core.operations.facts import Facts, Filter
from sync_core.operations.well_being import is_discovery_well
from sync_core.runs.run import RunRecord
from sync_core.runs.throttle import Throttle

MEANINGS = {
    AssetStatus.SYNCED: "group and source stand in CluedIn",
    AssetStatus.QUEUED: "group and source are to be made",
    AssetStatus.FAILED: "given up, a dead letter tells why",
    AssetStatus.REJECTED: "Purview lacks a name for it",
    AssetStatus.RETIRED: "lost its term, its group stays",
}


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
    """An asset, why it stands where it stands, and what happens next."""

    record: AssetRecord
    why: tuple[str, ...]
    next: Next


@dataclass(frozen=True, slots=True)
class DataSetCard:
    """A data set, its source asset if that is recorded, and its lineage in two shapes; `chain` tells it in words."""

    record: DataSetRecord
    source: AssetRecord | None
    why: tuple[str, ...]
    next: Next
    chain: Chain | None
    across: Drawing | None
    down: Drawing | None


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A dead letter, the way on which its work was, its cause, and what happens next."""

    record: DeadLetter
    way: str
    cause: tuple[str, ...]
    next: Next


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run, how long it took, and what it counted."""

    record: RunRecord
    took_s: float | None
    counts: Mapping[str, int]
    error: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page. `more_assets` and `more_data_sets` link to what follows, if anything does."""

    facts: Facts
    links: Links
    wanted: Filter
    is_well: bool
    attention: Sequence[AttentionItem]
    pauses: Sequence[Throttle]
    states: Sequence[StateCount]
    assets: Sequence[AssetRow]
    more_assets: str
    data_sets: Sequence[DataSetCard]
    more_data_sets: str
    dead_letters: Sequence[DeadLetterRow]
    runs: Sequence[RunRow]
    reconciliations: Sequence[RunRow]


def to_view(facts: Facts, sources: Mapping[str, AssetRecord], wanted: Filter, links: Links) -> View:
    """Return the page of what was read. `sources` are source assets by their key."""
    after, after_data_set = facts.assets.next, facts.data_sets.next
    return View(
        facts=facts,
        links=links,
        wanted=wanted,
        is_well=is_discovery_well(facts.runs[0] if facts.runs else None, facts.generated_at),
        attention=list(find_attention_items(facts, links)),
        pauses=[throttle for throttle in facts.throttles if throttle.until > facts.generated_at],
        states=_states(facts, wanted, links),
        assets=[AssetRow(record, _why(record, facts), after_asset(record, facts)) for record in facts.assets.items],
        more_assets=links.to("assets", after=after) if after else "",
        data_sets=[_card(record, sources.get(record.asset_key), facts) for record in facts.data_sets.items],
        more_data_sets=links.to("data-sets", afterDataSet=after_data_set) if after_data_set else "",
        dead_letters=[_dead_letter(dead_letter, facts) for dead_letter in facts.dead_letters],
        runs=[_run(run) for run in facts.runs],
        reconciliations=[_run(run) for run in facts.reconciliations],
    )


def _states(facts: Facts, wanted: Filter, links: Links) -> list[StateCount]:
    total = sum(facts.counts.values())
    everything = links.to("assets", state="", after="")
    return [
        StateCount("all", total, "assets ever selected", everything, wanted.state is None),
        *(
            StateCount(
                state.value,
                facts.counts.get(state, 0),
                meaning,
                links.to("assets", state=state.value, after=""),
                wanted.state is state,
            )
            for state, meaning in MEANINGS.items()
        ),
    ]


def _why(record: AssetRecord, facts: Facts) -> tuple[str, ...]:
    is_failing = record.status in {AssetStatus.QUEUED, AssetStatus.FAILED}
    return _last_error(record.key, facts) if is_failing else lines(record.reason)


def _last_error(key: str, facts: Facts) -> tuple[str, ...]:
    job = facts.jobs.get(key)
    return lines(job.last_error) if job else ()


def _card(record: DataSetRecord, source: AssetRecord | None, facts: Facts) -> DataSetCard:
    is_failing = record.status in {DataSetStatus.QUEUED, DataSetStatus.FAILED}
    chain = to_chain(record, source)
    return DataSetCard(
        record=record,
        source=source,
        why=(*(_last_error(record.data_set_id, facts) if is_failing else lines(record.reason)), *record.notes),
        next=after_data_set(record, facts),
        chain=chain,
        across=draw_across(chain) if chain else None,
        down=draw_down(chain) if chain else None,
    )


def _dead_letter(dead_letter: DeadLetter, facts: Facts) -> DeadLetterRow:
    way = "back into Purview" if dead_letter.queue == QUEUES[JobKind.DATA_SET] else "into CluedIn"
    return DeadLetterRow(dead_letter, way, lines(dead_letter.cause), after_dead_letter(dead_letter, facts.generated_at))


def _run(run: RunRecord) -> RunRow:
    took_s = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    counts = {name: count for name, count in run.counts.items() if count}
    return RunRow(run, took_s, counts, lines(run.error))

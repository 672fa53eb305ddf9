"""The page of one asset, ready to be written as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.operations.dashboard.history import Event, history_of
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.next_steps import HIDDEN
from sync_core.operations.dashboard.view import AssetRow, DataSetCard, Refresh, to_card, to_refresh, to_row
from sync_core.operations.explain.findings import Explanation, Finding, Weight
from sync_core.operations.facts import Facts
from sync_core.operations.portals import Portals

WEIGHTS = {
    Weight.IN_THE_WAY: "in the way",
    Weight.WAITS: "waits",
    Weight.NOTE: "note",
    Weight.WELL: "well",
}
IN_CLUEDIN = "has its group and source looked for in CluedIn again"
IN_PURVIEW = "asks Purview for it now"


@dataclass(frozen=True, slots=True)
class AssetView:
    """The whole page. `terms` are the keywords that select it, `table` leads to the page of all, `again` here.

    `collection` is what people call its collection, empty where nobody knows.

    `explain` leads to the same page with an explanation, `go_on` to the next part of that, if there is one. `letters`
    are the dead letters of the asset and its data sets, by their ids, also closed ones.
    """

    now: datetime
    record: AssetRecord
    row: AssetRow
    terms: Sequence[str]
    collection: str
    history: Sequence[Event]
    data_sets: Sequence[DataSetCard]
    table: str
    again: str
    explain: str
    explanation: Explanation | None
    go_on: str
    letters: Mapping[str, DeadLetter]
    refresh: Refresh

    @property
    def found(self) -> Sequence[Finding]:
        """What the explanation found, of the question and of the asset."""
        told = self.explanation
        return [*told.findings, *(finding for one in told.assets for finding in one.findings)] if told else ()

    @property
    def needs_a_person(self) -> bool:
        """Whether the asset or one of its data sets waits for a person."""
        return self.row.next.is_stuck or any(card.next.is_stuck for card in self.data_sets)

    @property
    def may_act(self) -> bool:
        """Whether there is anything that a person can do here."""
        return bool(self.looks or self.letters or self.data_sets)

    @property
    def looks(self) -> str:
        """What a look that a person asks for does; empty where there is nothing to look at."""
        if self.record.status is AssetStatus.REJECTED:
            return IN_PURVIEW
        if self.row.next == HIDDEN:
            return f"{IN_PURVIEW}, and {IN_CLUEDIN}"
        return IN_CLUEDIN if self.record.may_have_group else ""


def to_asset_view(
    record: AssetRecord,
    facts: Facts,
    links: Links,
    portals: Portals,
    *,
    explanation: Explanation | None = None,
) -> AssetView:
    """Return the page of an asset; `facts` are those of its job, its dead letter and its data sets."""
    data_sets, asset = facts.data_sets.items, listed_of(record)
    return AssetView(
        now=facts.generated_at,
        record=record,
        row=to_row(asset, facts, links, portals),
        terms=[facts.terms.names.get(key) or key for key in record.terms],
        collection=facts.collections.get(record.collection_id, ""),
        history=history_of(record, facts.jobs.get(record.key), data_sets),
        data_sets=[to_card(one, asset, facts, links, portals) for one in data_sets],
        table=links.to(),
        again=links.asset(record.key),
        explain=links.explanation(record.key),
        explanation=explanation,
        go_on=links.explanation(record.key, explanation.next) if explanation and explanation.next else "",
        letters={one.id: one for one in facts.dead_letters},
        refresh=to_refresh(
            links,
            is_outstanding=explanation is None and _is_outstanding(record, facts),  # a look costs some seconds
            disturbs=bool(facts.dead_letters),
        ),
    )


def _is_outstanding(record: AssetRecord, facts: Facts) -> bool:
    """Whether work of the asset or of its data sets changes something by itself within the next minutes."""
    works = (record.key, *(one.data_set_id for one in facts.data_sets.items))
    return record.status is AssetStatus.QUEUED or any(facts.try_at(work) for work in works)

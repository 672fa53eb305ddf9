"""Answers `dashboard`: the same facts as `status`, as a page for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sync_core.answer import HttpAnswer
from sync_core.assets.list_assets import ListAssets
from sync_core.errors import RejectedError
from sync_core.operations.actions.find_asset import FindAsset
from sync_core.operations.actions.parse import Person
from sync_core.operations.dashboard.act import Act
from sync_core.operations.dashboard.answer import (
    asset_answer,
    dashboard_answer,
    no_such_asset_answer,
    refused_answer,
)
from sync_core.operations.dashboard.asset_page import to_asset_view
from sync_core.operations.dashboard.asset_table import to_table
from sync_core.operations.dashboard.links import ASSET, EXPLAIN, NEXT, Links
from sync_core.operations.dashboard.next_steps import stuck_letters
from sync_core.operations.dashboard.view import Reading, to_view
from sync_core.operations.explain.findings import Explanation
from sync_core.operations.facts import Filter
from sync_core.operations.portals import Portals
from sync_core.operations.status import ACTIONS_SHOWN, OPEN_ASSETS, Status, parse_filter
from sync_core.runs.deferred import Kind

MOST_DEFERRED = 1000  # of what could not be read, as many as one storage operation gives
ROWS_A_PAGE = 25  # what people read at once; `pageSize` says otherwise


@dataclass(frozen=True)
class Dashboard:
    """Shows what the report and the list of assets tell.

    `collections` gives what people call collections; `explain` answers why an asset is there or not: the part that a
    page token names.
    """

    report: Status
    act: Act
    listing: ListAssets
    find: FindAsset
    collections: Callable[[], Mapping[str, str]]
    portals: Portals
    explain: Callable[[str, str], Explanation]

    def answer(self, query: Mapping[str, str], signed_in: Person | None = None) -> HttpAnswer:
        """Answer `GET dashboard`; it takes the parameters of `status`, and `asset`, a key or guid, for its own page.

        `signed_in` is whoever the platform says it is.

        Raises:
            TransientError, ConfigError, StateError: the state cannot be read.
        """
        try:
            wanted = parse_filter(query, ROWS_A_PAGE)
        except RejectedError as error:
            return refused_answer(query, error)
        if key := query.get(ASSET):
            return self._answer_asset(key, query, signed_in)
        view = to_view(self._read(wanted), wanted, Links(query), self.portals)
        return dashboard_answer(view, self.act.offer(query, signed_in))

    def _answer_asset(self, key: str, query: Mapping[str, str], signed_in: Person | None) -> HttpAnswer:
        record = self.find.by_id(key)
        if record is None:
            return no_such_asset_answer(query)
        hidden = self.report.deferred.find(Kind.ASSET, record.guid)
        facts = replace(
            self.report.read_about(record.key),
            collections=self.collections(),
            deferred=[hidden] if hidden else (),
        )
        try:
            explanation = self.explain(record.guid, query.get(NEXT, "")) if query.get(EXPLAIN) else None
        except RejectedError as error:
            return refused_answer(query, error)
        view = to_asset_view(record, facts, Links(query), self.portals, explanation=explanation)
        return asset_answer(view, self.act.offer(query, signed_in))

    def _read(self, wanted: Filter) -> Reading:
        now = self.report.clock()
        listing = self.listing.latest(now)
        unreadable = list(listing.unreadable)
        facts = self.report.read_beside(wanted, listing.counted, unreadable, now)
        deferred, actions = self.report.deferred.first(MOST_DEFERRED), self.report.actions.latest(ACTIONS_SHOWN)
        facts = replace(facts, deferred=deferred, actions=actions)
        hidden = {one.key for one in listing.assets if one.guid in facts.hidden} if facts.hidden else set[str]()
        table = to_table(listing.assets, wanted, stuck_letters(facts) | hidden)
        jobs = self.report.asset_jobs([one.key for one in table.items if one.status in OPEN_ASSETS])
        return Reading(
            facts=replace(facts, jobs={**facts.jobs, **jobs}, collections=self.collections()),
            table=table,
            listed_at=listing.listed_at,
            is_whole=listing.is_whole,
            sources={one.key: one for one in listing.assets},
        )

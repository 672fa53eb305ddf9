"""Answers `status`: what is synced, what is not, why not, and what happened lately."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from itertools import chain, islice
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from sync_core import __version__
from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.retire import APPROVAL, NEEDED
from sync_core.answer import LARGEST_PAGE, HttpAnswer, json_answer, problem
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.count_assets import CountAssets, Counted
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.selection import NOTE as TOGGLE
from sync_core.discovery.selection import Toggle
from sync_core.discovery.terms.recall_terms import KnownTerms
from sync_core.errors import RejectedError
from sync_core.jobs.dead_letter import to_dead_letter
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.record import DataSetRecord
from sync_core.lineage.webhook.empty_bodies import EmptyBodies
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.facts import Facts, Filter, Page
from sync_core.operations.pace import known_paces, pace_to_json
from sync_core.runs.action_log import ActionLog
from sync_core.runs.deferred_store import DeferredStore
from sync_core.runs.run import RunKind
from sync_core.runs.run_store import RunStore
from sync_core.runs.throttle import Throttle
from sync_core.storage.notes import Notes
from sync_core.storage.table import ROWS_A_PAGE
from sync_core.storage.unreadable import Unreadable

Item = TypeVar("Item")
DEFAULT_PAGE = 100
RUNS_SHOWN = 20
ACTIONS_SHOWN = 20
OPEN_ASSETS = frozenset({AssetStatus.QUEUED, AssetStatus.FAILED})
OWN_KNOWLEDGE = frozenset({"guids", "keyGuids", "schemaGuid"})  # as many as there are columns, and of use to no person
TOLD = {"attempts", "deaths", "last_error", "last_error_class", "last_error_at", "throttled_since"}  # of a job
MAX_LOOKED_AT = 2 * ROWS_A_PAGE
"""So many assets, and so many data sets, are looked at for one answer; `next` goes on behind them."""
KEY = re.compile(r"[A-Za-z0-9-]{0,100}")  # what our own keys and the ids of data sets are made of


def parse_filter(query: Mapping[str, str], page_size: int = DEFAULT_PAGE) -> Filter:
    """Read the query: what is to be shown, `pageSize` (at most 1000), and from a former answer `after`, `afterDataSet`.

    Assets are chosen by `state`, `type`, `term` (its guid or key), `collection` and `search`.

    `page_size` is taken where the query names none.

    Raises:
        RejectedError: a value is not one of those.
    """
    state, size = query.get("state", ""), query.get("pageSize", str(page_size))
    if state and state not in set(AssetStatus):
        raise RejectedError(f"state is '{state}'; expected one of {', '.join(AssetStatus)}.", code="state")
    if not re.fullmatch("[0-9]{1,4}", size) or not 1 <= int(size) <= LARGEST_PAGE:
        raise RejectedError(f"pageSize is '{size}'; expected a number from 1 to {LARGEST_PAGE}.", code="pageSize")
    for name in ("after", "afterDataSet"):
        if not KEY.fullmatch(query.get(name, "")):
            raise RejectedError(f"{name} is '{query[name]}'; expected what `next` of an answer said.", code=name)
    return Filter(
        state=AssetStatus(state) if state else None,
        text=query.get("search", ""),
        page_size=int(size),
        after=query.get("after", ""),
        after_data_set=query.get("afterDataSet", ""),
        type_name=query.get("type", ""),
        term=query.get("term", ""),
        collection=query.get("collection", ""),
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """Reads first pages of `size` items; what cannot be read is added to `unreadable`."""

    size: int
    unreadable: list[Unreadable]

    def rows_a_query(self, *, is_filtered: bool) -> int:
        """Return how many rows are worth reading at once: one more than is shown, where all of them are."""
        return ROWS_A_PAGE if is_filtered else min(self.size + 1, ROWS_A_PAGE)

    def first(
        self, found: Iterable[tuple[str, Item | Unreadable]], accepts: Callable[[Item], bool], kind: str
    ) -> Page[Item]:
        """Return the first items that are accepted, of as many as one answer looks at, and where to go on."""
        shown: list[Item] = []
        last_shown = ""
        for number, (key, one) in enumerate(found, 1):
            if isinstance(one, Unreadable):
                self.note(one, kind, key)
            elif accepts(one):
                if len(shown) == self.size:
                    return Page(shown, last_shown)
                shown.append(one)
                last_shown = key
            if number == MAX_LOOKED_AT:
                return Page(shown, key)
        return Page(shown)

    def readable(self, found: Iterable[tuple[str, Item | Unreadable]], kind: str) -> Iterator[Item]:
        """Yield what can be read."""
        for key, one in found:
            if isinstance(one, Unreadable):
                self.note(one, kind, key)
            else:
                yield one

    def note(self, one: Unreadable, kind: str, key: str) -> None:
        """Keep what cannot be read, as far as there is room."""
        if len(self.unreadable) < LARGEST_PAGE:
            self.unreadable.append(one.model_copy(update={"kind": kind, "key": key}))


@dataclass(frozen=True)
class Status:
    """Reads the state for people and programs."""

    assets: AssetStore
    count: CountAssets
    runs: RunStore
    actions: ActionLog
    data_sets: DataSetStore
    approvals: Notes
    toggles: Notes
    throttles: Notes
    deferred: DeferredStore
    notifications: Notes
    empty_bodies: EmptyBodies
    terms: Callable[[], KnownTerms]
    is_lineage_on: bool
    clock: Callable[[], datetime]

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET status`; a wrong query gets a problem that names the parameter."""
        try:
            wanted = parse_filter(query)
        except RejectedError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
        return json_answer(_to_json(self.read(wanted)))

    def read(self, wanted: Filter) -> Facts:
        """Read all that is told of the assets and data sets that are wanted."""
        unreadable: list[Unreadable] = []
        pages = Pages(wanted.page_size, unreadable)
        records = self.assets.each_after(wanted.after, pages.rows_a_query(is_filtered=wanted.is_filtered))
        assets = pages.first(records, wanted.accepts, "asset")
        keys = [one.key for one in assets.items if one.status in OPEN_ASSETS]
        now = self.clock()
        facts = self.read_beside(wanted, self.count.latest(now), unreadable, now)
        return replace(
            facts,
            assets=assets,
            jobs={**facts.jobs, **self.asset_jobs(keys)},
            actions=self.actions.latest(ACTIONS_SHOWN),
            deferred=self.deferred.first(wanted.page_size),
        )

    def read_beside(self, wanted: Filter, counted: Counted, unreadable: list[Unreadable], now: datetime) -> Facts:
        """Read what pages tell beside the assets; what cannot be read is added to `unreadable`."""
        pages = Pages(wanted.page_size, unreadable)
        known = self.data_sets.each_after(wanted.after_data_set, pages.rows_a_query(is_filtered=bool(wanted.text)))
        data_sets = pages.first(known, wanted.accepts_data_set, "data set")
        dead = chain(self.assets.jobs.each_dead(), self.data_sets.jobs.each_dead())
        needed, approval = self.approvals.load_both((ApprovalNeeded, NEEDED), (Approval, APPROVAL))
        dead_letters = map(to_dead_letter, pages.readable(dead, "dead letter"))
        throttles, toggles = self.throttles.all_beside(Throttle, self.toggles, Toggle)
        return Facts(
            generated_at=now,
            toggle=toggles.get(TOGGLE),
            is_lineage_on=self.is_lineage_on,
            counts=counted.counts,
            counted_at=counted.counted_at,
            assets=Page(()),
            data_sets=data_sets,
            jobs=_jobs(self.data_sets.jobs, [one.data_set_id for one in data_sets.items]),
            open_deliveries=self.data_sets.jobs.count_pending(ROWS_A_PAGE),
            runs=self.runs.latest(RunKind.DISCOVER, RUNS_SHOWN),
            reconciliations=self.runs.latest(RunKind.RECONCILE, RUNS_SHOWN),
            approval_needed=needed,
            approval=approval,
            dead_letters=list(islice(dead_letters, wanted.page_size)),
            throttles=list(throttles.values()),
            notifications=dict(self.notifications.all(LastNotification)),
            unreadable=unreadable,
            webhook_problem=self.empty_bodies.explain(),
            terms=self.terms(),
        )

    def read_about(self, key: str) -> Facts:
        """Return what is told of an asset's job, its dead letter, and of its data sets among the first 2,000."""
        known = islice(self.data_sets.each_after(""), MAX_LOOKED_AT)
        own = [one for _, one in known if isinstance(one, DataSetRecord) and one.asset_key == key]
        jobs = self.asset_jobs([key]) | _jobs(self.data_sets.jobs, [one.data_set_id for one in own])
        return Facts(
            generated_at=self.clock(),
            toggle=None,
            is_lineage_on=self.is_lineage_on,
            counts={},
            assets=Page(()),
            data_sets=Page(own),
            jobs=jobs,
            dead_letters=[to_dead_letter(job) for job in jobs.values() if job.state is JobState.DEAD],
            approval_needed=self.approvals.load(ApprovalNeeded, NEEDED),
            terms=self.terms(),
        )

    def asset_jobs(self, keys: Sequence[str]) -> dict[str, Job]:
        """Return the jobs of these assets, as far as one query shows them."""
        return _jobs(self.assets.jobs, sorted(keys))


def _jobs(jobs: JobStore, keys: Sequence[str]) -> dict[str, Job]:
    """Return the jobs of these keys, which are in order: one query, however many."""
    found = jobs.between(keys[0], keys[-1], ROWS_A_PAGE) if keys else {}
    return {key: found[key] for key in keys if key in found}


def _to_json(facts: Facts) -> dict[str, Any]:
    needed = facts.approval_needed
    return {
        "version": __version__,
        "generatedAt": facts.generated_at.isoformat(),
        "sync": camel(facts.toggle) if facts.toggle else None,
        "lineage": {"enabled": facts.is_lineage_on},
        "counts": {status.value: facts.counts.get(status.value, 0) for status in AssetStatus},
        "countedAt": facts.counted_at.isoformat() if facts.counted_at else None,
        "assets": {"items": [_asset(record, facts) for record in facts.assets.items], "next": facts.assets.next},
        "dataSets": {
            "items": [_data_set(record, facts) for record in facts.data_sets.items],
            "next": facts.data_sets.next,
        },
        "openDeliveries": facts.open_deliveries,
        "runs": [camel(run) for run in facts.runs],
        "reconciliations": [camel(run) for run in facts.reconciliations],
        "actions": [camel(action) for action in facts.actions],
        "approvalNeeded": camel(needed) if needed else None,
        "approval": camel(facts.approval) if facts.approval else None,
        "deadLetters": [camel(dead_letter) for dead_letter in facts.dead_letters],
        "throttles": [camel(throttle) for throttle in facts.throttles],
        "pace": [pace_to_json(pace) for pace in known_paces(facts.throttles, facts.generated_at)],
        "deferred": [camel(one) for one in facts.deferred],
        "notifications": {kind: camel(last) for kind, last in facts.notifications.items()},
        "unreadable": [camel(one) for one in facts.unreadable],
        **({"assetCuration": list(facts.terms.curation)} if facts.terms.curation else {}),
        **({"unifiedCatalog": facts.terms.closed_catalog} if facts.terms.closed_catalog else {}),
        **({"webhookProblem": facts.webhook_problem} if facts.webhook_problem else {}),
    }


def _asset(record: AssetRecord, facts: Facts) -> dict[str, Any]:
    renamed = {"inPurview": record.name, "inCluedIn": record.synced_name} if record.is_renamed else None
    return {**camel(record), **_work(record.key, facts), "renamed": renamed}


def _data_set(record: DataSetRecord, facts: Facts) -> dict[str, Any]:
    told = {name: value for name, value in camel(record).items() if name not in OWN_KNOWLEDGE}
    return {**told, **_work(record.data_set_id, facts)}


def _work(key: str, facts: Facts) -> dict[str, Any]:
    """What is outstanding, or why it was given up."""
    job = facts.jobs.get(key)
    if job is None:
        return {"attempts": 0, "lastError": "", "lastErrorClass": ""}
    told = {to_camel(name): value for name, value in job.model_dump(mode="json", include=TOLD).items() if value}
    try_at = facts.try_at(key)
    return {"attempts": 0, "lastError": "", "lastErrorClass": "", **told} | (
        {"nextTryAt": try_at.isoformat()} if try_at else {}
    )


def camel(model: BaseModel) -> dict[str, Any]:
    """Return a model as `status` shows it: names in camel case, nothing that has no value."""
    return {to_camel(name): value for name, value in model.model_dump(mode="json", exclude_none=True).items()}

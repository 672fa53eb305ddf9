"""Answers `status`: what is synced, what is not, why not, and what happened lately."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from sync_core import __version__
from sync_core.domain.answer import HttpAnswer, json_answer, problem
from sync_core.domain.approval import Approval, ApprovalNeeded
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.data_set import DataSetRecord
from sync_core.domain.delivery import Delivery
from sync_core.domain.facts import Facts, Filter, LastNotification, Page, Toggle
from sync_core.domain.run import RunKind
from sync_core.domain.throttle import Throttle
from sync_core.domain.unreadable import Unreadable
from sync_core.errors import RejectedError
from sync_core.flows.empty_bodies import EmptyBodies
from sync_core.flows.retire import APPROVAL, NEEDED
from sync_core.flows.selection import NOTE as TOGGLE
from sync_core.flows.take_assets import SEND_AGAIN_AFTER
from sync_core.state.assets import AssetStore
from sync_core.state.data_sets import DataSetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.deferred import DeferredStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.notes import Notes
from sync_core.state.runs import RunStore

Item = TypeVar("Item")
LARGEST_PAGE = 1000
DEFAULT_PAGE = 100
RUNS_SHOWN = 20
KEY = re.compile(r"[A-Za-z0-9-]{0,100}")  # what our own keys and the ids of data sets are made of


def parse_filter(query: Mapping[str, str], page_size: int = DEFAULT_PAGE) -> Filter:
    """Read the query: `state`, `search`, `pageSize` (at most 1000), and from a former answer `after`, `afterDataSet`.

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
    )


@dataclass(frozen=True)
class Report:
    """Reads the state for people and programs."""

    assets: AssetStore
    runs: RunStore
    data_sets: DataSetStore
    deliveries: DeliveryStore
    dead_letters: DeadLetterStore
    approvals: Notes
    toggles: Notes
    throttles: Notes
    deferred: DeferredStore
    notifications: Notes
    empty_bodies: EmptyBodies
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
        records = _readable(self.assets.each_after(wanted.after), "asset", unreadable)
        assets = _page(filter(wanted.accepts, records), wanted.page_size, lambda one: one.key)
        known = _readable(self.data_sets.each_after(wanted.after_data_set), "data set", unreadable)
        data_sets = _page(filter(wanted.accepts_data_set, known), wanted.page_size, lambda one: one.data_set_id)
        letters = _readable(self.dead_letters.each(), "dead letter", unreadable)
        deliveries = list(self.deliveries.open())
        now = self.clock()
        return Facts(
            generated_at=now,
            toggle=self.toggles.load(Toggle, TOGGLE),
            is_lineage_on=self.is_lineage_on,
            counts=self.assets.counts(),
            assets=assets,
            data_sets=data_sets,
            tries=_next_tries(self._due(assets.items), deliveries, now),
            open_deliveries=len(deliveries),
            runs=self.runs.latest(RunKind.DISCOVER, RUNS_SHOWN),
            reconciliations=self.runs.latest(RunKind.RECONCILE, RUNS_SHOWN),
            approval_needed=self.approvals.load(ApprovalNeeded, NEEDED),
            approval=self.approvals.load(Approval, APPROVAL),
            dead_letters=list(islice(letters, wanted.page_size)),
            throttles=[throttle for _, throttle in self.throttles.all(Throttle)],
            deferred=self.deferred.first(wanted.page_size),
            notifications=dict(self.notifications.all(LastNotification)),
            unreadable=unreadable,
            webhook_problem=self.empty_bodies.explain(),
        )

    def read_sources(self, data_sets: Sequence[DataSetRecord]) -> dict[str, AssetRecord]:
        """Return the source assets of data sets by their keys, those that are recorded."""
        keys = dict.fromkeys(record.asset_key for record in data_sets if record.asset_key)
        return {key: stored.record for key, stored in self.assets.load_many(list(keys)).items()}

    def _due(self, shown: Sequence[AssetRecord]) -> dict[str, datetime]:
        """Return when the messages of the queued ones among these count as lost; they are in the order of keys."""
        queued = [record.key for record in shown if record.status is AssetStatus.QUEUED]
        return self.assets.due_between(queued[0], queued[-1]) if queued else {}


def _next_tries(due: Mapping[str, datetime], deliveries: Iterable[Delivery], now: datetime) -> dict[str, datetime]:
    """Return when each piece of outstanding work is tried next: when its message shows up, or now if it has."""
    tries = {key: max(due_at - SEND_AGAIN_AFTER, now) for key, due_at in due.items()}
    for delivery in deliveries:
        if delivery.names_nothing:
            continue
        try_at = max(delivery.due_at - SEND_AGAIN_AFTER, now) if delivery.due_at else now
        tries[delivery.data_set_id] = min(try_at, tries.get(delivery.data_set_id, try_at))
    return tries


def _readable(
    found: Iterable[tuple[str, Item | Unreadable]], kind: str, unreadable: list[Unreadable]
) -> Iterator[Item]:
    """Yield what can be read; what cannot is added to `unreadable`, as far as there is room."""
    for key, one in found:
        if not isinstance(one, Unreadable):
            yield one
        elif len(unreadable) < LARGEST_PAGE:
            unreadable.append(one.model_copy(update={"kind": kind, "key": key}))


def _page(found: Iterator[Item], size: int, key_of: Callable[[Item], str]) -> Page[Item]:
    page = list(islice(found, size + 1))
    shown = page[:size]
    return Page(shown, key_of(shown[-1]) if len(page) > len(shown) else None)


def _to_json(facts: Facts) -> dict[str, Any]:
    needed = facts.approval_needed
    return {
        "version": __version__,
        "generatedAt": facts.generated_at.isoformat(),
        "sync": _camel(facts.toggle) if facts.toggle else None,
        "lineage": {"enabled": facts.is_lineage_on},
        "counts": {status.value: facts.counts.get(status.value, 0) for status in AssetStatus},
        "assets": {"items": [_asset(record, facts) for record in facts.assets.items], "next": facts.assets.next},
        "dataSets": {
            "items": [_data_set(record, facts) for record in facts.data_sets.items],
            "next": facts.data_sets.next,
        },
        "openDeliveries": facts.open_deliveries,
        "runs": [_camel(run) for run in facts.runs],
        "reconciliations": [_camel(run) for run in facts.reconciliations],
        "approvalNeeded": _camel(needed) if needed else None,
        "approval": _camel(facts.approval) if facts.approval else None,
        "deadLetters": [_camel(letter) for letter in facts.dead_letters],
        "throttles": [_camel(throttle) for throttle in facts.throttles],
        "deferred": [_camel(one) for one in facts.deferred],
        "notifications": {kind: _camel(last) for kind, last in facts.notifications.items()},
        "unreadable": [_camel(one) for one in facts.unreadable],
        **({"webhookProblem": facts.webhook_problem} if facts.webhook_problem else {}),
    }


def _asset(record: AssetRecord, facts: Facts) -> dict[str, Any]:
    renamed = {"inPurview": record.name, "inCluedIn": record.synced_name} if record.is_renamed else None
    return {**_camel(record), **_next_try(record.key, facts), "renamed": renamed}


def _data_set(record: DataSetRecord, facts: Facts) -> dict[str, Any]:
    return {**_camel(record), **_next_try(record.data_set_id, facts)}


def _next_try(work: str, facts: Facts) -> dict[str, str]:
    return {"nextTryAt": facts.tries[work].isoformat()} if work in facts.tries else {}


def _camel(model: BaseModel) -> dict[str, Any]:
    return {to_camel(name): value for name, value in model.model_dump(mode="json", exclude_none=True).items()}

"""Answers `status`: what is synced, what is not, why not, and what happened lately."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import islice
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from sync_core.domain.answer import HttpAnswer, json_answer, problem
from sync_core.domain.approval import ApprovalNeeded
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.run import RunKind
from sync_core.domain.throttle import Throttle
from sync_core.errors import RejectedError
from sync_core.flows.notify import LastNotification
from sync_core.flows.retire import NEEDED
from sync_core.flows.selection import NOTE as TOGGLE
from sync_core.flows.selection import Toggle
from sync_core.state.assets import AssetStore
from sync_core.state.data_sets import DataSetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.notes import Notes
from sync_core.state.runs import RunStore

LARGEST_PAGE = 1000
DEFAULT_PAGE = 100
RUNS_SHOWN = 20
KEY = re.compile(r"[A-Za-z0-9-]{0,100}")  # what our own keys and the ids of data sets are made of


@dataclass(frozen=True, slots=True)
class Filter:
    """Which assets to show: of one state, with a text in their names, from behind a key."""

    state: AssetStatus | None
    text: str
    page_size: int
    after: str
    after_data_set: str

    def accepts_name(self, name: str) -> bool:
        """Whether a data set of that name is to be shown."""
        return self.text.lower() in name.lower()

    def accepts(self, record: AssetRecord) -> bool:
        """Whether a record is to be shown."""
        names = f"{record.name}\n{record.qualified_name}\n{record.guid}\n{record.group_id}".lower()
        return (self.state is None or record.status is self.state) and self.text.lower() in names


def parse_filter(query: Mapping[str, str]) -> Filter:
    """Read the query: `state`, `search`, `pageSize` (at most 1000), and from a former answer `after`, `afterDataSet`.

    Raises:
        RejectedError: a value is not one of those.
    """
    state, size = query.get("state", ""), query.get("pageSize", str(DEFAULT_PAGE))
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
    notifications: Notes
    clock: Callable[[], datetime]

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET status`; a wrong query gets a problem that names the parameter."""
        try:
            wanted = parse_filter(query)
        except RejectedError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
        return json_answer(self._body(wanted))

    def _body(self, wanted: Filter) -> dict[str, Any]:
        counts = self.assets.counts()
        toggle = self.toggles.load(Toggle, TOGGLE)
        needed = self.approvals.load(ApprovalNeeded, NEEDED)
        return {
            "generatedAt": self.clock().isoformat(),
            "sync": _camel(toggle) if toggle else None,
            "counts": {status.value: counts.get(status.value, 0) for status in AssetStatus},
            "assets": self._assets(wanted),
            "dataSets": self._data_sets(wanted),
            "openDeliveries": sum(1 for _ in self.deliveries.open()),
            "runs": [_camel(run) for run in self.runs.latest(RunKind.DISCOVER, RUNS_SHOWN)],
            "reconciliations": [_camel(run) for run in self.runs.latest(RunKind.RECONCILE, RUNS_SHOWN)],
            "approvalNeeded": _camel(needed) if needed else None,
            "deadLetters": [_camel(letter) for letter in islice(self.dead_letters.all(), wanted.page_size)],
            "throttles": [_camel(throttle) for _, throttle in self.throttles.all(Throttle)],
            "notifications": {kind: _camel(last) for kind, last in self.notifications.all(LastNotification)},
        }

    def _data_sets(self, wanted: Filter) -> dict[str, Any]:
        found = (record for record in self.data_sets.after(wanted.after_data_set) if wanted.accepts_name(record.name))
        page = list(islice(found, wanted.page_size + 1))
        shown = page[: wanted.page_size]
        return {
            "items": [_camel(record) for record in shown],
            "next": shown[-1].data_set_id if len(page) > len(shown) else None,
        }

    def _assets(self, wanted: Filter) -> dict[str, Any]:
        accepted = filter(wanted.accepts, self.assets.after(wanted.after))
        page = list(islice(accepted, wanted.page_size + 1))
        shown = page[: wanted.page_size]
        return {
            "items": [_asset(record) for record in shown],
            "next": shown[-1].key if len(page) > len(shown) else None,
        }


def _asset(record: AssetRecord) -> dict[str, Any]:
    renamed = {"inPurview": record.name, "inCluedIn": record.synced_name} if record.is_renamed else None
    return {**_camel(record), "renamed": renamed}


def _camel(model: BaseModel) -> dict[str, Any]:
    return {to_camel(name): value for name, value in model.model_dump(mode="json", exclude_none=True).items()}

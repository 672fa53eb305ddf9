"""A small world for fault tests: two services with one asset after the other, the app on its storage, and people."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from itertools import count
from typing import Any

from azure.storage.queue import QueueServiceClient

from local.service import REPOSITORY
from local.simulation import Clock
from local.stack import TERM
from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.retire import APPROVAL, NEEDED
from sync_core.app import App
from sync_core.settings import Settings
from tests.faults.crew import Crew
from tests.faults.invariants import Case, find_violations
from tests.faults.lanes import Lanes
from tests.faults.remote import Account, Organization
from tests.kit.parts import with_parts
from tests.kit.virtual import make_virtual_app

ROUND_S = 16 * 60  # longer than what a lost message, a dead worker or a term's digest waits for
MOST_ROUNDS = 100  # a day and a bit: as long as a letter waits for an asset that lost its tag
MOST_SENDS = 50
LAKE = "https://lake.example"


@dataclass
class World:
    """One test's world. `settings` are the app's; tests act on the services and let the crew work."""

    clock: Clock
    account: Account
    organization: Organization
    settings: Mapping[str, str]
    host_storage: str = ""
    """How the host reaches the queues, where that is not the app's way."""
    crew: Crew = field(init=False)
    ever_tagged: set[str] = field(default_factory=set)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, set[str]] = field(default_factory=dict)
    concepts: set[str] = field(default_factory=set)
    """Ids of terms and data products of the Unified Catalog that select assets."""
    doubtful: set[str] = field(default_factory=set)
    """Assets of which nobody can know whether they are selected, such as those of a term that was deleted."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        storage = self.host_storage or self.settings["AzureWebJobsStorage"]
        lanes = Lanes(QueueServiceClient.from_connection_string(storage), self.clock)
        self.crew = Crew([self.new_app()], lanes, self.clock)

    def new_app(self, *, skew_s: float = 0, **changes: str) -> App:
        """Make the app as another process would have it."""
        return make_virtual_app(Settings.model_validate({**self.settings, **changes}), self.clock, skew_s=skew_s)

    @property
    def app(self) -> App:
        """The first instance."""
        return self.crew.apps[0]

    def replace_parts(self, **parts: Any) -> None:
        """Give the first instance other parts."""
        self.crew.apps[0] = with_parts(self.app, **parts)

    @property
    def selects_all(self) -> bool:
        """Whether an asset needs no term."""
        return self.settings["SYNC_TERM"] == "*"

    def selects(self, entity: Mapping[str, Any]) -> bool:
        """Whether an asset, as the account's state shows it, is to be synced."""
        return self.selects_all or TERM in entity["terms"] or not self.concepts.isdisjoint(entity["concepts"])

    def add_asset(self, name: str = "", *, tagged: bool = True) -> str:
        """A file that a scan finds; returns its qualified name. Two of one name are two files."""
        number = next(self._numbers)
        qualified_name = f"{LAKE}/{number:03}/{name or number}.csv"
        self.names[qualified_name] = {name or f"asset {number}.csv"}
        self.account.add_asset(name or f"asset {number}.csv", qualified_name, tagged=tagged)
        if tagged or self.selects_all:
            self.ever_tagged.add(qualified_name)
        return qualified_name

    def rename(self, asset: str, name: str) -> None:
        """A steward gives an asset another name; its qualified name stays."""
        self.names[asset].add(name)
        self.account.act("/rename", asset=asset, name=name)

    def tag(self, asset: str) -> None:
        """A steward gives the term to an asset."""
        self.account.tag(asset)
        self.ever_tagged.add(asset)

    def load(self, asset: str, entity_type: str = "/Account", **keys: str) -> str:
        """An engineer loads, maps and processes a data set; returns its id. CluedIn has not told us."""
        mapping = keys or {"id": "account.id", "name": "account.name", "noise": "--ignore--"}
        return self.organization.load(asset, f"data {next(self._numbers)}", mapping, entity_type)

    def announce(self, data_set_id: str, event_id: str = "", send: Callable[[bytes], int] | None = None) -> str:
        """CluedIn tells us, again and again until it is answered 202; returns the event's id."""
        event_id = event_id or f"msg_{next(self._numbers)}"
        body = json.dumps({"dataSetId": data_set_id, "eventId": event_id}).encode()
        for _ in range(MOST_SENDS):
            if (send or self.post)(body) == HTTPStatus.ACCEPTED:
                self.accepted.append((event_id, data_set_id.lower()))
                return event_id
        raise AssertionError(f"{event_id} was never accepted")

    def post(self, body: bytes) -> int:
        """Call the webhook once; returns the status."""
        app = self.crew.chance.choice(self.crew.apps)
        return app.data_set_processed.answer({"content-type": "application/json"}, body).status

    def tick(self) -> bool:
        """One discovery, a minute later; returns whether it ended well."""
        self.clock.advance(60)
        return self.crew.tick()

    def command(self, *arguments: str) -> str:
        """A person types `python -m sync_core ...`; returns what is printed."""
        status, said = self.try_command(*arguments)
        assert status == 0, said
        return said

    def try_command(self, *arguments: str) -> tuple[int, str]:
        """A person types a command that may fail; returns its exit status, and what is printed."""
        program = [sys.executable, "-m", "sync_core", *arguments]
        environment = {**os.environ, **self.settings}
        done = subprocess.run(program, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def run(self) -> None:
        """One minute of the app's life."""
        self.tick()
        self.crew.drain()

    def reconcile(self) -> None:
        """A quarter of an hour later, the app looks for what fell through."""
        self.clock.advance(15 * 60)
        self.crew.reconcile()
        self.crew.drain()

    def heal(self) -> int:
        """Lift all faults and let time pass until nothing is left to do; returns how many rounds that took."""
        self.account.clear_faults()
        self.organization.clear_faults()
        for rounds in range(1, MOST_ROUNDS + 1):
            self.clock.advance(ROUND_S)
            self.crew.tick()
            self.crew.drain()
            self.crew.reconcile()
            self.crew.drain()
            if rounds >= 3 and self.is_quiet():  # an asset may be in its grace, which no one sees
                return rounds
        return MOST_ROUNDS

    def settle(self) -> None:
        """Heal, and let a person approve the retirement that the app asks about."""
        self.heal()
        if self.app.approvals.load(ApprovalNeeded, NEEDED) is not None:
            now = self.clock.now()
            word = Approval(assets=100, by="Ada", given_at=now, expires_at=now + timedelta(days=1))
            self.app.approvals.save(APPROVAL, word)
            self.heal()

    def is_quiet(self) -> bool:
        """Whether nothing is outstanding."""
        app = self.app
        is_told = any(True for _ in app.dead_letters.all()) or any(one.missing_looks for one in app.snapshots.known())
        is_open = app.asset_jobs.has_pending() or app.data_set_jobs.has_pending() or self.crew.lanes.count()
        return not (is_told or is_open)

    def violations(self) -> list[str]:
        """Compare everything; see `find_violations`."""
        return find_violations(
            Case(
                self.account,
                self.organization,
                self.app,
                self.crew.lanes,
                frozenset(self.ever_tagged),
                self.names,
                self.selects,
                self.doubtful,
                tuple(self.accepted),
            )
        )

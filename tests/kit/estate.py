"""The app at work on the simulated estate: Purview with tagged assets, an empty CluedIn, one clock for all three."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import TextBase64DecodePolicy

from local.purview.admin.generation import generate
from local.simulation import Clock, RequestRecord
from local.simulation.faults import Effect, Fault, Match
from local.stack import TERM
from sync_core.app import App
from sync_core.assets.record import AssetRecord
from sync_core.errors import SyncError
from sync_core.jobs.message import AssetMessage
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.storage.names import ASSET_QUEUE
from tests.kit.bench import Bench
from tests.kit.between import AppBetween, ToldAsset
from tests.kit.settings import settings_of
from tests.kit.virtual import make_calm_app

ASSIGNMENTS = "Glossary_ListEntitiesAssignedWithTerm"
DETAILS = "Entity_ListByGuids"
TYPES = "Type_GetByName"
SEARCH = "Discovery_Query"


@dataclass(frozen=True)
class Estate(Bench, AppBetween):
    """The app, the account and the organization that it stands between, and shortcuts to look at all of them."""

    def tick(self) -> RunRecord:
        """Run one tick that ends well, and return its record."""
        self.app.discover_assets.run()
        return self.last_run()

    def failing_tick(self, error: type[SyncError]) -> RunRecord:
        """Run one tick that fails, and return its record."""
        with pytest.raises(error):
            self.app.discover_assets.run()
        run = self.last_run()
        assert run.outcome is RunOutcome.FAILED
        return run

    def last_run(self) -> RunRecord:
        """Return the record of the latest run."""
        return self.app.runs.latest(RunKind.DISCOVER, 1)[0]

    def work(self) -> int:
        """Work off the messages that are visible, eight at once as the host does; return how many there were.

        CluedIn was read as a whole before: the first one would do it, and the others would wait for that.
        """
        with suppress(SyncError):  # then each of them hears why
            self.app.find_group.ensure_read("before")
        return self.work_off(ASSET_QUEUE, self.app.create_data_source_group.handle, at_once=8)

    def sync(self) -> RunRecord:
        """Run one tick and all the work that it sends."""
        run = self.tick()
        self.work()
        return run

    def deliver_again(self) -> None:
        """Deliver the messages of outstanding assets again, as after the pause that a failed attempt is followed by."""
        for record in self.records():
            if self.app.asset_jobs.load(record.key):
                self.settle(record.key)
                self.deliver(record.key)

    def messages(self) -> list[AssetMessage]:
        """Return the messages that wait on the queue; at most 32 are shown."""
        with self.queues() as queues:
            queue = queues.get_queue_client(ASSET_QUEUE, message_decode_policy=TextBase64DecodePolicy())
            return [AssetMessage.from_json(each.content.encode()) for each in queue.peek_messages(32)]

    def clear_queue(self) -> None:
        """Lose all messages."""
        with self.queues() as queues:
            queues.get_queue_client(ASSET_QUEUE).clear_messages()

    def records(self) -> list[AssetRecord]:
        """Return all that is recorded."""
        return list(self.app.assets.all())

    def record_of(self, name: str) -> ToldAsset:
        """Return the one record with that name or qualified name."""
        (record,) = [each for each in self.records() if name in {each.name, each.qualified_name, each.guid}]
        return self.told(record)

    def status(self, **query: str) -> Any:
        """Return what `GET status` answers."""
        answer = self.app.status.answer(query)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def asked_of_purview(self, since: int = 0) -> Counter[str]:
        """Count the requests to Purview by operation."""
        return Counter(str(record.operation) for record in self.purview_log(since))

    def purview_log(self, since: int = 0) -> list[RequestRecord]:
        """Return the requests to Purview; one is logged a moment after its answer arrived."""
        deadline = time.monotonic() + 5
        while self.purview.log._under_way and time.monotonic() < deadline:
            time.sleep(0.001)
        return self.purview.log.since(since)

    def stored(self) -> dict[str, list[str]]:
        """Return what each table holds, as the ETags of its rows: whoever writes anything changes it."""
        with TableServiceClient.from_connection_string(self.storage) as service:
            names = [table.name for table in service.list_tables()]
            rows = {name: service.get_table_client(name).list_entities() for name in names}
            return {name: sorted(str(row.metadata["etag"]) for row in found) for name, found in rows.items()}

    def generate(self, count: int, **body: Any) -> None:
        """Make many assets; see `local.purview.admin.generation`."""
        generate(self.purview, {"count": count, **body})
        self.purview.submit_changes()

    def add_columns(self, count: int, *, term: str = TERM) -> None:
        """Give the term to that many columns: assignments that cost no further request."""
        for number in range(count):
            name = f"column {number:04}"
            table = "mssql://contoso-sql.database.windows.net/crm/dbo/Wide"
            self.act("add_asset", name=name, typeName="azure_sql_column", qualifiedName=f"{table}#{name}", terms=[term])

    def unreadable(self, thing: str, *, times: int | None = None, **effect: object) -> int:
        """Let Purview fail whatever is asked about one thing, given by its guid or name; 500 unless told otherwise."""
        effects = Effect.model_validate(effect or {"status": 500})
        return self.purview.faults.add(Fault(match=Match(url=thing), effect=effects, times=times))


NewEstate = Callable[..., Estate]


def make_estate_app(
    purview_url: str,
    cluedin_url: str,
    storage: str,
    clock: Clock,
    changes: Mapping[str, str] | None = None,
    *,
    scope: str = "",
) -> App:
    """Make the app as another process would have it: its own clients and memory."""
    settings = settings_of(purview_url, cluedin_url, storage, **(changes or {}))
    return make_calm_app(settings, clock, scope=scope)

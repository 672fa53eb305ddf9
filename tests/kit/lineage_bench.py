"""The way back at work: an app between simulated services over real Azurite, and what people do in these services."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local.cluedin.admin import actions as cluedin_actions
from local.cluedin.admin import bodies
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.message import DataSetMessage, Message
from sync_core.lineage.data_set_jobs import new_job
from sync_core.purview.asset import Asset
from sync_core.storage.names import LINEAGE_QUEUE
from sync_core.storage.queues import Sendable, WorkQueue
from tests.kit.between import AppBetween, ToldDataSet, failure_of
from tests.kit.lineage_graph import Graph, read_graph

CUSTOMERS = "mssql://contoso-sql.database.windows.net/crm/dbo/Customers"
ORDERS = "mssql://contoso-sql.database.windows.net/crm/dbo/Orders"
COLLECTION = "clu3dn"
WRITE = "Entity_BulkCreateOrUpdate"
DELETE = "Entity_BulkDelete"
FIND = "Entity_GetByUniqueAttributes"
LIST = "Entity_ListByGuids"
GET = "Entity_Get"
MAPPING = {"CustomerId": "customer.id", "FullName": "customer.name", "Email": "customer.email", "City": "--ignore--"}


class RecordingQueue(WorkQueue):
    """Remembers what is put back, in place of sending it."""

    def __init__(self) -> None:
        self.name = LINEAGE_QUEUE
        self.put_back: list[tuple[Message, float]] = []

    def send(self, message: Sendable, delay_s: float = 0) -> None:
        assert isinstance(message, Message)
        self.put_back.append((message, delay_s))


@dataclass(frozen=True)
class LineageBench(AppBetween):
    """One app, the account and the organization that it stands between."""

    def sync_asset(self, qualified_name: str = CUSTOMERS) -> str:
        """Bring an asset of Purview into CluedIn, as discovery and the worker do, and return its source's id."""
        (entity,) = self.purview.catalog.named(qualified_name)
        asset = Asset(entity.guid, entity.type_name, entity.display_text, qualified_name, entity.display_text)
        self.deliver_asset(self.record_asset(asset))
        stored = self.app.assets.load(asset.key)
        assert stored is not None
        assert stored.record.source_id
        return stored.record.source_id

    def load(self, source_id: str, name: str = "Customers.csv", **changes: Any) -> str:
        """Upload, map and process a data set of four columns, one of them left out, and return its id."""
        mapping = changes.pop("mapping", MAPPING)
        fields = list(mapping) or list(MAPPING)
        loaded = {"fields": fields, "records": 1000, "entity_type": "/Customer", "webhook": False, **changes}
        body = bodies.LoadedDataSet(data_source_id=int(source_id), name=name, mapping=mapping, **loaded)
        return str(cluedin_actions.load_data_set(self.cluedin, body)["data_set_id"]).lower()

    def remap(self, data_set_id: str, mapping: Mapping[str, str], entity_type: str = "/Customer") -> None:
        """Put a new mapping in place of the old one."""
        body = bodies.Remapping(data_set_id=data_set_id, mapping=dict(mapping), entity_type=entity_type)
        cluedin_actions.remap_data_set(self.cluedin, body)

    def unmap(self, data_set_id: str) -> None:
        """Drop the mapping."""
        cluedin_actions.unmap_data_set(self.cluedin, bodies.DataSetAddress(data_set_id=data_set_id))

    def delete(self, qualified_name: str) -> None:
        """Delete an entity of Purview as a person would."""
        self.act("delete", asset=qualified_name)

    def deliver(self, data_set_id: str, **members: Any) -> Any:
        """Let the webhook arrive, and return what it is told."""
        body = json.dumps({"dataSetId": data_set_id, **members}).encode()
        answer = self.app.impatient.data_set_processed.answer({"Content-Type": "application/json"}, body)
        assert answer.status == 202, answer.body
        return json.loads(answer.body)

    def work(self) -> int:
        """Work off the messages that are visible, and return how many there were."""
        return self.work_off(LINEAGE_QUEUE, self.app.push_lineage.handle)

    def push(self, data_set_id: str) -> ToldDataSet:
        """Ask for a data set's lineage and hand the worker its message; return what is recorded then."""
        self.ask(data_set_id)
        self.app.push_lineage.handle(DataSetMessage(data_set_id=data_set_id).to_json().encode())
        return self.record(data_set_id)

    def push_failing(self, data_set_id: str) -> list[float]:
        """The same where the message is put back; return the delays with which it was."""
        self.ask(data_set_id)
        queue = RecordingQueue()
        work = replace(self.app.lineage_work, queue=queue)
        message = DataSetMessage(data_set_id=data_set_id)
        replace(self.app.push_lineage, work=work).handle(message.to_json().encode())
        assert all(one.model_copy(update={"send": 0}) == message for one, _ in queue.put_back)
        return [delay_s for _, delay_s in queue.put_back]

    def ask(self, data_set_id: str) -> None:
        """Ask for a data set's lineage; the pause after a failed attempt is over."""
        jobs, now = self.app.data_set_jobs, self.app.runtime.now()
        jobs.ask(new_job(data_set_id, now), now)
        stored = jobs.load(data_set_id)
        assert stored is not None
        if not stored.job.owner:
            jobs.change(stored, stored.job.model_copy(update={"held_until": None}))

    def look_until_the_grace_is_over(self, data_set_id: str) -> int:
        """Look again for a data set that does not show until that is believed; return how many looks that took."""
        for looks in range(1, 10):
            self.clock.advance(25)
            self.push(data_set_id)
            if self.job(data_set_id) is None:
                return looks
        raise AssertionError

    def job(self, data_set_id: str) -> Job | None:
        """Return the job of a data set, if anything is outstanding or was given up."""
        stored = self.app.data_set_jobs.load(data_set_id)
        return stored.job if stored else None

    def record(self, data_set_id: str) -> ToldDataSet:
        """Return what is recorded of a data set and of its job."""
        record, job = self.app.data_sets.load(data_set_id), self.job(data_set_id)
        assert record is not None
        return ToldDataSet(**record.model_dump(), **failure_of(job))

    def outstanding(self) -> list[Job]:
        """Return the jobs that are not done."""
        jobs = self.app.data_set_jobs.between("", "~").values()
        return [job for job in jobs if job.state is JobState.PENDING]

    def dead_letters(self) -> list[DeadLetter]:
        """Return the dead letters."""
        return list(self.app.dead_letters.all())

    def graph(self, qualified_name: str = CUSTOMERS) -> Graph:
        """Return what Purview shows downstream of an asset, and all that we ever wrote."""
        return read_graph(self.purview, qualified_name)

    def writes(self, since: int) -> list[str]:
        """Name the calls since then that changed, or were to change, anything in Purview."""
        return [str(record.operation) for record in self.purview.log.since(since) if record.method != "GET"]


NewBench = Callable[..., LineageBench]

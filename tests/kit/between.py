"""An app between the services it syncs, and what every test does with these; worlds add the words of their own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azure.storage.queue import QueueMessage, QueueServiceClient, TextBase64DecodePolicy

from local.cluedin.simulator import CluedIn
from local.purview import Purview
from local.purview.admin import actions
from local.simulation import Clock
from local.simulation.faults import Effect, Fault, Match
from local.simulation.simulator import Simulator
from sync_core.app import App
from sync_core.assets.record import AssetRecord
from sync_core.discovery.plan import plan_assets
from sync_core.jobs.job import Job
from sync_core.jobs.message import AssetMessage
from sync_core.lineage.record import DataSetRecord
from sync_core.purview.asset import Asset


@dataclass(frozen=True)
class AppAtCluedIn:
    """The app and the organization it works in."""

    app: App
    cluedin: CluedIn

    def cluedin_fault(self, operation: str, *, times: int | None = 1, skip: int = 0, **effect: object) -> None:
        """Let CluedIn fail in a chosen way."""
        add_fault(self.cluedin, operation, times=times, skip=skip, **effect)

    def calls(self, since: int = 0) -> Counter[str]:
        """Count the calls to CluedIn by operation."""
        return Counter(str(record.operation) for record in self.cluedin.log.since(since))

    def record_asset(self, asset: Asset) -> str:
        """Record an asset as discovery would and return its key; no message is sent."""
        plan = plan_assets([asset], {}, now=datetime.now(UTC), run_id="run-1")
        self.app.assets.add(plan.new, datetime.now(UTC))
        return asset.key

    def deliver_asset(self, key: str) -> None:
        """Hand the worker the message of an asset."""
        self.app.create_data_source_group.handle(AssetMessage.of(key, run_id="run-1").to_json().encode())


@dataclass(frozen=True)
class AppBetween(AppAtCluedIn):
    """The app, the organization and the account that it stands between, its storage, and the clock of all."""

    purview: Purview
    storage: str
    clock: Clock

    def purview_fault(self, operation: str, *, times: int | None = 1, skip: int = 0, **effect: object) -> None:
        """Let Purview fail in a chosen way."""
        add_fault(self.purview, operation, times=times, skip=skip, **effect)

    def act(self, action: str, **body: Any) -> Any:
        """Do in Purview what a person or a scan does; see `local.purview.admin.actions`."""
        done = getattr(actions, action)(self.purview, body)
        self.purview.submit_changes()
        return done

    def work_off(self, queue_name: str, handle: Callable[[bytes], object], *, at_once: int = 1) -> int:
        """Work off the messages that are visible on a queue; return how many there were."""
        with self.queues() as queues, ThreadPoolExecutor(at_once) as pool:
            queue = queues.get_queue_client(queue_name, message_decode_policy=TextBase64DecodePolicy())

            def take(message: QueueMessage) -> None:
                handle(message.content.encode())
                queue.delete_message(message)

            return len(list(pool.map(take, list(queue.receive_messages(messages_per_page=32)))))

    def queues(self) -> QueueServiceClient:
        """Return a client of the app's queues."""
        return QueueServiceClient.from_connection_string(self.storage)


FAILURE = {"attempts", "last_error", "last_error_class", "throttled_since"}


class ToldAsset(AssetRecord):
    """What is told of an asset: its record, and how its job goes if anything is outstanding."""

    attempts: int = 0
    last_error: str = ""
    last_error_class: str = ""
    throttled_since: datetime | None = None


class ToldDataSet(DataSetRecord):
    """The same of a data set."""

    attempts: int = 0
    last_error: str = ""
    last_error_class: str = ""
    throttled_since: datetime | None = None


def failure_of(job: Job | None) -> dict[str, Any]:
    """Return how a job went so far, as what is told of it has it."""
    return job.model_dump(include=FAILURE) if job else {}


def add_fault(simulator: Simulator[Any], operation: str, *, times: int | None, skip: int, **effect: object) -> None:
    """Let calls of an operation fail in a chosen way."""
    failing = Effect.model_validate(effect)
    simulator.faults.add(Fault(match=Match(operation=operation), effect=failing, times=times, skip=skip))

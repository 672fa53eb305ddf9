"""Sample apps on the local host, on a storage of their own, with a door in front of it where answers are to be bad."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from azure.storage.queue import QueueServiceClient

from local.azurite import Azurite
from local.host.process import HostProcess
from local.simulation import Effect, Fault, Match
from tests.contract.host.sample_app import FAST, WORK, make_queue, run_sample, write_sample
from tests.faults.storage_door import StorageDoor, open_doors

StartApp = Callable[..., HostProcess]


@pytest.fixture
def queues(storage: str) -> Iterator[QueueServiceClient]:
    with QueueServiceClient.from_connection_string(storage) as client:
        yield client


@pytest.fixture
def start_app(storage: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StartApp]:
    """Start an app from its code; it ends with the test, and before the door that it goes through."""
    if "door" in request.fixturenames:
        request.getfixturevalue("door")
    with ExitStack() as stack:

        def start(
            code: str, *arguments: str, storage: str = storage, grace_s: float = 2, **settings: str
        ) -> HostProcess:
            folder = write_sample(tmp_path, code)
            return stack.enter_context(run_sample(folder, storage, *arguments, grace_s=grace_s, settings=settings))

        yield start


@pytest.fixture
def start_work(start_app: StartApp, queues: QueueServiceClient) -> StartApp:
    """Start the app that works on a queue, which is there: the host makes none."""

    def start(*arguments: str, queue: str = "work", **options: Any) -> HostProcess:
        make_queue(queues, queue)
        return start_app(WORK, *arguments, **{"WORK_QUEUE": queue, **FAST, **options})

    return start


@dataclass(frozen=True)
class Door:
    """The door in front of the queue service."""

    storage: str
    door: StorageDoor

    def answer(self, method: str, path: str, status: int, code: str = "Other", times: int | None = None) -> None:
        """Have calls answered with an error of the service."""
        headers = {"x-ms-error-code": code, "content-type": "application/xml"}
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>by the door</Message></Error>'
        effect = Effect(status=status, headers=headers, body=body)
        self.door.faults.add(Fault(match=Match(method=method, path=path), effect=effect, times=times))

    def drop(self, method: str, path: str) -> None:
        """Break the connections of calls."""
        self.door.faults.add(Fault(match=Match(method=method, path=path), effect=Effect(drop="before"), times=None))

    def queries(self, method: str, path: str) -> list[str]:
        """Return the queries of the calls that were answered."""
        return [call.query for call in self.door.log.since(0) if call.method == method and call.path.endswith(path)]

    def pauses_s(self, method: str, path: str) -> list[float]:
        """Return how long after each call the next one came."""
        calls = sorted(self.door.log.since(0), key=lambda call: call.seq)
        times = [
            datetime.fromisoformat(call.at) for call in calls if call.method == method and call.path.endswith(path)
        ]
        return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]


@pytest.fixture
def door(azurite_server: Azurite, storage: str) -> Iterator[Door]:
    """The same storage through a door."""
    with open_doors() as doors:
        doors.lead_to(azurite_server)
        account = storage.split("AccountName=")[1].split(";", maxsplit=1)[0]
        yield Door(doors.connection_string(azurite_server, account), doors.doors["Queue"])

"""The real app in this process, on Azurite and the simulators as processes of their own."""

import base64
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import requests
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy

from local.azurite import Azurite, run_azurite
from local.demo.run import DEMO_SETTINGS
from local.service import Command, Service, run_services
from local.stack import TERM, make_environment
from sync_core.app import App
from sync_core.settings import load_settings
from sync_core.storage.names import ASSET_QUEUE
from tests.bench.wire import counted

STORAGE, PURVIEW, CLUEDIN, IDENTITY = "storage", "purview", "cluedin", "identity"
TAGGED_IN_ESTATE = 18
_ACCOUNTS = {f"bench{number}": base64.b64encode(b"bench").decode() for number in range(40)}


@dataclass(frozen=True)
class Rig:
    """Everything that runs, and how to start anew."""

    azurite: Azurite
    identity: Service
    purview: Service
    cluedin: Service
    tables: Service
    """Tables in memory, for more rows than Azurite bears."""
    _accounts: list[str] = field(default_factory=lambda: list(_ACCOUNTS))
    _numbers: Iterator[int] = field(default_factory=count)

    def new_app(self, tagged: int = TAGGED_IN_ESTATE, *, in_memory: bool = False) -> "BenchedApp":
        """Return an app with empty storage, an empty CluedIn, and a Purview with so many tagged assets."""
        for service, seed in ((self.purview, "estate"), (self.cluedin, "empty")):
            post(service, "reset", {})
            post(service, "seed", {"name": seed})
        if tagged > TAGGED_IN_ESTATE:
            post(self.purview, "generate", {"count": tagged - TAGGED_IN_ESTATE, "term": TERM})
        account = self._accounts.pop()
        storage = self.azurite.connection_string(account)
        if in_memory:
            storage = storage.replace(self.azurite.endpoints["Table"], self.tables.url)
        environment = make_environment(
            self.purview.url, self.cluedin.url, self.identity.url, storage, {**DEMO_SETTINGS, "SYNC_TERM": TERM}
        )
        os.environ.clear()
        os.environ.update(environment)
        return BenchedApp(App(load_settings()), storage, self)

    def tag_one_more(self) -> None:
        """Let a steward tag one more asset."""
        prefix = f"one-more-{next(self._numbers)}"
        post(self.purview, "generate", {"count": 1, "term": TERM, "prefix": prefix})

    def counted(self) -> AbstractContextManager[Counter[str]]:
        """Count requests by service."""
        storage = dict.fromkeys([*self.azurite.endpoints.values(), self.tables.url], STORAGE)
        services = {self.purview.url: PURVIEW, self.cluedin.url: CLUEDIN, self.identity.url: IDENTITY}
        return counted({**storage, **services})


@dataclass(frozen=True)
class BenchedApp:
    """The app as the host would call it."""

    app: App
    storage: str
    rig: Rig

    def tick(self) -> None:
        """Run the minute's discovery."""
        self.app.discover_assets.run()

    def provision(self, body: bytes) -> None:
        """Work off one message of the asset queue."""
        self.app.create_data_source_group.handle(body)

    def take_messages(self, most: int) -> list[bytes]:
        """Take messages off the asset queue, as the host does."""
        with QueueServiceClient.from_connection_string(self.storage) as queues:
            queue = queues.get_queue_client(ASSET_QUEUE, message_decode_policy=TextBase64DecodePolicy())
            messages = list(queue.receive_messages(messages_per_page=min(most, 32), max_messages=most))
            for message in messages:
                queue.delete_message(message)
            return [str(message.content).encode() for message in messages]


@contextmanager
def run_rig() -> Iterator[Rig]:
    """Run all that the app needs for as long as the block lasts."""
    with ExitStack() as parts:
        logs = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        azurite = parts.enter_context(run_azurite(log=logs / "azurite.log", accounts=_ACCOUNTS))
        commands = [
            Command(name, [f"local.{name}", "--port", "0"], logs / f"{name}.log")
            for name in (IDENTITY, PURVIEW, CLUEDIN)
        ]
        commands.append(Command("tables", ["tests.bench.tables"], logs / "tables.log"))
        identity, purview, cluedin, tables = parts.enter_context(run_services(*commands))
        yield Rig(azurite, identity, purview, cluedin, tables)


def post(service: Service, route: str, body: dict[str, object]) -> None:
    """Say something to a simulator that only a tester says."""
    requests.post(f"{service.url}/_simulator/{route}", json=body, timeout=600).raise_for_status()

"""Runs everything that the triggers run, as the host does, and keeps all that comes out of it."""

import html
import io
import json
import logging
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from urllib.parse import quote, quote_plus

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from sync_core.app import App
from sync_core.jobs.message import AssetMessage, DataSetMessage
from sync_core.runtime import Runtime
from sync_core.settings import load_settings
from sync_core.storage.connection import Patience
from sync_core.storage.names import ASSET_QUEUE, LINEAGE_QUEUE, POISON_SUFFIX

DATA_SET_ID = "925268ec-8908-44e2-8d0c-d83fe50937d0"
MESSAGES_READ = 32
NONE = Patience(retries=0, backoff_s=0, timeout_s=2)


@dataclass
class Plant:
    """The app at work. `said` is all that was logged and answered."""

    storage: str
    said: io.StringIO = field(default_factory=io.StringIO)
    apps: list[App] = field(default_factory=list)

    def run_everything(self, headers: Mapping[str, str] | None = None) -> None:
        """Call each trigger, some twice, as the host does: what escapes is logged with its whole traceback."""
        made: list[App] = []
        self._call(lambda: made.append(App(load_settings(), Runtime(sleep=lambda _: None), patience=NONE)))
        if not made:
            return
        (app,) = made
        self.apps.append(app)
        body = json.dumps({"dataSetId": DATA_SET_ID, "eventId": "evt"}).encode()
        asset, data_set = AssetMessage.of("0" * 32), DataSetMessage(data_set_id=DATA_SET_ID)
        calls: list[Callable[[], object]] = [
            app.discover_assets.run,
            lambda: self._work(ASSET_QUEUE, app.create_data_source_group.handle),
            lambda: app.data_set_processed.answer({"Content-Type": "application/json", **(headers or {})}, body),
            lambda: app.data_set_processed.answer({"Content-Type": "application/json", "x-functions-key": "k"}, body),
            lambda: self._work(LINEAGE_QUEUE, app.push_lineage.handle),
            lambda: app.push_lineage.handle(data_set.to_json().encode()),
            lambda: app.create_data_source_group.handle(asset.to_json().encode()),
            lambda: app.push_lineage.handle(b"no message at all"),
            self._poison,
            app.reconcile.run,
            app.discover_assets.run,
            lambda: app.status.answer({}),
            lambda: app.dashboard.answer({}),
            lambda: [str(finding) for finding in app.doctor.examine()],
            app.health.answer,
            lambda: app.bundle.answer("all"),
        ]
        for call in calls:
            self._call(call)

    def everything_that_came_out(self) -> str:
        """Return the log, the answers, the rows, the messages and the look of every object of the app as one text."""
        parts = [self.said.getvalue(), *(repr(thing) for app in self.apps for thing in things_of(app))]
        with suppress(Exception):
            parts += rows_of(self.storage)
        with suppress(Exception):
            parts += messages_of(self.storage)
        return "\n".join(parts)

    def _call(self, call: Callable[[], object]) -> None:
        try:
            print("answered", call(), file=self.said)
        except Exception as error:  # noqa: BLE001  # as the host does
            print("Result: Failure", *traceback.format_exception(error), sep="\n", file=self.said)

    def _poison(self) -> None:
        """The host gives a message of each queue up, and reconcile takes them."""
        with QueueServiceClient.from_connection_string(self.storage) as queues:
            for name in (ASSET_QUEUE, LINEAGE_QUEUE):
                queue = queues.get_queue_client(name + POISON_SUFFIX)
                with suppress(ResourceExistsError):
                    queue.create_queue()
                queue.send_message("no message at all")

    def _work(self, name: str, handle: Callable[[bytes], None]) -> None:
        with QueueServiceClient.from_connection_string(self.storage) as queues:
            queue = queues.get_queue_client(name)
            for message in queue.receive_messages(messages_per_page=MESSAGES_READ):
                self._call(partial(handle, b64decode(message.content)))
                queue.delete_message(message)


@contextmanager
def listening(said: io.StringIO) -> Iterator[None]:
    """Hear everything that is logged, at any level that the app allows, with whole tracebacks and extras."""
    handler = logging.StreamHandler(said)
    handler.setFormatter(RawFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


class RawFormatter(logging.Formatter):
    """Shows all that a record holds, and the traceback as it is."""

    def format(self, record: logging.LogRecord) -> str:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        return f"{record.getMessage()} {vars(record)} {trace}"


def things_of(app: App) -> list[object]:
    """Return the app and all that it is made of."""
    seen: dict[int, object] = {}
    waiting: list[object] = [app]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or not type(thing).__module__.startswith(("sync_core", "tests.security")):
            continue
        seen[id(thing)] = thing
        waiting += parts_of(thing)
    return list(seen.values())


def parts_of(thing: object) -> Iterable[object]:
    """Return what an object holds, cached properties too."""
    held = list(getattr(thing, "__dict__", {}).values())
    if is_dataclass(thing):
        held += [getattr(thing, each.name) for each in fields(thing)]
    return [part for each in held for part in (each if isinstance(each, list | tuple) else [each])]


def rows_of(storage: str) -> list[str]:
    """Return every row of every table."""
    with TableServiceClient.from_connection_string(storage) as tables:
        names = [table.name for table in tables.list_tables()]
        return [str(dict(row)) for name in names for row in tables.get_table_client(name).list_entities()]


def messages_of(storage: str) -> list[str]:
    """Return every message of every queue."""
    with QueueServiceClient.from_connection_string(storage) as queues:
        clients = [queues.get_queue_client(str(queue.name)) for queue in queues.list_queues()]
        return [
            b64decode(message.content).decode() for each in clients for message in each.peek_messages(MESSAGES_READ)
        ]


def spellings(secret: str) -> set[str]:
    """Return the ways in which a secret could show."""
    escaped = json.dumps(secret)[1:-1]
    encoded = b64encode(secret.encode()).decode().rstrip("=")
    addresses = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {secret, *addresses, html.escape(secret), escaped, repr(secret)[1:-1], encoded}

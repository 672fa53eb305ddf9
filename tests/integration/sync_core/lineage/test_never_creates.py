"""In Azure the template makes queues and tables: with them there, the app never asks for one to be made."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy
from starlette.responses import Response

from local.azurite import Azurite
from sync_core.errors import SyncError
from sync_core.storage.names import ASSET_QUEUE, POISON_SUFFIX, QUEUES
from tests.faults.storage_door import StorageDoor, open_doors
from tests.kit.lineage_bench import LineageBench, NewBench
from tests.unit.infra.template import queue_names, table_names

# Source: the REST references "Create Table" and "Create Queue"; Azurite has the account in the path.
CREATE_TABLE = re.compile(r"POST /\w+/Tables")
CREATE_QUEUE = re.compile(r"PUT /\w+/[\w-]+(\?(?!.*comp=).*)?")


class GuardedDoor(StorageDoor):
    """Storage as it is for an identity that may not make anything."""

    refused: tuple[str, ...] = ()

    def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Response:
        request = f"{method} {url}"
        if CREATE_TABLE.match(request) or CREATE_QUEUE.fullmatch(request):
            GuardedDoor.refused += (request,)
            return Response(status_code=403, headers={"x-ms-error-code": "AuthorizationPermissionMismatch"})
        return super()._exchange(method, url, body, headers)


@pytest.fixture
def guarded(azurite_server: Azurite, _unused_accounts: Iterator[str]) -> Iterator[tuple[str, str]]:
    """An empty account: the connection strings of whoever deploys, and of the app."""
    GuardedDoor.refused = ()
    account = next(_unused_accounts)
    with open_doors(GuardedDoor) as doors:
        doors.lead_to(azurite_server)
        yield azurite_server.connection_string(account), doors.connection_string(azurite_server, account)


def deploy(storage: str) -> None:
    """Make what the template makes."""
    with QueueServiceClient.from_connection_string(storage) as queues:
        for name in queue_names():
            queues.create_queue(name)
    with TableServiceClient.from_connection_string(storage) as tables:
        for name in table_names():
            tables.create_table(name)


def sync_there_and_back(bench: LineageBench) -> str:
    """Do all that the app does once, and return the data set whose lineage it pushed."""
    bench.app.discover_assets.run()
    with QueueServiceClient.from_connection_string(bench.storage) as queues:
        queue = queues.get_queue_client(ASSET_QUEUE, message_decode_policy=TextBase64DecodePolicy())
        for message in queue.receive_messages():
            bench.app.create_data_source_group.handle(message.content.encode())
    data_set_id = bench.load(bench.sync_asset())
    bench.deliver(data_set_id)
    bench.work()
    with QueueServiceClient.from_connection_string(bench.storage) as queues:
        for name in QUEUES:
            queues.get_queue_client(name + POISON_SUFFIX).send_message("no message of ours")
    bench.app.reconcile.run()
    assert len(list(bench.app.dead_letters.all())) == len(QUEUES)
    assert bench.app.impatient.status.answer({}).status == 200
    return data_set_id


def test_with_what_the_template_makes_the_app_never_tries_to_make_a_queue_or_a_table(
    guarded: tuple[str, str], new_bench: NewBench
) -> None:
    of_deployer, of_app = guarded
    deploy(of_deployer)
    bench = new_bench(of_app)

    data_set_id = sync_there_and_back(bench)

    assert bench.record(data_set_id).pushed_at
    assert GuardedDoor.refused == ()


def test_the_guard_sees_an_app_that_tries(guarded: tuple[str, str], new_bench: NewBench) -> None:
    _, of_app = guarded
    with suppress(SyncError):
        new_bench(of_app).app.discover_assets.run()

    assert any(CREATE_TABLE.match(request) for request in GuardedDoor.refused)


@pytest.mark.parametrize(
    ("request_line", "makes"),
    [
        ("PUT /devstoreaccount1/asset-sync", True),
        ("PUT /devstoreaccount1/asset-sync?timeout=30", True),
        ("PUT /devstoreaccount1/asset-sync?comp=metadata", False),
        ("PUT /devstoreaccount1/asset-sync/messages/1?popreceipt=2", False),
        ("PUT /devstoreaccount1/syncassets(PartitionKey='a',RowKey='b')", False),
        ("POST /devstoreaccount1/asset-sync/messages", False),
    ],
)
def test_the_guard_knows_a_call_that_makes_a_queue(request_line: str, *, makes: bool) -> None:
    assert bool(CREATE_QUEUE.fullmatch(request_line)) is makes

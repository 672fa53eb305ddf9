"""Azurite as the tests and the laptop run start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient

from local import azurite
from local.azurite import Azurite, run_azurite, without_autosave


def test_queues_and_tables_work_over_the_connection_string(storage: str) -> None:
    with QueueServiceClient.from_connection_string(storage) as queues:
        queues.create_queue("asset-sync").send_message("hello")
        assert [message.content for message in queues.get_queue_client("asset-sync").receive_messages()] == ["hello"]
    with TableServiceClient.from_connection_string(storage) as tables:
        table = tables.create_table("assets")
        table.create_entity({"PartitionKey": "p", "RowKey": "r"})
        assert table.get_entity("p", "r")["RowKey"] == "r"


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_finds_an_empty_storage(storage: str, attempt: int) -> None:
    with QueueServiceClient.from_connection_string(storage) as queues:
        assert list(queues.list_queues()) == []
        queues.create_queue(f"left-behind-{attempt}")


def test_data_in_a_folder_is_there_in_the_next_run(tmp_path: Path) -> None:
    with run_azurite(folder=tmp_path) as first:
        _create_queue(first, "kept")
    with run_azurite(folder=tmp_path) as second:
        _peek(second, "kept")


@pytest.mark.parametrize("forgets", [False, True])
def test_what_is_forgotten_at_the_end_is_not_saved_meanwhile(*, forgets: bool) -> None:
    program = "console.log(new (require('lokijs'))('db', {autosave: true}).autosaveHandle); process.exit()"
    shown = subprocess.run(
        ["node", "-e", program],  # noqa: S607 - the node that Azurite runs on
        env={**os.environ, **(without_autosave() if forgets else {})},
        cwd=Path(azurite.__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.startswith("null" if forgets else "Timeout"), shown


def test_azurite_ends_even_when_its_starter_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from local.azurite import run_azurite
        with run_azurite(log=Path(sys.argv[1])) as azurite:
            print(azurite.connection_string(), flush=True)
            time.sleep(60)
    """)
    command = [sys.executable, "-c", program, str(tmp_path / "azurite.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as starter:
        assert starter.stdout is not None
        connection_string = starter.stdout.readline().strip()
        assert connection_string
        os.kill(starter.pid, signal.SIGKILL)
    _wait_for_silence(connection_string)


def _wait_for_silence(connection_string: str) -> None:
    for _ in range(100):
        with QueueServiceClient.from_connection_string(connection_string, retry_total=0) as queues:
            try:
                queues.get_service_properties()
            except Exception:  # noqa: BLE001 - refused, reset: any failure means that nobody serves any more
                return
        time.sleep(0.1)
    pytest.fail("Azurite still answers 10 s after its starter was killed")


def _create_queue(server: Azurite, name: str) -> None:
    with QueueServiceClient.from_connection_string(server.connection_string()) as queues:
        queues.create_queue(name)


def _peek(server: Azurite, name: str) -> None:
    with QueueServiceClient.from_connection_string(server.connection_string()) as queues:
        queues.get_queue_client(name).peek_messages()

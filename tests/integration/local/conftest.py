"""Sample apps on the local host, as a process on a storage of their own."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess, start_host

StartApp = Callable[..., HostProcess]


@pytest.fixture
def queues(storage: str) -> Iterator[QueueServiceClient]:
    with QueueServiceClient.from_connection_string(storage) as client:
        yield client


@pytest.fixture
def start_app(write_app: Callable[[str], Path], storage: str, tmp_path: Path) -> Iterator[StartApp]:
    """Start an app from its code; it ends with the test."""
    with ExitStack() as stack:

        def start(code: str, *arguments: str, grace_s: float = 2, **settings: str) -> HostProcess:
            folder = write_app(code)
            environment = {**os.environ, "AzureWebJobsStorage": storage, **settings}
            host: AbstractContextManager[HostProcess] = start_host(
                folder, environment, tmp_path / "host.log", arguments=arguments, grace_s=grace_s
            )
            return stack.enter_context(host)

        yield start

"""What every step of the demonstration works with, and how it makes the app work and waits for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from azure.storage.queue import QueueServiceClient
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.demo.purview import Purview
from local.demo.report import Report
from local.stack import Stack

DISCOVER = "discover_assets"
ASSET_QUEUE = "asset-sync"
LINEAGE_QUEUE = "lineage-sync"
_DEADLINE_S = 120


class NotDoneError(RuntimeError):
    """The app did not come to an end in time."""


@dataclass(frozen=True)
class Stage:
    """The running stack, the steward's Purview, and the report."""

    stack: Stack
    purview: Purview
    report: Report

    def is_healthy(self) -> bool:
        """Ask the app, as a platform's probe does: without a key."""
        return requests.get(f"{self.stack.function_url}/health", timeout=30).ok

    def read_status(self) -> dict[str, Any]:
        """Ask the app for its `status`."""
        return self._ask_status()

    def examine(self) -> list[dict[str, Any]]:
        """Let the app examine itself: {check, verdict, detail} each."""
        findings: list[dict[str, Any]] = self._ask_status(examine="true")["findings"]
        return findings

    def _ask_status(self, **query: str) -> dict[str, Any]:
        key = {"x-functions-key": self.stack.function_key}
        answer = requests.get(f"{self.stack.function_url}/status", params=query, headers=key, timeout=30)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    def tick(self) -> None:
        """Run the minute's discovery now, so that nobody waits a minute."""
        self.stack.run_function(DISCOVER)

    def drain(self, title: str, expected: int, count: Callable[[], int]) -> None:
        """Show progress until `expected` things are there and the queue of work is empty.

        Raises:
            NotDoneError: the time is over, or the app ended.
        """
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.report.console) as progress:
            task = progress.add_task(title, total=expected)

            def is_done() -> bool:
                progress.update(task, completed=min(count(), expected))
                return progress.finished and self._count_messages(ASSET_QUEUE) == 0

            self._wait(is_done, lambda: f"{title}: {count()} of {expected}")

    def wait_for_lineage(self) -> None:
        """Wait until no data set has lineage to be written. A delivery counts from its answer on, its message follows.

        Raises:
            NotDoneError: the time is over, or the app ended.
        """

        def is_done() -> bool:
            return not self.read_status()["openDeliveries"] and self._count_messages(LINEAGE_QUEUE) == 0

        self._wait(is_done, lambda: "there is still lineage to be written")

    def _wait(self, is_done: Callable[[], bool], tell: Callable[[], str]) -> None:
        deadline = time.monotonic() + _DEADLINE_S
        while not is_done():
            self.stack.check()
            if time.monotonic() > deadline:
                raise NotDoneError(f"{tell()} after {_DEADLINE_S} s; see {self._log()}")
            time.sleep(0.1)

    def _count_messages(self, queue: str) -> int:
        """How many wait or are being worked on; a message counts until its work is done."""
        with QueueServiceClient.from_connection_string(self.stack.storage) as queues:
            return queues.get_queue_client(queue).get_queue_properties().approximate_message_count or 0

    def _log(self) -> str:
        return str(self.stack.app.child.log)

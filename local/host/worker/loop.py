"""The event loop of the worker, in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class WorkerLoop:
    """Runs for ever: the worker imports the app inside it and runs async functions on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="worker-loop", daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], T]) -> T:
        """Run something inside the running loop and wait for it."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def submit(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Future[Any]:
        """Start an async function."""
        return asyncio.run_coroutine_threadsafe(function(**arguments), self._loop)

    def close(self) -> None:
        """Stop the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()

"""A process that syncs all assets and tells how much memory that took at most.

Run as `python -m tests.integration.sync_core.discovery.memory_probe PURVIEW_URL STORAGE [keep]`. Prints a JSON object:
`peak_bytes` of Python's allocations, how many assets were `seen` in how many `ticks` and seconds, and how many
`idle_requests` to Purview one more tick costs. Asset records and messages go
nowhere unless `keep` is given, so that only the app's memory is measured and not the emulator's patience.
"""

import json
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

from local.simulation import Clock
from sync_core.app import App
from sync_core.assets.asset_store import SWEEP
from sync_core.discovery.all_cursor import AllCursor
from sync_core.discovery.selection import ALL_CURSOR
from sync_core.runs.run import RunKind
from tests.kit.estate import make_estate_app
from tests.unit.sync_core.builders import make_asset_store

CLOSED_PORT = "http://127.0.0.1:9"


class ForgetfulTable:
    """Takes every row and keeps none, but that a sweep has begun: without that one, each tick would sweep again."""

    def __init__(self) -> None:
        self._has_sweep = False

    def get(self, _: str, row_key: str) -> Any:
        """There is nothing else."""
        return row_key if row_key == SWEEP and self._has_sweep else None

    def merge(self, row: Any) -> None:
        """Forget it."""
        self._has_sweep = self._has_sweep or row["RowKey"] == SWEEP

    def transact(self, operations: Sequence[Any]) -> list[str]:
        """Forget them."""
        return ["etag"] * len(operations)

    def rows(self, *_: Any, **__: Any) -> Iterator[Any]:
        """There are none."""
        return iter(())

    def pages(self, *_: Any, **__: Any) -> Iterator[Any]:
        """There are none."""
        return iter(())


class ForgetfulQueue:
    """Takes every message and keeps none."""

    def send(self, *_: Any) -> None:
        """Forget it."""


def sync_all(app: App) -> int:
    """Tick until the sweep is done; return how many ticks it took."""
    ticks = 0
    while True:
        app.discover_assets.run()
        ticks += 1
        cursor = app.discover_all.notes.load(AllCursor, ALL_CURSOR)
        if cursor and not cursor.windows:
            return ticks


def main() -> None:
    """Sync and tell."""
    purview_url, storage, *keep = sys.argv[1:]
    app = make_estate_app(purview_url, CLOSED_PORT, storage, Clock(), {"SYNC_TERM": "*"})
    if not keep:
        vars(app).update(_assets=make_asset_store(ForgetfulTable()), _asset_queue=ForgetfulQueue())  # type: ignore[arg-type]
    app.purview.http.tokens.token()  # type: ignore[union-attr]  # imports what signs in
    tracemalloc.start()
    started = time.monotonic()
    ticks = sync_all(app)
    took_s = round(time.monotonic() - started)
    _, peak_bytes = tracemalloc.get_traced_memory()
    seen = sum(run.counts.get("seen", 0) for run in app.runs.latest(RunKind.DISCOVER, ticks))
    app.discover_assets.run()
    idle_requests = app.runs.latest(RunKind.DISCOVER, 1)[0].requests["purview"]
    found = {"peak_bytes": peak_bytes, "seen": seen, "ticks": ticks, "took_s": took_s, "idle_requests": idle_requests}
    print(json.dumps(found))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()

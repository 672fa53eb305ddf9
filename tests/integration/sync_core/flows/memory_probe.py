"""A process that syncs all assets and tells how much memory that took at most.

Run as `python -m tests.integration.sync_core.flows.memory_probe PURVIEW_URL STORAGE [keep]`. Prints a JSON object:
`peak_bytes` of Python's allocations, how many assets were `seen` in how many `ticks`. Asset records and messages go
nowhere unless `keep` is given, so that only the app's memory is measured and not the emulator's patience.
"""

import json
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

from local.simulation import Clock
from sync_core.bootstrap import App
from sync_core.domain.run import RunKind
from sync_core.flows.discover_all import CURSOR, AllCursor
from sync_core.state.assets import AssetStore
from tests.integration.sync_core.flows.estate import make_estate_app

CLOSED_PORT = "http://127.0.0.1:9"


class ForgetfulTable:
    """Takes every row and keeps none."""

    def get(self, *_: str) -> None:
        """There is nothing."""

    def put(self, row: Any) -> None:
        """Forget it."""

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
        app.discover.run()
        ticks += 1
        cursor = app._discover_all.notes.load(AllCursor, CURSOR)
        if cursor and not cursor.windows:
            return ticks


def main() -> None:
    """Sync and tell."""
    purview_url, storage, *keep = sys.argv[1:]
    app = make_estate_app(purview_url, CLOSED_PORT, storage, Clock(), {"SYNC_TERM": "*"})
    if not keep:
        vars(app).update(_assets=AssetStore(ForgetfulTable()), _asset_queue=ForgetfulQueue())  # type: ignore[arg-type]
    app.purview.door.tokens.token()  # type: ignore[union-attr]  # imports what signs in
    tracemalloc.start()
    ticks = sync_all(app)
    _, peak_bytes = tracemalloc.get_traced_memory()
    seen = sum(run.counts.get("seen", 0) for run in app._runs.latest(RunKind.DISCOVER, ticks))
    print(json.dumps({"peak_bytes": peak_bytes, "seen": seen, "ticks": ticks}))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main()

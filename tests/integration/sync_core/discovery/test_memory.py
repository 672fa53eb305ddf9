"""Syncing all assets takes no more memory for a large catalog than for a small one.

`CATALOG_SIZE=100000 python -m pytest -s tests/integration/sync_core/discovery/test_memory.py` does it at full size, as
`make soak` does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from sync_core.discovery.search_windows import PAGES_AHEAD
from sync_core.purview.client import PAGE_SIZE
from tests.kit.estate import Estate

pytestmark = pytest.mark.faults

CATALOG_SIZE = int(os.environ.get("CATALOG_SIZE", "3000"))
LARGEST_PAGE_BYTES = 2 * 1024 * 1024  # what a thousand hits take; the small catalog has no page to come ahead


def probe(catalog: Estate, storage: str) -> dict[str, int]:
    module = "tests.integration.sync_core.discovery.memory_probe"
    command = [sys.executable, "-m", module, catalog.app.settings.purview_endpoint, storage]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(max(900, CATALOG_SIZE // 100))
def test_memory_stays_flat_however_large_the_catalog_is(catalog: Estate, fresh_storage: Callable[[], str]) -> None:
    catalog.generate(PAGE_SIZE, prefix="first")
    small = probe(catalog, fresh_storage())
    catalog.generate(CATALOG_SIZE - PAGE_SIZE)

    large = probe(catalog, fresh_storage())

    assert (small["seen"], large["seen"]) == (PAGE_SIZE, CATALOG_SIZE)
    print(f"{large} beside {small}")  # noqa: T201 - the figures of a soak
    assert large["idle_requests"] <= 2
    assert large["peak_bytes"] < small["peak_bytes"] + PAGES_AHEAD * LARGEST_PAGE_BYTES

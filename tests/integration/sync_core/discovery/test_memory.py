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

from sync_core.purview.client import PAGE_SIZE
from tests.kit.estate import Estate

pytestmark = pytest.mark.faults

SMALL_CATALOG = 2 * PAGE_SIZE  # one page is held, and one comes
CATALOG_SIZE = int(os.environ.get("CATALOG_SIZE", "4000"))
MIB = 1024 * 1024


def probe(catalog: Estate, storage: str) -> dict[str, int]:
    module = "tests.integration.sync_core.discovery.memory_probe"
    command = [sys.executable, "-m", module, catalog.app.settings.purview_endpoint, storage]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(max(900, CATALOG_SIZE // 100))
def test_memory_stays_flat_however_large_the_catalog_is(catalog: Estate, fresh_storage: Callable[[], str]) -> None:
    catalog.generate(SMALL_CATALOG, prefix="first")
    small = probe(catalog, fresh_storage())
    catalog.generate(CATALOG_SIZE - SMALL_CATALOG)

    large = probe(catalog, fresh_storage())

    assert (small["seen"], large["seen"]) == (SMALL_CATALOG, CATALOG_SIZE)
    print(f"{large} beside {small}")  # noqa: T201 - the figures of a soak
    assert large["idle_requests"] <= 2
    assert large["peak_bytes"] < small["peak_bytes"] + 2 * MIB

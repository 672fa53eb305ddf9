"""An estate whose term is in both stores, and what happens to it while it is migrated."""

from typing import Any

from local.purview.admin.actions import find_term
from sync_core.assets.record import AssetStatus
from sync_core.runs.run import RunRecord
from tests.integration.sync_core.discovery.unified_estate import (
    tick,
    work,
)
from tests.kit.estate import Estate

TERM = "Sync to CluedIn"
CLASSIC = f"{TERM}@Glossary"
SYNCED = {AssetStatus.SYNCED}


def many(estate: Estate, rounds: int, seconds: int) -> list[RunRecord]:
    """Run some ticks with their work, each after a while."""
    runs = []
    for _ in range(rounds):
        estate.clock.advance(seconds)
        tick(estate)
        work(estate)
        runs.append(estate.last_run())
    return runs


def classic_term(estate: Estate) -> Any:
    return find_term(estate.purview, CLASSIC)

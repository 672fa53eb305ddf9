"""CluedIn answers nothing but 429 for a while: the running app leaves it alone, gives nothing up, and catches up."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from local.stack import Stack
from sync_core.jobs.claims import StoredJob
from tests.e2e.real_world import RealWorld, make_real_world
from tests.e2e.steps import fetch_status, sync, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

TAGGED, NEW = 17, 20
RETRY_AFTER_S = 4
STORM_S = 24
# Ten messages are in a worker's hands when the first 429 comes, and each call is tried twice; after each pause some of
# those that wait are first, and hear of the next one. Were each message to wait for itself alone, it would be 56.
MOST_CALLS = 2 * 10 + 3 * STORM_S // RETRY_AFTER_S


def pending(world: RealWorld) -> list[StoredJob]:
    """The jobs of assets that are outstanding."""
    return list(world.app.asset_jobs.due(datetime.now(UTC) + timedelta(days=1)))


def test_a_storm_neither_poisons_nor_hammers(stack: Stack) -> None:
    world = make_real_world(stack)
    sync(stack, TAGGED)  # so that the app knows CluedIn: a storm that begins with its sign-in has one caller only
    for _ in range(NEW):
        world.add_asset()
    seen = world.organization.last_seq()
    world.organization.fault("^(?!auth)", times=None, status=429, headers={"Retry-After": str(RETRY_AFTER_S)})

    world.tick()
    time.sleep(STORM_S)
    calls = world.organization.last_seq() - seen
    dead_letters, attempts = fetch_status(stack)["deadLetters"], {one.job.attempts for one in pending(world)}
    world.organization.clear_faults()

    sys.stdout.write(f"\n{calls} calls in {STORM_S} s, {calls / STORM_S:.1f} a second\n")
    assert 0 < calls <= MOST_CALLS
    assert (dead_letters, attempts) == ([], {0})

    def is_synced() -> bool:
        world.tick()  # as each minute: it wakes a job whose message or whose worker was lost
        return bool(fetch_status(stack)["counts"]["synced"] == TAGGED + NEW)

    wait_until(is_synced, "all is synced", timeout_s=120, poll_s=5)
    world.wait_until_quiet(60)
    assert "\n".join(world.violations()) == ""

"""Thousands of deliveries, a third of them again, a tenth unreadable, 32 at once, through the host to the lineage.

A short run takes 200, `make soak` 10,000.
"""

import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest

from local.stack import Stack
from tests.e2e.real_world import RealWorld, make_real_world
from tests.e2e.steps import sync
from tests.faults.variants import IS_LONG

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600 if IS_LONG else 300)]

DELIVERIES = 10_000 if IS_LONG else 200
DUPLICATES, MALFORMED = DELIVERIES * 3 // 10, DELIVERIES // 10
EVENTS = DELIVERIES - DUPLICATES - MALFORMED
DATA_SETS = 60 if IS_LONG else 12
AT_ONCE = 32
TAGGED = 17
UNREADABLE = (b"{", b"[]", b'{"dataSetId": 7}', b"\xff", b'{"eventId": "no data set"}')


def test_of_many_deliveries_none_is_lost_doubled_or_answered_with_an_error(stack: Stack) -> None:
    world = make_real_world(stack)
    sync(stack, TAGGED)
    sources = [source["name"] for source in world.organization.state()["data_sources"]]
    data_sets = [world.load(sources[number % TAGGED]) for number in range(DATA_SETS)]
    events = {f"event_{number}": data_sets[number % DATA_SETS] for number in range(EVENTS)}
    bodies = make_bodies(events)

    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as senders:
        answers = list(senders.map(world.send, bodies))
    answered_s = time.monotonic() - started

    assert Counter((answer.status_code, answer.json()["status"]) for answer in answers) == {
        (HTTPStatus.ACCEPTED, "accepted"): EVENTS,
        (HTTPStatus.ACCEPTED, "duplicate"): DUPLICATES,
        (HTTPStatus.BAD_REQUEST, HTTPStatus.BAD_REQUEST): MALFORMED,
    }
    world.accepted += [(event, data_set.lower()) for event, data_set in events.items()]
    settle(world)
    done_s = time.monotonic() - started
    assert "\n".join(world.violations()) == ""
    sys.stdout.write(
        f"\n{DELIVERIES} deliveries: answered at {DELIVERIES / answered_s:.0f} a second, done after {done_s:.0f} s\n"
    )


def make_bodies(events: dict[str, str]) -> list[bytes]:
    """Each event once, some once more, and some that no one can read, in any order."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    sent = [*events.items(), *chance.choices(list(events.items()), k=DUPLICATES)]
    bodies = [json.dumps({"dataSetId": data_set, "eventId": event}).encode() for event, data_set in sent]
    bodies += [UNREADABLE[number % len(UNREADABLE)] for number in range(MALFORMED)]
    chance.shuffle(bodies)
    return bodies


def settle(world: RealWorld) -> None:
    """Wait until all is worked off; nobody helps."""
    deadline = time.monotonic() + (3000 if IS_LONG else 200)
    while not world.is_quiet():
        assert time.monotonic() < deadline, f"there is still work: {world.outstanding()}"
        time.sleep(0.5)

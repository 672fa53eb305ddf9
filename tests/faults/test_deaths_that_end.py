"""What a death counts for: nothing any more once the work ended well, and no news twice."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sync_core.jobs.claims import Claim
from sync_core.jobs.job import MAX_DEATHS, Job, JobState
from sync_core.jobs.message import message_of
from tests.faults.test_deaths import Deadly, live_until_dead, make_deadly
from tests.faults.world import World


def make_data_set(world: World) -> str:
    """A data set of an asset that is synced."""
    asset = world.add_asset()
    world.clock.advance(60)
    world.crew.tick()
    world.crew.drain()
    return world.load(asset).lower()


@dataclass
class AskedMeanwhile(Deadly):
    """CluedIn tells of the data set once more while its lineage is pushed, so that its job stays."""

    world: World | None = None

    def do(self, claim: Claim) -> None:
        """Push, and be asked for."""
        assert self.world
        self.kills += 1
        self.world.announce(claim.job.key, f"event-{self.kills}")
        self.work.do(claim)


def load(world: World, key: str) -> Job:
    stored = world.app.data_set_jobs.load(key)
    assert stored is not None
    return stored.job


def die(world: World, key: str) -> None:
    """A worker dies in the job, e.g. by a deployment."""
    stored = world.app.data_set_jobs.load(key)
    assert stored is not None
    world.app.data_set_jobs.claim(stored, stored.job, "dead", None)
    world.clock.advance(24 * 3600)


def test_deaths_between_which_the_work_ended_well_are_not_added_up(world: World) -> None:
    key = make_data_set(world)
    world.announce(key)
    worker = world.app.push_lineage
    asked = AskedMeanwhile(worker.work, "", world=world)
    for pushes in range(1, MAX_DEATHS + 1):
        die(world, key)
        replace(worker, work=asked).handle(message_of(load(world, key)).to_json().encode())
        assert (asked.kills, load(world, key).state, load(world, key).deaths) == (pushes, JobState.PENDING, 0)
    assert not list(world.app.dead_letters.all())


@dataclass
class Receiver:
    """Hears notifications."""

    url: str
    heard: list[str]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["kind"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Receiver(f"http://127.0.0.1:{server.server_port}/x", heard)
        server.shutdown()


def alarms(caplog: pytest.LogCaptureFixture) -> int:
    """How often the alert on dead letters would fire; see `infra/modules/alerts.bicep`."""
    return sum(" is given up," in record.getMessage() for record in caplog.records)


def test_what_died_is_told_once_however_many_deliveries_come(
    world: World, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.crew.apps = [world.new_app(NOTIFY_URLS=receiver.url)]
    key = make_data_set(world)
    world.announce(key)
    deadly = make_deadly(world, "push_lineage", key)
    live_until_dead(world)
    world.run()
    assert (receiver.heard.count("data_set_failed"), alarms(caplog)) == (1, 1)

    for _ in range(3):
        world.announce(key)
        world.run()
    assert (receiver.heard.count("data_set_failed"), alarms(caplog)) == (1, 1)
    (dead_letter,) = world.app.dead_letters.all()
    assert (dead_letter.id, deadly.kills) == (key, MAX_DEATHS)

    world.app.dead_letters.replay(key)  # a person does; it kills again, and that is an alarm
    world.clock.advance(60)
    live_until_dead(world)
    assert (deadly.kills, alarms(caplog)) == (2 * MAX_DEATHS - 1, 2)
    deadly.is_cured = True
    world.app.dead_letters.replay(key)
    for _ in range(3):
        world.run()
    assert not world.app.data_set_jobs.has_pending()

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from azure.storage.queue import QueueServiceClient

from sync_core.answer import HttpAnswer
from sync_core.app import triggers
from sync_core.discovery.discover_assets import LEASE as DISCOVERY
from sync_core.discovery.save_assets import PART_TIME
from sync_core.discovery.terms.read_lists import READ_TIME
from sync_core.errors import ConfigError
from sync_core.jobs.message import AssetMessage
from sync_core.jobs.wake_jobs import SEND_TIME
from sync_core.operations.well_being import LONGEST_GAP, LONGEST_SILENCE
from sync_core.runs.leases import Held
from sync_core.runs.run import RunKind
from sync_core.storage.names import ASSET_QUEUE
from tests.kit.estate import Estate, NewEstate

KEY = "c2VjcmV0LWtleQ=="


def storage_at(port: int) -> str:
    """Return the connection string of a storage account at a port of this machine."""
    services = [f"{name}Endpoint=http://127.0.0.1:{port}/lost" for name in ("Blob", "Queue", "Table")]
    return ";".join(["DefaultEndpointsProtocol=http", "AccountName=lost", f"AccountKey={KEY}", *services])


def failing(answer: HttpAnswer) -> tuple[int, list[str]]:
    body = json.loads(answer.body)
    assert body.keys() == {"status", "failing", "version"}
    return answer.status, body["failing"]


def health(estate: Estate) -> tuple[int, list[str]]:
    return failing(estate.app.impatient.health.answer())


def test_an_app_that_was_just_deployed_is_healthy(small_estate: Estate) -> None:
    assert health(small_estate) == (200, [])


def test_after_a_good_run_the_app_is_healthy_until_no_more_run_comes(small_estate: Estate) -> None:
    small_estate.tick()
    assert health(small_estate) == (200, [])

    small_estate.clock.advance(LONGEST_SILENCE.total_seconds() + 1)

    assert health(small_estate) == (503, ["discovery"])


def test_a_timer_that_never_ran_is_named_once_the_app_is_up_for_three_of_its_intervals(small_estate: Estate) -> None:
    assert health(small_estate) == (200, [])
    small_estate.clock.advance(LONGEST_SILENCE.total_seconds() + 1)
    assert health(small_estate) == (503, ["discovery"])
    small_estate.clock.advance(12 * 60)

    assert health(small_estate) == (503, ["discovery", "reconcile"])


def test_a_timer_that_is_dead_is_named_though_the_process_has_just_begun_when_the_other_one_lives(
    small_estate: Estate, new_small_estate: NewEstate
) -> None:
    small_estate.app.reconcile.run()
    for _ in range(17):
        small_estate.tick()
        assert health(new_small_estate()) == (200, [])
        small_estate.clock.advance(55)

    small_estate.tick()

    assert health(new_small_estate()) == (503, ["reconcile"])


def test_discovery_that_is_dead_beside_a_reconcile_that_lives_is_named_by_a_new_process(
    small_estate: Estate, new_small_estate: NewEstate
) -> None:
    small_estate.tick()
    small_estate.work()
    for _ in range(3):
        small_estate.clock.advance(5 * 60)
        small_estate.app.reconcile.run()

    assert health(new_small_estate()) == (503, ["discovery"])


def test_an_app_that_starts_after_a_pause_is_healthy_for_long_enough_to_run(
    small_estate: Estate, new_small_estate: NewEstate
) -> None:
    small_estate.tick()
    small_estate.app.reconcile.run()
    small_estate.clock.advance(40 * 60)
    started = new_small_estate()
    assert health(started) == (200, [])
    small_estate.clock.advance(LONGEST_SILENCE.total_seconds() + 1)

    assert health(started) == (503, ["discovery"])


def test_after_a_long_stop_timers_are_named_once_the_app_is_up_for_three_of_their_intervals(
    small_estate: Estate, new_small_estate: NewEstate
) -> None:
    small_estate.tick()
    small_estate.app.reconcile.run()
    small_estate.clock.advance(3 * 24 * 3600)  # a weekend
    started = new_small_estate()
    answers = []
    for _ in range(2):
        answers.append(health(started))
        small_estate.clock.advance(LONGEST_SILENCE.total_seconds() - 60)

    assert answers == [(200, [])] * 2
    assert health(started) == (503, ["discovery"])
    small_estate.clock.advance(12 * 60)
    assert health(started) == (503, ["discovery", "reconcile"])


def test_a_discovery_that_is_under_way_for_long_is_no_silence(small_estate: Estate) -> None:
    small_estate.tick()
    small_estate.clock.advance(LONGEST_SILENCE.total_seconds() + 1)
    lease = small_estate.app.leases.acquire(DISCOVERY, "a long run", 60)
    assert not isinstance(lease, Held)
    assert health(small_estate) == (200, [])

    lease.release()

    assert health(small_estate) == (503, ["discovery"])


def reconcile_again(estate: Estate) -> list[str]:
    """Five minutes later; return what the run noted of queues."""
    estate.clock.advance(5 * 60)
    estate.tick()
    estate.app.reconcile.run()
    (run,) = estate.app.runs.latest(RunKind.RECONCILE, 1)
    return [note for note in run.notes if "Nobody takes" in note]


def test_a_queue_that_nobody_empties_is_named_until_somebody_does(small_estate: Estate) -> None:
    small_estate.tick()  # two messages; nobody works them off
    assert [reconcile_again(small_estate) for _ in range(2)] == [[], []]
    assert health(small_estate) == (200, [])

    assert reconcile_again(small_estate) == ["Nobody takes the messages of asset-sync: is its function disabled?"]

    assert health(small_estate) == (503, ["asset-sync"])
    small_estate.work()
    assert reconcile_again(small_estate) == []
    assert health(small_estate) == (200, [])


def test_a_long_queue_that_is_worked_off_is_no_trouble(small_estate: Estate) -> None:
    for number in range(5):
        for _ in range(3):
            small_estate.app.asset_queue.send(AssetMessage.of(f"{number:032x}"))
    with QueueServiceClient.from_connection_string(small_estate.storage) as queues:
        queue = queues.get_queue_client(ASSET_QUEUE)
        for _ in range(5):
            queue.delete_message(next(iter(queue.receive_messages(max_messages=1))))
            assert reconcile_again(small_estate) == []
    assert health(small_estate) == (200, [])


def test_what_a_run_does_before_it_can_be_seen_is_no_silence() -> None:
    # It sends messages first; then its lease tells that it is under way. It starts a minute after the last one ended.
    assert 2 * SEND_TIME + timedelta(minutes=1) < LONGEST_SILENCE


def test_the_longest_run_is_no_gap() -> None:
    # A run is recorded at its end, and the next one starts a minute later.
    longest = 2 * SEND_TIME + max(2 * PART_TIME, READ_TIME + PART_TIME)
    assert longest + timedelta(minutes=1) < LONGEST_GAP


def test_a_failed_run_is_told_without_its_reason_and_a_good_one_heals_it(new_small_estate: NewEstate) -> None:
    new_small_estate(SYNC_TERM="nonsense").failing_tick(ConfigError)
    estate = new_small_estate()
    assert health(estate) == (503, ["discovery"])

    estate.tick()

    assert health(estate) == (200, [])


def test_a_run_that_was_skipped_because_the_sync_is_off_is_healthy(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_ENABLED="false")
    estate.tick()

    assert health(estate) == (200, [])


def test_wrong_settings_are_told_without_saying_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVIEW_ENDPOINT", "not a url")
    monkeypatch.setenv("CLUEDIN_PASSWORD", "my-secret")
    triggers.this_process.cache_clear()

    assert failing(triggers.health()) == (503, ["settings"])
    status = triggers.status({})

    # Who may ask for the status, which takes a key, is told all; but no secret.
    assert status.status == 503
    assert "PURVIEW_ENDPOINT: found 'not a url'; expected a full URL" in status.body
    assert "my-secret" not in status.body


def test_storage_that_breaks_each_connection_is_told_after_one_more_try(
    new_small_estate: NewEstate, slamming: "Slamming"
) -> None:
    estate = new_small_estate(AzureWebJobsStorage=storage_at(slamming.port))

    assert health(estate) == (503, ["storage"])

    assert slamming.tries == 2


def test_storage_that_never_answers_is_told_before_a_prober_gives_up(new_small_estate: NewEstate) -> None:
    with socket.socket() as black_hole:
        black_hole.bind(("127.0.0.1", 0))
        black_hole.listen()
        estate = new_small_estate(AzureWebJobsStorage=storage_at(black_hole.getsockname()[1]))
        started = time.monotonic()

        assert health(estate) == (503, ["storage"])

    assert time.monotonic() - started < 20  # twice three seconds, and what a busy machine adds


def test_the_status_of_an_app_whose_storage_is_away_says_so_as_soon(
    slamming: "Slamming", monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "PURVIEW_ENDPOINT": "http://127.0.0.1:9",
        "PURVIEW_COLLECTION": "abc123",
        "CLUEDIN_URL": "http://127.0.0.1:9",
        "CLUEDIN_ACCESS_TOKEN": "given",
        "SYNC_TERM": "*",
        "AzureWebJobsStorage": storage_at(slamming.port),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    triggers.this_process.cache_clear()

    answer = triggers.status({})

    assert (answer.status, answer.media_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"]
    assert "Storage did not answer" in answer.body
    assert KEY not in answer.body
    assert slamming.tries == 2
    triggers.this_process.cache_clear()


@dataclass
class Slamming:
    """A server that breaks each connection and counts them."""

    listener: socket.socket
    tries: int = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                connection, _ = self.listener.accept()
                self.tries += 1
                connection.close()


@pytest.fixture
def slamming() -> Iterator[Slamming]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Slamming(listener)
        threading.Thread(target=server.serve, daemon=True).start()
        yield server

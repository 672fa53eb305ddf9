"""Timer triggers: when they fire, what they catch up, and which host has them.

Measured on WebJobs.Extensions 3.0.6. The clock of a status blob is set back by the test, so that nobody waits a minute.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import BlobLeaseClient, BlobServiceClient

from local.host.process import HostProcess
from tests.contract.host.sample_app import run_sample, wait_for, wait_for_log, write_sample

StartApp = Callable[..., HostProcess]
TICK = """
    import json, logging, os, signal, time

    @app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer", run_on_startup=RUN_ON_STARTUP)
    def tick(timer: func.TimerRequest, context: func.Context) -> None:
        logging.info("tick %s", json.dumps([timer.past_due, timer.schedule_status, context.function_name]))
        time.sleep(SLEEP)
        if os.environ.get("FAIL"):
            raise ValueError("as asked")
        logging.info("tock")
"""
HOURLY, YEARLY, EVERY_SECOND = "0 0 * * * *", "0 0 0 1 1 *", "* * * * * *"
SCHEDULED = "The next occurrence of the 'tick' schedule"
STATUS, LOCK = "timers/local/Host.Functions.tick/status", "locks/local/Host.Functions.tick.Listener"


def make_tick(sleep_s: float = 0, *, run_on_startup: bool = False) -> str:
    return TICK.replace("SLEEP", str(sleep_s)).replace("RUN_ON_STARTUP", str(run_on_startup))


def payloads(host: HostProcess) -> list[tuple[bool, dict[str, str], str]]:
    lines = [line for line in host.child.output().splitlines() if " tick [" in line]
    return [tuple(json.loads(line[line.index("tick [") + 5 :])) for line in lines]


def first_time(host: HostProcess, text: str, number: int = 0) -> datetime:
    """Return when the log has a text for the first time, or a later one."""
    lines = [line for line in host.child.output().splitlines() if text in line]
    return datetime.fromisoformat(lines[number][1:].split("]")[0])


class Status:
    """The status blob of the timer, as the host keeps it."""

    def __init__(self, storage: str) -> None:
        self._blobs = BlobServiceClient.from_connection_string(storage)
        self._blob = self._blobs.get_blob_client("azure-webjobs-hosts", STATUS)
        self._lock = self._blobs.get_blob_client("azure-webjobs-hosts", LOCK)

    def read(self) -> dict[str, datetime]:
        fields = json.loads(self._blob.download_blob().readall())
        return {name: datetime.fromisoformat(value) for name, value in fields.items()}

    def set_back(self, by: timedelta) -> None:
        """Let the last run be so long ago that the next one is due since then."""
        last = (datetime.now(UTC) - by).replace(minute=0, second=0, microsecond=0)
        fields = {"Last": last, "Next": last + timedelta(hours=1), "LastUpdated": last}
        body = json.dumps({name: value.isoformat() for name, value in fields.items()})
        self._blobs.get_container_client("azure-webjobs-hosts").create_container()
        self._blob.upload_blob(body, overwrite=True)

    def end_lock(self) -> None:
        """Let the lock of a dead host, which would end by itself, end now."""
        assert self._lock.get_blob_properties().lease.duration == "fixed"
        BlobLeaseClient(self._lock).break_lease(0)

    def close(self) -> None:
        self._blobs.close()


@pytest.fixture
def status(storage: str) -> Iterator[Status]:
    with closing(Status(storage)) as status:
        yield status


def test_a_timer_fires_when_due_and_never_twice_at_once(start_app: StartApp) -> None:
    host = start_app(make_tick(sleep_s=1.5), SCHEDULE=EVERY_SECOND)
    wait_for_log(host, "tock", 2)
    marks = [line.split()[1] for line in host.child.output().splitlines() if " tick " in line or line.endswith(" tock")]
    assert marks[:4] == ["tick", "tock", "tick", "tock"]


def test_the_payload_is_that_of_the_real_host(start_app: StartApp) -> None:
    host = start_app(make_tick(), SCHEDULE=HOURLY)
    wait_for_log(host, SCHEDULED)
    assert host.run_function("tick").succeeded
    ((past_due, shown, name),) = payloads(host)
    assert (past_due, name) == (False, "tick")
    assert set(shown) == {"Last", "Next", "LastUpdated"}
    assert shown["Next"].endswith(":00:00+00:00")


def test_a_timer_that_was_never_there_is_not_past_due(start_app: StartApp, status: Status) -> None:
    host = start_app(make_tick(), SCHEDULE=HOURLY)
    wait_for_log(host, SCHEDULED)
    time.sleep(0.5)
    assert payloads(host) == []
    assert status.read()["Next"] > datetime.now(UTC)


def test_a_tick_missed_while_no_host_was_there_is_run_once_at_the_start_past_due(
    start_app: StartApp, status: Status
) -> None:
    status.set_back(timedelta(hours=7))
    host = start_app(make_tick(), SCHEDULE=HOURLY)
    wait_for_log(host, "tock")
    wait_for(lambda: status.read()["Next"] > datetime.now(UTC))
    time.sleep(1)
    assert [past_due for past_due, *_ in payloads(host)] == [True]


def test_another_schedule_than_before_is_not_past_due(start_app: StartApp, status: Status) -> None:
    status.set_back(timedelta(hours=7))
    host = start_app(make_tick(), SCHEDULE=YEARLY)
    wait_for_log(host, SCHEDULED)
    time.sleep(0.5)
    assert payloads(host) == []


def test_a_run_longer_than_its_interval_is_followed_by_one_at_once_which_is_not_past_due(start_app: StartApp) -> None:
    host = start_app(make_tick(sleep_s=2.3), SCHEDULE="*/2 * * * * *")
    wait_for_log(host, " tick ", 2)
    assert first_time(host, " tick ", 1) - first_time(host, "tock") < timedelta(seconds=0.9), "made good at once"
    assert [past_due for past_due, *_ in payloads(host)][:2] == [False, False]


def test_a_failure_is_not_tried_again_before_the_next_tick(start_app: StartApp, status: Status) -> None:
    status.set_back(timedelta(hours=2))
    host = start_app(make_tick(), SCHEDULE=HOURLY, FAIL="yes")
    wait_for_log(host, "Executed 'Functions.tick' (Failed")
    wait_for(lambda: status.read()["Next"] > datetime.now(UTC))
    time.sleep(1)
    assert len(payloads(host)) == 1


def test_a_run_in_which_its_host_died_is_due_again_as_soon_as_the_lock_is_free(
    start_app: StartApp, status: Status
) -> None:
    status.set_back(timedelta(hours=2))
    lock = ("--timer-lock-seconds", "60")  # longer than another host takes to start
    host = start_app(make_tick(sleep_s=60), *lock, SCHEDULE=HOURLY)
    wait_for_log(host, " tick ")
    host.child.kill()
    killed = time.monotonic()
    again = start_app(make_tick(sleep_s=60), *lock, grace_s=0.1, SCHEDULE=HOURLY)
    wait_for(lambda: time.monotonic() - killed > 2)
    assert payloads(again) == [], "the dead host had the lock still"
    status.end_lock()
    wait_for_log(again, " tick ")
    assert payloads(again)[0][0] is True


def test_of_two_hosts_of_one_id_one_has_the_timer_and_the_other_takes_over(
    storage: str, start_app: StartApp, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = start_app(make_tick(), SCHEDULE=EVERY_SECOND)
    wait_for_log(first, "tock")
    folder = write_sample(tmp_path_factory.mktemp("second"), make_tick())
    lock = ("--timer-lock-seconds", "15")
    with run_sample(folder, storage, *lock, settings={"SCHEDULE": EVERY_SECOND}) as second:
        time.sleep(2)
        assert payloads(second) == []
        first.child.stop()
        wait_for_log(second, "tock")


def test_timers_can_be_left_to_the_test(start_app: StartApp) -> None:
    host = start_app(make_tick(), "--timers", "off", SCHEDULE=EVERY_SECOND)
    time.sleep(1.5)
    assert " tick " not in host.child.output()
    assert host.run_function("tick").succeeded
    assert host.child.output().count(" tick ") == 1


def test_run_on_startup_is_honoured_and_warned_of(start_app: StartApp) -> None:
    host = start_app(make_tick(run_on_startup=True), SCHEDULE=YEARLY)
    wait_for_log(host, "tock")
    assert "WARNING 'tick' has run_on_startup" in host.child.output()


def test_a_function_without_a_return_binding_must_return_none(start_app: StartApp) -> None:
    code = """
        @app.timer_trigger(schedule="0 0 0 1 1 *", arg_name="timer")
        def tick(timer: func.TimerRequest) -> None:
            return 1
    """
    assert "returned a non-None value" in start_app(code).run_function("tick").result

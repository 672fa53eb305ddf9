"""The alerts' queries, run on what the host writes when something is wrong."""

import json
from collections.abc import Callable

from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess
from tests.contract.host.conftest import Door
from tests.contract.host.sample_app import read_queue, send, send_raw, wait_for, wait_for_log
from tests.unit.infra.kql import count
from tests.unit.infra.template import resources

StartApp = Callable[..., HostProcess]
RULES = {each["name"]: each["properties"] for each in resources("Microsoft.Insights/scheduledQueryRules")}


def count_found(host: HostProcess, rule: str) -> int:
    """Return how many lines of the host's log a rule's query finds."""
    lines = [line for line in host.child.output().splitlines() if line.startswith("{")]
    (query,) = [each["criteria"]["allOf"][0]["query"] for name, each in RULES.items() if name.endswith(rule)]
    return count(query, "traces", [{"message": json.loads(line)["message"]} for line in lines])


def test_a_message_that_the_host_gives_up_is_found_once(start_work: StartApp, queues: QueueServiceClient) -> None:
    host = start_work("--log-format", "json")
    send_raw(queues, "not base64!")
    wait_for(lambda: read_queue(queues))
    assert count_found(host, "dead-letters") == 1
    assert count_found(host, "unhealthy-host") == count_found(host, "host-stopped") == 0


def test_a_host_that_shuts_down_because_of_storage_is_found(start_work: StartApp, door: Door) -> None:
    door.answer("GET", "/work/messages$", 403, times=1)
    host = start_work("--log-format", "json", storage=door.storage)
    wait_for_log(host, "listens on", 2)
    assert (count_found(host, "host-stopped"), count_found(host, "unhealthy-host")) == (1, 0)


def test_a_host_that_is_recycled_because_its_worker_dies_is_found(
    start_work: StartApp, queues: QueueServiceClient
) -> None:
    host = start_work("--log-format", "json")
    send(queues, "die")
    wait_for_log(host, "listens on", 2)
    assert count_found(host, "host-stopped") >= 1

"""What the end-to-end tests do and see from outside, over HTTP and the queues."""

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueServiceClient

from local.demo.cluedin import Group, fetch_groups
from local.stack import Stack

DISCOVER = "discover_assets"
RECONCILE = "reconcile"
ASSET_QUEUE = "asset-sync"


def wait_until(is_so: Callable[[], bool], what: str, timeout_s: float = 60, poll_s: float = 0.1) -> None:
    """Wait for something to happen."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"after {timeout_s} s still not so: {what}"
        time.sleep(poll_s)


def complete_groups(url: str) -> list[Group]:
    """Return the groups of CluedIn that have a source."""
    return [group for group in fetch_groups(url) if group.sources]


def sync(stack: Stack, expected: int) -> list[Group]:
    """Run a tick and wait for the groups; return them all, complete or not."""
    stack.run_function(DISCOVER)
    wait_until(lambda: len(complete_groups(stack.cluedin.url)) >= expected, f"{expected} groups with a source")
    wait_until(lambda: fetch_status(stack)["counts"]["queued"] == 0, "nothing is queued")
    return fetch_groups(stack.cluedin.url)


def fetch_status(stack: Stack, **query: str) -> Any:
    """Return what `GET status` answers."""
    answer = requests.get(f"{stack.function_url}/status", params={"code": stack.function_key, **query}, timeout=30)
    answer.raise_for_status()
    return answer.json()


def administer(service_url: str, action: str, body: Any) -> None:
    """Do something that only a simulator offers."""
    requests.post(f"{service_url}/_simulator/{action}", json=body, timeout=30).raise_for_status()


def change_switches(service_url: str, switches: Mapping[str, Any]) -> None:
    """Let a simulator read what is unconfirmed in another way."""
    requests.patch(f"{service_url}/_simulator/switches", json=switches, timeout=30).raise_for_status()


def send(storage: str, body: bytes) -> None:
    """Put a message on the asset queue."""
    send_raw(storage, base64.b64encode(body).decode())


def send_raw(storage: str, text: str) -> None:
    """Put a text on the asset queue as it is, without the encoding that the host expects."""
    with QueueServiceClient.from_connection_string(storage) as queues:
        queues.get_queue_client(ASSET_QUEUE).send_message(text)


def count_poison(storage: str) -> int:
    """Return how many messages of the asset queue the host gave up."""
    with QueueServiceClient.from_connection_string(storage) as queues:
        try:
            return (
                queues.get_queue_client(f"{ASSET_QUEUE}-poison").get_queue_properties().approximate_message_count or 0
            )
        except ResourceNotFoundError:
            return 0

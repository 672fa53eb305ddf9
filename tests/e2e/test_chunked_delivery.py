"""A delivery in chunks, whose body the host drops, leads to the lineage all the same."""

import time
from collections.abc import Iterator

import pytest
import requests

from local.stack import Stack
from tests.e2e.steps import administer, fetch_status, sync, wait_until

pytestmark = pytest.mark.faults

SETTINGS = {"WEBHOOK_SECRETS": ""}
TAGGED = 18
LAG_S = 2  # CluedIn's lists show what was made after a second


def in_chunks() -> Iterator[bytes]:
    """A body that is sent without its length."""
    yield b'{"dataSetId": "925268ec-8908-44e2-8d0c-d83fe50937d0"}'


def test_a_delivery_whose_body_the_host_drops_makes_the_app_look_and_the_lineage_is_written(stack: Stack) -> None:
    group = next(group for group in sync(stack, TAGGED) if group.name == "Orders")
    time.sleep(LAG_S)
    mapping = {"OrderId": "order.id", "Total": "order.total"}
    loaded = {"source": group.sources[0].name, "name": "orders.csv", "mapping": mapping, "entity_type": "/Order"}
    administer(stack.cluedin.url, "data-sets/load", {**loaded, "rows": [dict.fromkeys(mapping, 1)], "webhook": False})

    answer = requests.post(
        f"{stack.function_url}/webhooks/cluedin/data-set-processed",
        params={"code": stack.function_key},
        headers={"Content-Type": "application/json"},
        data=in_chunks(),
        timeout=30,
    )

    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert answer.json()["deliveryId"].startswith("no-body-")
    wait_until(lambda: [one["status"] for one in fetch_status(stack)["dataSets"]["items"]] == ["pushed"], "pushed")
    wait_until(lambda: fetch_status(stack)["openDeliveries"] == 0, "the delivery is closed")
    assert "Content-Length" in fetch_status(stack)["webhookProblem"]

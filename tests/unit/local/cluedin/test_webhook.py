from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from standardwebhooks import Webhook as StandardWebhook

from local.cluedin.driver import RefusedError

if TYPE_CHECKING:
    from local.cluedin.driver import Driver
    from local.cluedin.simulator import CluedIn

    class Receiver(Protocol):
        url: str
        statuses: list[int]
        head_status: int
        received: list[tuple[str, str, dict[str, str], bytes]]

        @property
        def posts(self) -> list[tuple[dict[str, str], bytes]]: ...


OLD, NEW = "whsec_b2xkIHNlY3JldA==", "whsec_bmV3IHNlY3JldA=="
LOADED = {
    "source": "source",
    "name": "Customers",
    "rows": [{"id": 1, "email": "a@b", "noise": 0}],
    "mapping": {"id": "customer.id", "email": "customer.email", "noise": "--ignore--"},
    "entity_type": "/Customer",
}


@pytest.fixture(autouse=True)
def _group(driver: Driver) -> None:
    driver.act("/groups", name="Account.csv", sources=[{"name": "source"}])


def load(driver: Driver, **more: Any) -> str:
    return str(driver.act("/data-sets/load", **(LOADED | more))["data_set_id"])


def test_a_processed_data_set_is_announced(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url)
    guid = load(driver)
    [delivery] = driver.wait_for_deliveries()
    assert delivery["state"] == "delivered"
    [(headers, body)] = receiver.posts
    event = json.loads(body)
    assert event.keys() == {"dataSetId", "event", "eventId", "processedAt"}
    assert (event["dataSetId"], event["event"]) == (guid, "data_set.processed")
    assert headers["Content-Type"] == "application/json"
    assert not {"webhook-signature", "X-CluedIn-Signature", "Authorization"} & headers.keys()


def test_a_connection_test_comes_before_the_first_delivery_only(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url, authorization="Bearer shared", secrets=[NEW])
    load(driver)
    driver.wait_for_deliveries()
    load(driver, name="Others")
    driver.wait_for_deliveries()
    assert [method for method, *_ in receiver.received] == ["HEAD", "POST", "POST"]
    _, path, headers, _ = receiver.received[0]
    assert path.endswith("?code=key")
    assert "Authorization" not in headers
    assert receiver.posts[0][0]["Authorization"] == "Bearer shared"


def test_nothing_is_sent_while_the_connection_test_fails(driver: Driver, receiver: Receiver) -> None:
    receiver.head_status = 404
    driver.set_webhook(url=receiver.url, retry_delays_s=[0.01])
    load(driver)
    [delivery] = driver.wait_for_deliveries()
    assert (delivery["state"], receiver.posts) == ("failed", [])
    assert [attempt["status"] for attempt in delivery["attempts"]] == [404, 404]
    assert driver.act("/webhook/test")["status"] == 404


def test_calls_are_signed_in_both_schemes(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url, secrets=[NEW])
    load(driver)
    driver.wait_for_deliveries()
    [(headers, body)] = receiver.posts
    assert StandardWebhook(NEW).verify(body, headers)["event"] == "data_set.processed"
    assert headers["X-CluedIn-Signature"] == hmac.new(NEW.encode(), body, sha256).hexdigest()


@pytest.mark.parametrize(
    ("schemes", "expected"),
    [(["standard"], {"webhook-signature"}), (["cluedin"], {"X-CluedIn-Signature"}), ([], set())],
)
def test_one_scheme_can_be_chosen(driver: Driver, receiver: Receiver, schemes: list[str], expected: set[str]) -> None:
    driver.set_webhook(url=receiver.url, secrets=[NEW], signatures=schemes)
    load(driver)
    driver.wait_for_deliveries()
    [(headers, _)] = receiver.posts
    assert {"webhook-signature", "X-CluedIn-Signature"} & headers.keys() == expected


def test_while_secrets_rotate_either_one_verifies(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url, secrets=[NEW, OLD])
    load(driver)
    driver.wait_for_deliveries()
    [(headers, body)] = receiver.posts
    for secret in (OLD, NEW):
        StandardWebhook(secret).verify(body, headers)


def test_a_secret_that_cannot_sign_is_refused(driver: Driver) -> None:
    with pytest.raises(RefusedError, match="secrets"):
        driver.set_webhook(url="http://127.0.0.1:9", secrets=["whsec_"])


def test_a_refused_call_is_repeated_under_the_same_id(driver: Driver, receiver: Receiver) -> None:
    receiver.statuses = [503, 500]
    driver.set_webhook(url=receiver.url, secrets=[NEW], retry_delays_s=[0.01, 0.01, 0.01])
    load(driver)
    [delivery] = driver.wait_for_deliveries()
    assert delivery["state"] == "delivered"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200, 503, 500, 202]
    assert {headers["webhook-id"] for headers, _ in receiver.posts} == {delivery["id"]}


def test_a_call_that_nobody_takes_is_given_up(driver: Driver) -> None:
    driver.set_webhook(url="http://127.0.0.1:1/", retry_delays_s=[0.01], connection_test=False)
    load(driver)
    [delivery] = driver.wait_for_deliveries()
    assert delivery["state"] == "failed"
    assert [attempt["error"] for attempt in delivery["attempts"]] == ["ConnectionError", "ConnectionError"]


def test_processing_without_the_webhook_leaves_no_delivery(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url)
    guid = load(driver, webhook=False)
    driver.act("/data-sets/process", data_set_id=guid, webhook=False)
    assert driver.wait_for_deliveries() == []


def test_without_an_url_a_delivery_waits_for_ever_and_nobody_waits_for_it(driver: Driver) -> None:
    load(driver)
    [delivery] = driver.wait_for_deliveries()
    assert (delivery["state"], delivery["attempts"]) == ("pending", [])
    with pytest.raises(RefusedError, match="no webhook url"):
        driver.act("/webhook/test")


def test_processing_again_is_announced_again_with_another_id(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url)
    guid = load(driver)
    driver.act("/data-sets/process", data_set_id=guid, failed=1)
    assert len({delivery["id"] for delivery in driver.wait_for_deliveries()}) == 2


def test_the_call_waits_for_the_end_of_processing(cluedin: CluedIn, driver: Driver, receiver: Receiver) -> None:
    cluedin.patch_switches({"processing_delay_s": 3600})
    driver.set_webhook(url=receiver.url)
    load(driver)
    assert cluedin.webhook.wait_until_idle(0.1) is False
    assert receiver.received == []
    driver.act("/clock", advance_s=3600)
    assert driver.wait_for_deliveries()[0]["state"] == "delivered"


def test_duplicates_and_old_and_forged_events_can_be_sent(driver: Driver, receiver: Receiver) -> None:
    driver.set_webhook(url=receiver.url, connection_test=False)
    old = {"data_set_id": "none", "event_id": "msg_1", "processed_at": "2020-01-01T00:00:00Z"}
    assert driver.act("/webhook/send", **old, times=2) == {"delivery_ids": ["msg_1", "msg_1"]}
    driver.wait_for_deliveries()
    driver.act("/webhook/send", body="not json")
    driver.wait_for_deliveries()
    first, second, forged = [body for _, body in receiver.posts]
    assert first == second
    assert json.loads(first)["processedAt"] == "2020-01-01T00:00:00Z"
    assert forged == b"not json"


def test_a_reset_gives_up_what_is_under_way_and_the_target(driver: Driver, receiver: Receiver) -> None:
    receiver.statuses = [503] * 100
    driver.set_webhook(url=receiver.url, retry_delays_s=[30])
    load(driver)
    driver.act("/reset")
    assert driver.wait_for_deliveries() == []
    assert driver.act("/webhook/send", data_set_id="x")["delivery_ids"]
    assert driver.wait_for_deliveries()[0]["attempts"] == []

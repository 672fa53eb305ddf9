"""From a tag in Purview to a data source group in CluedIn, on the real host, over HTTP and queues."""

import pytest
import requests

from local.demo.cluedin import fetch_groups
from local.demo.purview import Purview
from local.demo.requests_seen import watch
from local.stack import TERM, Stack
from tests.e2e.steps import (
    DISCOVER,
    RECONCILE,
    administer,
    count_poison,
    fetch_status,
    send,
    send_raw,
    sync,
    wait_until,
)

TAGGED = 18
# The host's own tries of what it cannot bind would take two minutes.
SETTINGS = {"AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:01"}


@pytest.fixture(scope="module", autouse=True)
def _synced(stack: Stack, steward: Purview) -> None:
    """The steward's 18 assets are synced, while the search index lags ten minutes."""
    steward.delay_search_index(600)
    assert len(sync(stack, TAGGED)) == TAGGED


def test_each_tagged_asset_has_one_group_with_one_source_named_by_its_qualified_name(
    stack: Stack, steward: Purview
) -> None:
    groups = fetch_groups(stack.cluedin.url)

    assert all(len(group.sources) == 1 for group in groups)
    sources = sorted(group.sources[0].name for group in groups)
    tagged = steward.fetch_tagged_assets(steward.fetch_term_guid(TERM))
    short = [asset.qualified_name for asset in tagged if len(asset.qualified_name) <= 200]
    assert len(short) == TAGGED - 1
    assert set(short) < set(sources)


def test_a_second_tick_asks_one_question_and_changes_nothing(stack: Stack) -> None:
    before = fetch_groups(stack.cluedin.url)

    with watch(stack.purview.url) as purview, watch(stack.cluedin.url) as cluedin:
        stack.run_function(DISCOVER)

    assert len(purview.requests) == 1
    assert purview.requests[0]["path"].endswith("/assignedEntities")
    assert cluedin.requests == []
    assert fetch_groups(stack.cluedin.url) == before


def test_the_status_tells_each_asset_with_its_proof_and_each_run_with_its_cost(stack: Stack) -> None:
    status = fetch_status(stack, pageSize="5")

    assert status["counts"]["synced"] >= TAGGED
    assert len(status["assets"]["items"]) == 5
    ids = {str(group.id) for group in fetch_groups(stack.cluedin.url)}
    assert {item["groupId"] for item in status["assets"]["items"]} <= ids
    assert fetch_status(stack, pageSize="5", after=status["assets"]["next"])["assets"]["items"]
    assert {run["outcome"] for run in status["runs"]} == {"succeeded"}


def test_the_status_takes_a_key_and_health_takes_none(stack: Stack) -> None:
    assert requests.get(f"{stack.function_url}/status", timeout=30).status_code == 401
    health = requests.get(f"{stack.function_url}/health", timeout=30)
    assert (health.status_code, health.json()["failing"]) == (200, [])
    wrong = requests.get(
        f"{stack.function_url}/status", params={"code": stack.function_key, "pageSize": "x"}, timeout=30
    )
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_renamed_asset_keeps_its_group(stack: Stack) -> None:
    before = fetch_groups(stack.cluedin.url)
    administer(stack.purview.url, "rename", {"asset": "Orders", "name": "Sales orders"})

    stack.run_function(DISCOVER)

    assert fetch_groups(stack.cluedin.url) == before
    (item,) = fetch_status(stack, search="Sales orders")["assets"]["items"]
    assert item["renamed"] == {"inPurview": "Sales orders", "inCluedIn": "Orders"}


def test_messages_that_are_none_are_kept_as_dead_letters_and_stop_nobody(stack: Stack) -> None:
    send(stack.storage, b"hello")
    send(stack.storage, bytes(range(256)))  # no text: the host fails to bind it, five times
    send_raw(stack.storage, "not even base64!")  # the host gives this one up at once
    administer(stack.purview.url, "tag", {"asset": "Products", "term": TERM})

    sync(stack, TAGGED + 1)
    wait_until(lambda: count_poison(stack.storage) == 2, "the host gave up what is no text")
    stack.run_function(RECONCILE)

    dead_letters = fetch_status(stack)["deadLetters"]
    assert len(dead_letters) == 3
    assert count_poison(stack.storage) == 0
    assert {dead_letter["causeClass"] for dead_letter in dead_letters} == {"unreadable"}
    assert {"hello", "not even base64!"} < {dead_letter["payload"] for dead_letter in dead_letters}
    assert len(fetch_groups(stack.cluedin.url)) == TAGGED + 1


def test_all_that_happened_is_healthy(stack: Stack) -> None:
    stack.check()
    assert fetch_status(stack)["counts"]["failed"] == 0
    assert requests.get(f"{stack.function_url}/health", timeout=30).ok

"""People act on the dashboard in a real Chromium, on the real host: buttons work, and no other page can press them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from local.cluedin.driver import Driver
from local.demo import engineer
from local.stack import Stack
from tests.chromium import Seen, open_page
from tests.e2e.steps import DISCOVER, administer, fetch_status, wait_until

TAGGED = 18
REFUSED = {
    "match": {"operation": "inbound.createDataSource$"},
    "effect": {"status": 200, "body": {"errors": [{"message": "400: no such type"}], "data": None}},
    "times": 2,  # all of them together, and one of them alone
}


def dead_letters(stack: Stack) -> list[Any]:
    found: list[Any] = fetch_status(stack)["deadLetters"]
    return found


@pytest.fixture(scope="module", autouse=True)
def _given_up(stack: Stack) -> None:
    """One of the steward's assets was given up."""
    administer(stack.cluedin.url, "faults", REFUSED)
    stack.run_function(DISCOVER)
    wait_until(lambda: fetch_status(stack)["counts"]["synced"] == TAGGED - 1, "all but one are synced")
    wait_until(lambda: len(dead_letters(stack)) == 1, "one is given up")


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Seen]]:
    with open_page(browser) as (page, seen):
        page.goto(address)
        yield page, seen


def forged(address: str, value: str) -> str:
    """A page of somebody who knows the address, key and all, and even what a button sends."""
    return f"""<form method="post" action="{address.replace("&", "&amp;")}">
        <input name="do" value="{value.replace("&", "&amp;")}"><input name="by" value="Mallory">
        <button>Win</button></form>"""


def test_another_page_cannot_press_a_button(browser: Browser, stack: Stack, opened: tuple[Page, Seen]) -> None:
    page, _ = opened
    value = page.get_by_role("button", name=re.compile("^Close:")).first.get_attribute("value")
    assert value
    with open_page(browser) as (other, _):
        body = forged(page.url, value)
        other.route("https://evil.example/", lambda route: route.fulfill(body=body, content_type="text/html"))
        other.goto("https://evil.example/")
        with other.expect_navigation() as pressed:
            other.get_by_role("button", name="Win").click()
        assert pressed.value.status == 403
        expect(other.get_by_text("Nothing was done")).to_be_visible()
    assert fetch_status(stack)["actions"] == []
    assert len(dead_letters(stack)) == 1


def test_a_program_without_a_signature_cannot_either(stack: Stack, address: str) -> None:
    key = dead_letters(stack)[0]["id"]
    headers = {"Sec-Fetch-Site": "same-origin"}
    for value in (f"action=close&id={key}", f"action=close&id={key}&signature=1800000000.{'0' * 64}"):
        answer = requests.post(address, data={"do": value, "by": "Mallory"}, headers=headers, timeout=30)
        assert answer.status_code == 403
    without_key = requests.post(address.partition("?")[0], data={"do": "action=close"}, headers=headers, timeout=30)
    assert without_key.status_code == 401
    assert fetch_status(stack)["actions"] == []


def test_without_a_name_and_by_enter_nothing_is_sent(stack: Stack, opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    page.get_by_role("button", name=re.compile("^Replay:")).first.click()
    assert page.get_by_label("Your name").evaluate("one => one.validity.valueMissing")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your name").press("Enter")
    assert fetch_status(stack)["actions"] == []
    assert len([each for each in seen.loaded if "dashboard" in each]) == 1


def test_a_click_replays_and_the_page_says_so(stack: Stack, opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name=re.compile("^Replay:")).first.click()
    page.wait_for_url("**acted=*")
    expect(page.get_by_role("status")).to_contain_text("Replay: done")
    expect(page.get_by_role("status")).to_contain_text("by Ada: done to 1")
    assert seen.said == []

    page.reload()  # asks again for the page, not for the action
    wait_until(lambda: fetch_status(stack)["counts"]["synced"] == TAGGED, "the replayed one is synced, too")
    (action,) = fetch_status(stack)["actions"]
    assert (action["by"], action["action"], action["outcome"]) == ("Ada", "replay", "done")


def test_an_asset_and_its_data_set_are_asked_for_again_on_the_assets_own_page(
    stack: Stack, browser: Browser, address: str
) -> None:
    engineer.load(Driver(stack.cluedin.url))
    wait_until(lambda: [each["status"] for each in fetch_status(stack)["dataSets"]["items"]] == ["pushed"], "lineage")
    (asset,) = fetch_status(stack, search="crm/dbo/Customers")["assets"]["items"]
    for name in ("Customers", engineer.DATA_SET):
        with open_page(browser) as (page, seen):
            page.goto(
                f"{address}&asset={asset['guid']}&refresh=off"
            )  # else it shows no field while work is outstanding
            page.get_by_label("Your name").fill("Grace")
            page.get_by_role("button", name=f"Resync: {name}", exact=True).press("Enter")
            page.wait_for_url("**acted=*")
            expect(page.get_by_role("status")).to_contain_text("by Grace: done to 1")
            expect(page.get_by_role("heading", level=2, name="Customers")).to_be_visible()
            assert seen.said == []
    assert [each["by"] for each in fetch_status(stack)["actions"][:2]] == ["Grace", "Grace"]
    wait_until(lambda: fetch_status(stack)["counts"]["synced"] == TAGGED, "it was looked at")


def test_actions_over_http_take_json_and_the_key(stack: Stack) -> None:
    url, body = f"{stack.function_url}/actions", {"action": "resync", "asset": "Customers", "by": "Ada"}
    assert requests.post(url, json=body, timeout=30).status_code == 401
    answer = requests.post(url, json=body, headers={"x-functions-key": stack.function_key}, timeout=30)
    assert (answer.status_code, answer.json()) == (200, {"status": "done", "done": 1, "refused": []})
    assert "Set-Cookie" not in answer.headers
    wait_until(lambda: fetch_status(stack)["counts"]["synced"] == TAGGED, "it was looked at")

"""The dashboard of a synced estate in a real Chromium, served by the real host."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from local.cluedin.driver import Driver
from local.demo import engineer
from local.stack import Stack
from sync_core.operations.dashboard.words import shortened
from tests.chromium import Seen, open_page, unfold, violations
from tests.e2e.steps import fetch_status, sync, wait_until

TAGGED = 18
NARROW = 360
OPERABLE = "a[href], button:not([disabled]), input:not([type=hidden]), select, summary"


@pytest.fixture(scope="module", autouse=True)
def _synced(stack: Stack) -> None:
    """The steward's 18 assets are synced, and one data set is loaded, mapped and processed."""
    sync(stack, TAGGED)
    engineer.load(Driver(stack.cluedin.url))
    wait_until(lambda: [each["status"] for each in fetch_status(stack)["dataSets"]["items"]] == ["pushed"], "lineage")


@pytest.fixture
def one(stack: Stack, address: str) -> str:
    """The address of the page of the asset whose data set is loaded."""
    (asset,) = fetch_status(stack, search="crm/dbo/Customers")["assets"]["items"]
    return f"{address}&asset={asset['guid']}"


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, Seen]]:
    """The page as people first see it, five assets at a time."""
    with open_page(browser) as (page, seen):
        page.goto(f"{address}&pageSize=5")
        yield page, seen


def press_until(page: Page, key: str, text: str) -> None:
    """Press a key until what has the focus says a text."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.textContent").strip() == text:
            return
    pytest.fail(f"{key} never leads to '{text}'")


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shown_assets(page: Page) -> list[str]:
    return page.locator("#assets tbody th > a > bdi").all_inner_texts()


def test_the_page_is_shown_without_a_complaint_and_loads_nothing_else(opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    expect(page).to_have_title("Purview ↔ CluedIn sync")
    assert seen.said == []
    assert seen.loaded == [page.url]
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") == "rgb(18, 52, 77)"


def test_the_tables_tell_what_the_status_tells(stack: Stack, opened: tuple[Page, Seen]) -> None:
    page, _ = opened
    by_name = sorted(fetch_status(stack)["assets"]["items"], key=lambda item: (item["name"].casefold(), item["key"]))
    assert shown_assets(page) == [shortened(item["name"]) for item in by_name[:5]]
    for row, item in zip(page.locator("#assets tbody tr").all(), by_name, strict=False):
        expect(row).to_contain_text(f"Group {item['groupId']}, created")
    assert page.locator(".state.synced b").inner_text() == str(TAGGED)
    assert page.get_by_role("row").count() >= 5 + 1
    assert page.locator("#runs caption").first.inner_text() == "The last discoveries, newest first"


def test_the_lineage_of_the_data_set_is_drawn(opened: tuple[Page, Seen]) -> None:
    page, _ = opened
    words = f"Lineage: Customers → {engineer.DATA_SET} → {engineer.DATA_SET} clues → Account"
    drawing = page.get_by_role("img", name=words)
    expect(drawing).to_have_count(1)  # of the two shapes, the other one is hidden
    expect(drawing).to_have_class("across")
    assert drawing.locator("text.label").all_text_contents() == ["Ingest Data", "Map to Entity", "Processing Pipeline"]
    boxes = [box.bounding_box() for box in drawing.locator("rect.box").all()]
    lefts = [box["x"] for box in boxes if box]
    assert len(lefts) == 4
    assert lefts == sorted(lefts)
    for name in drawing.locator("text.name").all():
        text, frame = name.bounding_box(), name.locator("xpath=..").locator("rect.box").bounding_box()
        assert text
        assert frame
        assert text["x"] + text["width"] <= frame["x"] + frame["width"]


def test_pages_of_assets_are_turned_with_the_keyboard(opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    first = shown_assets(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    expect(page.locator(":focus")).to_be_in_viewport()
    press_until(page, "Tab", "More assets")
    page.keyboard.press("Enter")
    page.wait_for_url("**after=*")
    second = shown_assets(page)
    assert len(second) == 5
    assert [*first, *second] == sorted([*first, *second], key=str.casefold)
    expect(page.locator("#assets caption")).to_contain_text(f"Assets 6 to 10 of {TAGGED}")
    assert query_of(page)["pageSize"] == ["5"]
    press_until(page, "Tab", "First assets")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "after=" not in url)
    assert shown_assets(page) == first
    assert seen.said == []


def test_assets_are_found_and_filtered_with_the_keyboard(stack: Stack, opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    page.get_by_label("Name, qualified name, guid or group id").focus()
    page.keyboard.type("crm/dbo/Customers")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=*")
    assert shown_assets(page) == ["Customers"]
    assert query_of(page) == {"code": [stack.function_key], "pageSize": ["5"], "search": ["crm/dbo/Customers"]}
    page.locator(".state.failed").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**state=failed*")
    expect(page.get_by_text("No asset is like that.")).to_be_visible()
    assert page.locator(".state[aria-current]").get_attribute("class") == "state failed"
    page.get_by_role("link", name="start over").press("Enter")
    page.wait_for_url(lambda url: "state=" not in url)
    assert len(shown_assets(page)) == TAGGED
    assert seen.said == []


def test_a_choice_survives_reading_anew_and_an_assets_own_page(opened: tuple[Page, Seen]) -> None:
    page, seen = opened
    page.get_by_label("Type").select_option("azure_sql_table")
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url("**type=azure_sql_table*")
    chosen = shown_assets(page)
    assert chosen
    press_until(page, "Tab", chosen[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**asset=*")
    expect(page.get_by_role("heading", level=2, name=chosen[0])).to_be_visible()
    expect(page.get_by_text("Seen in Purview for the first time")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="All assets").first.press("Enter")
    page.wait_for_url(lambda url: "asset=" not in url)
    assert shown_assets(page) == chosen
    page.get_by_role("link", name="Read anew").press("Enter")
    assert shown_assets(page) == chosen
    assert seen.said == []


def test_it_says_the_same_where_scripts_are_switched_off(browser: Browser, address: str) -> None:
    with open_page(browser, java_script_enabled=False) as (page, seen):
        page.goto(address)
        page.locator(".state.synced").click()
        page.wait_for_url("**state=synced*")
        assert len(shown_assets(page)) == TAGGED
        expect(page.locator("svg.across")).to_be_visible()
        assert seen.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, 1280])
def test_people_who_do_not_see_well_can_use_it_in_each_look(
    browser: Browser, address: str, one: str, width: int, scheme: str
) -> None:
    with open_page(browser, width=width, color_scheme=scheme) as (page, _):
        for view in (address, one):
            page.goto(view)
            unfold(page)
            assert violations(page) == []


def test_the_keyboard_alone_reaches_everything(browser: Browser, address: str, one: str) -> None:
    for view in (f"{address}&pageSize=5", one):
        with open_page(browser) as (page, _):
            page.goto(view)
            unfold(page)
            all_of_it = f"[...document.querySelectorAll('{OPERABLE}')].filter(one => one.checkVisibility())"
            there, reached = page.evaluate(f"{all_of_it}.length"), set()
            for _ in range(there):
                page.keyboard.press("Tab")
                reached.add(page.evaluate(f"{all_of_it}.indexOf(document.activeElement)"))
            assert -1 not in reached
            assert len(reached) == there


@pytest.mark.parametrize("width", [NARROW, 768, 1920])
def test_nobody_has_to_scroll_sideways(browser: Browser, address: str, one: str, width: int) -> None:
    with open_page(browser, width=width) as (page, _):
        page.goto(one)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(address)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shape = "across" if width > 860 else "down"
        expect(page.locator(f"svg.{shape}")).to_be_visible()
        expect(page.locator(".lineage svg[role=img]:visible")).to_have_count(1)


def test_the_page_takes_the_key_in_a_header_too_and_then_keeps_it_out_of_its_links(stack: Stack) -> None:
    url = f"{stack.function_url}/dashboard"
    assert requests.get(url, timeout=30).status_code == 401
    page = requests.get(url, headers={"x-functions-key": stack.function_key}, timeout=30)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Cache-Control"] == "no-store"
    assert "code=" not in page.text
    assert stack.function_key not in page.text


def test_a_wrong_address_gets_a_page_that_leads_back(browser: Browser, address: str) -> None:
    with open_page(browser) as (page, _):
        answer = page.goto(f"{address}&state=sinking")
        assert answer
        assert answer.status == 400
        expect(page.get_by_text("state is 'sinking'; expected one of")).to_be_visible()
        page.get_by_role("link", name="Try again").click()
        expect(page.locator("#assets")).to_be_visible()

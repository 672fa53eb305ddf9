"""The page shows what others wrote, in a browser, to people who may do more than those: it stays text in each case."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from local.cluedin.seed import SERVICE_ACCOUNT
from local.stack import TERM
from sync_core.answer import HttpAnswer
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.answer import dashboard_answer
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.view import to_view
from sync_core.operations.facts import Page
from sync_core.operations.status import parse_filter
from sync_core.safe_text import one_line
from tests.chromium import Seen, open_page, run_chromium
from tests.integration.sync_core.conftest import NewEstate
from tests.integration.sync_core.estate import Estate
from tests.integration.sync_core.lineage.bench import LineageBench
from tests.security.names import NAMES
from tests.unit.sync_core.builders import (
    NOW,
    make_data_set,
    make_facts,
    make_letter,
    make_run,
    make_synced_record,
)
from tests.unit.sync_core.operations.dashboard.html import read_html

HOST = "https://app.example"
LONG = {
    "long word": "W" * 5_000,
    "long text": "word " * 1_000,
    "accents": "a" + "\u0301" * 3_000,
    "right to left": "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd " * 20,
    "attribute": "' onmouseover='alert(1)' x=\" autofocus onfocus=alert(1) \"",
    "close": "</title></style></svg></table></textarea>--><script>alert(1)</script>",
    "template": "{{ 7*7 }}{% raw %}{{ config }}",
    "address": "javascript:alert(1)",
}
HOSTILE = {**NAMES, **LONG}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with run_chromium() as browser:
        yield browser


def hostile_page(**query: str) -> HttpAnswer:
    """A page on which every text that comes from others is hostile."""
    texts = list(HOSTILE.values())
    assets = [
        make_synced_record(
            text,
            group_name=f"g{text}",
            group_id=text,
            source_id=text,
            type_name=text,
            reason=text,
            synced_name=f"former {text}",
            last_error=text,
        )
        for text in texts
    ]
    source_of = {asset.key: asset for asset in assets}
    data_sets = [
        make_data_set(text, asset_key=asset.key, asset_qualified_name=text, entity_type=f"/{text}", notes=[text])
        for text, asset in zip(texts, assets, strict=True)
    ]
    facts = make_facts(
        *assets,
        data_sets=Page(data_sets, texts[0]),
        dead_letters=[make_letter(text, cause=text, cause_class=text) for text in texts],
        runs=[make_run(counts={text: 1}, requests={text: 1}, notes=[text], error=text) for text in texts],
        notifications={text: LastNotification(title=text, body=text, sent_at=NOW, error=text) for text in texts},
    )
    return dashboard_answer(to_view(facts, source_of, parse_filter({}), Links(query)))


def show(browser: Browser, answer: HttpAnswer, path: str = "/api/dashboard", width: int = 1280) -> Seen:
    """Show an answer in a browser as the host would send it; returns what was seen, and how wide the page is."""

    def serve(route: Route) -> None:
        headers = {**answer.headers, "Content-Type": f"{answer.media_type}; charset=utf-8"}
        route.fulfill(status=answer.status, body=answer.body, headers=headers)

    with open_page(browser, width=width) as (page, seen):
        page.route("**/*", serve)
        page.goto(f"{HOST}{path}")
        page.mouse.move(200, 400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.scripts.length") == 0
        return seen


def test_the_names_of_a_hostile_estate_are_text_on_the_page(hostile_estate: Estate) -> None:
    estate = hostile_estate
    bench = LineageBench(estate.app, estate.cluedin, estate.purview, estate.storage, estate.clock)
    hostile = NAMES["markup"]
    bench.push(bench.load(estate.record_of("Customers").source_id, name=hostile, entity_type=f"/{hostile}"))

    answer = estate.app.dashboard.answer({"pageSize": "100"})

    document = read_html(answer.body)
    assert document.problems == []
    assert {"script", "img"} & document.names == set()
    for name in NAMES.values():
        assert " ".join(one_line(name).split()) in document.text
    (words,) = {each for each in document.values("aria-label", of="svg") if hostile in each}
    entity_type_name = hostile.rpartition("/")[2]
    assert words == f"Lineage: Customers → {hostile} → {hostile} clues → {entity_type_name}"


def test_whatever_comes_from_others_is_text_in_every_place_of_the_page() -> None:
    document = read_html(hostile_page().body)
    harmless = read_html(dashboard_answer(to_view(make_facts(), {}, parse_filter({}), Links({}))).body)
    assert document.problems == []
    assert document.names - harmless.names <= {
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "svg", "path", "rect", "text", "g"),
        *("article", "details", "summary", "code", "br", "time", "h3", "nav", "b", "title", "ul", "li"),
    }
    attributes = {name for element in document.elements for name in element.attributes}
    assert not {name for name in attributes if name.startswith(("on", "auto", "style"))} - {"autocomplete"}
    assert all(link.startswith(("?", "#", "status", "data:,")) for link in document.values("href"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", document.text)
    assert "\u0301" * 5 not in document.text  # a tower of accents would be drawn over the lines above it


def test_a_browser_runs_loads_and_complains_about_nothing_of_it(browser: Browser) -> None:
    for width in (360, 1280):
        seen = show(browser, hostile_page(code="a'\"><key>"), width=width)
        assert seen.said == []
        assert seen.loaded == [f"{HOST}/api/dashboard"]


@pytest.mark.parametrize("parameter", ["state", "search", "pageSize", "after", "afterDataSet", "code"])
@pytest.mark.parametrize("value", ['"><script>alert(1)</script>', "' onclick='alert(1)", "javascript:alert(1)"])
def test_what_a_caller_sends_is_text_on_the_page(small_estate: Estate, parameter: str, value: str) -> None:
    document = read_html(small_estate.app.dashboard.answer({parameter: value}).body)
    assert document.problems == []
    assert "script" not in document.names
    assert all(link.startswith(("?", "#", "status?", "data:,")) for link in document.values("href"))


def test_the_headers_let_a_browser_do_nothing_but_show_the_page() -> None:
    headers = hostile_page().headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    style = policy.pop("style-src")
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", style)
    assert policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "planted",
    [
        "<p onmouseover='alert(1)' style='position:fixed;inset:0'>x</p>",
        "<style>*{color:red}</style>",
        "<img src='https://evil.example/x.png'>",
        "<link rel=stylesheet href='https://evil.example/x.css'>",
        "<iframe src='https://evil.example/'></iframe>",
    ],
)
def test_markup_that_got_in_all_the_same_would_do_nothing(browser: Browser, planted: str) -> None:
    answer = hostile_page()
    answer = HttpAnswer(answer.status, answer.body.replace("<main", f"{planted}<main"), "text/html", answer.headers)
    seen = show(browser, answer)
    assert any("Content Security Policy" in line for line in seen.said)
    assert not any(line.startswith("dialog") for line in seen.said)
    assert not any("evil" in loaded for loaded in seen.loaded)


def test_a_script_that_got_in_all_the_same_would_not_run(browser: Browser) -> None:
    answer = hostile_page()
    body = answer.body.replace("</main>", "</main><script>document.title = 'pwned'; alert(1)</script>")
    with open_page(browser) as (page, seen):
        page.route("**/*", lambda route: route.fulfill(body=body, headers=answer.headers, content_type="text/html"))
        page.goto(HOST)
        assert page.title() != "pwned"
    assert any("script" in line and "Content Security Policy" in line for line in seen.said)
    assert not any(line.startswith("dialog") for line in seen.said)


def test_the_key_in_the_address_is_told_to_nobody(browser: Browser) -> None:
    answer = hostile_page(code="the-function-key")
    told: list[dict[str, str]] = []

    def serve(route: Route) -> None:
        told.append(route.request.all_headers())
        route.fulfill(body=answer.body, headers=answer.headers, content_type="text/html; charset=utf-8")

    with open_page(browser) as (page, _):
        page.route("**/*", serve)
        page.goto(f"{HOST}/api/dashboard?code=the-function-key")
        page.get_by_role("link", name="Read anew").click()
        page.wait_for_url("**/dashboard?code=the-function-key")
    assert len(told) == 2
    assert not any("the-function-key" in str(headers) or "referer" in headers for headers in told)


def test_a_key_that_came_in_a_header_is_not_on_the_page() -> None:
    assert "code=" not in hostile_page().body
    assert 'name="code"' not in hostile_page().body


def test_nothing_secret_is_on_the_page_whatever_went_wrong(new_small_estate: NewEstate) -> None:
    secrets = {"CLUEDIN_PASSWORD": "a-wrong-password", "WEBHOOK_SECRETS": "a-webhook-secret"}
    estate = new_small_estate(**secrets)
    estate.act("tag", asset="Products", term=TERM)
    estate.sync()
    estate.app.create_data_source_group.handle(b'{"password": "in-a-message"}')

    page = estate.app.dashboard.answer({}).body

    account_key = estate.storage.split("AccountKey=")[1].split(";")[0]
    for secret in (*secrets.values(), "in-a-message", account_key, SERVICE_ACCOUNT.password, "Bearer"):
        assert secret not in page
    assert "CluedIn gave no access token" in page

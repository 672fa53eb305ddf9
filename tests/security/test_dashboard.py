"""The page shows what others wrote, in a browser, to people who may do more than those: it stays text in each case."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from local.cluedin.seed import SERVICE_ACCOUNT
from local.stack import TERM
from sync_core.answer import HttpAnswer
from sync_core.assets.listed import listed_of
from sync_core.discovery.terms.recall_terms import KnownTerms
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.answer import asset_answer, dashboard_answer
from sync_core.operations.dashboard.asset_page import to_asset_view
from sync_core.operations.dashboard.buttons import Acting, Buttons
from sync_core.operations.dashboard.links import KEPT, Links
from sync_core.operations.dashboard.view import to_view
from sync_core.operations.facts import Page
from sync_core.operations.status import parse_filter
from sync_core.runs.action_log import ActionRecord
from sync_core.safe_text import one_line
from tests.chromium import Seen, open_page, run_chromium
from tests.kit.estate import Estate, NewEstate
from tests.kit.lineage_bench import LineageBench
from tests.security.names import NAMES
from tests.unit.sync_core.builders import (
    NOW,
    PORTALS,
    make_data_set,
    make_dead_job,
    make_deferred,
    make_facts,
    make_letter,
    make_reading,
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
OUT = ("https://web.purview.azure.com/resource/contoso/main/catalog/entity?guid=", f"{PORTALS.cluedin}/admin/")
HOSTILE = {**NAMES, **LONG}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with run_chromium() as browser:
        yield browser


def acting(text: str, query: Mapping[str, str]) -> Acting:
    """What a person with a hostile name may do, and has done."""
    return Acting(Buttons(bytes(32), NOW, Links(query).here(), None), acted_as(text))


def acted_as(text: str) -> ActionRecord:
    """What a person with a hostile name has done."""
    return ActionRecord(id="1", at=NOW, by=text, action="close", target=text, outcome="refused", reasons=[text])


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
            collection_id=text,
            terms=["term", text],
            reason=text,
            synced_name=f"former {text}",
            last_error=text,
        )
        for text in texts
    ]
    data_sets = [
        make_data_set(text, asset_key=asset.key, asset_qualified_name=text, entity_type=f"/{text}", notes=[text])
        for text, asset in zip(texts, assets, strict=True)
    ]
    wanted = parse_filter({})
    reading = make_reading(
        *assets,
        wanted=wanted,
        sources={asset.key: listed_of(asset) for asset in assets},
        terms=KnownTerms({"term": texts[0]}),
        collections={text: text for text in texts},
        deferred=[make_deferred(text, is_hidden=True, name=text, reason=text) for text in texts],
        actions=[acted_as(text) for text in texts],
        data_sets=Page(data_sets, texts[0]),
        dead_letters=[make_letter(text, cause=text, cause_class=text) for text in texts],
        runs=[make_run(counts={text: 1}, requests={text: 1}, notes=[text], error=text) for text in texts],
        notifications={text: LastNotification(title=text, body=text, sent_at=NOW, error=text) for text in texts},
    )
    return dashboard_answer(to_view(reading, wanted, Links(query), PORTALS), acting("".join(texts), query))


def hostile_asset_page(**query: str) -> HttpAnswer:
    """The page of an asset of which each text that comes from others is hostile."""
    texts = list(HOSTILE.values())
    proof = dict.fromkeys(("group_id", "source_id", "type_name", "reason", "collection_id", "synced_name"), texts[0])
    record = make_synced_record("".join(texts), terms=texts, retired_at=NOW, status="retired", **proof)
    data_sets = [make_data_set(text, data_set_id=text, keys=texts, entity_type=f"/{text}") for text in texts]
    facts = make_facts(
        data_sets=Page(data_sets),
        jobs={record.key: make_dead_job(last_error=texts[-1])},
        dead_letters=[make_letter(record.key, cause=texts[0])],
        terms=KnownTerms({texts[0]: texts[1]}),
    )
    view = to_asset_view(record, facts, Links(query), PORTALS)
    return asset_answer(view, acting(texts[0], query))


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


@pytest.mark.parametrize("answer", [hostile_page(), hostile_asset_page()], ids=["all", "one asset"])
def test_whatever_comes_from_others_is_text_in_every_place_of_the_page(answer: HttpAnswer) -> None:
    document = read_html(answer.body)
    harmless = read_html(dashboard_answer(to_view(make_reading(), parse_filter({}), Links({}), PORTALS)).body)
    assert document.problems == []
    assert document.names - harmless.names <= {
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "svg", "path", "rect", "text", "g"),
        *("article", "details", "summary", "code", "br", "time", "h3", "nav", "b", "title", "ul", "li"),
        *("select", "option", "dl", "dt", "dd"),
    }
    attributes = {name for element in document.elements for name in element.attributes}
    assert not {name for name in attributes if name.startswith(("on", "auto", "style"))} - {"autocomplete"}
    assert all(link.startswith(("?", "#", "status", "data:,", *OUT)) for link in document.values("href"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", document.text)
    assert "\u0301" * 5 not in document.text  # a tower of accents would be drawn over the lines above it


def test_a_browser_runs_loads_and_complains_about_nothing_of_it(browser: Browser) -> None:
    for width in (360, 1280):
        for page in (hostile_page, hostile_asset_page):
            seen = show(browser, page(code="a'\"><key>"), width=width)
            assert seen.said == []
            assert seen.loaded == [f"{HOST}/api/dashboard"]


@pytest.mark.parametrize("parameter", [*KEPT, "asset"])
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


@pytest.mark.parametrize("where", ["Purview", "CluedIn"])
def test_a_link_that_leads_out_tells_neither_the_key_nor_where_it_came_from(browser: Browser, where: str) -> None:
    record = make_synced_record(guid="1b5cd6b6-3a52-4c1b-8d8c-0c8d3a9e9c11")
    wanted = parse_filter({})
    links = Links({"code": "the-function-key"})
    answer = dashboard_answer(to_view(make_reading(record, wanted=wanted), wanted, links, PORTALS))
    told: list[Any] = []

    def serve(route: Route) -> None:
        told.append((route.request.url, route.request.all_headers()))
        route.fulfill(body=answer.body, headers=answer.headers, content_type="text/html; charset=utf-8")

    with open_page(browser) as (page, _):
        page.route("**/*", serve)
        page.goto(f"{HOST}/api/dashboard?code=the-function-key")
        page.get_by_role("link", name=re.compile(f"^{where}|data sources in {where}")).first.click()
        page.wait_for_url(lambda url: not url.startswith(HOST))
        assert page.evaluate("window.opener === null && document.referrer === ''")
    address, headers = told[-1]
    assert address.startswith(OUT)
    assert "the-function-key" not in f"{address}{headers}"
    assert "referer" not in headers


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

"""The pages as HTML: well formed, complete in themselves, and usable without sight."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from sync_core.absence.approval import ApprovalNeeded
from sync_core.answer import HttpAnswer
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.answer import (
    asset_answer,
    dashboard_answer,
    no_such_asset_answer,
    refused_answer,
    unavailable_answer,
)
from sync_core.operations.dashboard.asset_page import to_asset_view
from sync_core.operations.dashboard.buttons import NO_ACTING, Acting, Buttons
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.render import style_source
from sync_core.operations.dashboard.view import to_view
from sync_core.operations.explain.findings import Cause, Explained, Explanation, Finding, Weight
from sync_core.operations.facts import Page
from sync_core.operations.status import parse_filter
from sync_core.runs.action_log import ActionRecord
from tests.unit.sync_core.builders import (
    NOW,
    PORTALS,
    make_data_set,
    make_dead_job,
    make_facts,
    make_job,
    make_letter,
    make_reading,
    make_record,
    make_run,
    make_synced_record,
)
from tests.unit.sync_core.operations.dashboard.html import Document, read_html

OUT = (PORTALS.asset(str(UUID(int=1)))[:40], PORTALS.cluedin)
ACTING = Acting(Buttons(bytes(32), NOW))
ACTED = replace(ACTING, acted=ActionRecord(id="1", at=NOW, by="Ada", action="replay", outcome="done", done=1, left=1))
NEEDED = ApprovalNeeded(assets=40, of=90, since=NOW, examples=["Orders"])
FAILED = make_record("Given up", status=AssetStatus.FAILED)
EMPTY: dict[str, Any] = {"toggle": None, "runs": []}
ASSETS = (
    *(make_record(status, status=status, reason="So it is.") for status in AssetStatus),
    make_synced_record(group_origin="created", source_origin="adopted"),
)
FULL: dict[str, Any] = {
    "data_sets": Page([make_data_set(), make_data_set("Unmapped", entity_type="", keys=[])], "more"),
    "jobs": {make_record(AssetStatus.FAILED).key: make_job(last_error="It failed.")},
    "dead_letters": [make_letter()],
    "runs": [make_run(started_at=NOW - timedelta(minutes=number), counts={"new": number}) for number in range(9)],
    "reconciliations": [make_run()],
    "notifications": {"x": LastNotification(title="Data source created", body="b", sent_at=NOW, error="no")},
}


def answer(
    *assets: AssetRecord, query: Mapping[str, str] = {}, acting: Acting = NO_ACTING, **fields: Any
) -> HttpAnswer:
    wanted = parse_filter(query, 25)
    reading = make_reading(*assets, wanted=wanted, **fields)
    return dashboard_answer(to_view(reading, wanted, Links(query), PORTALS), acting)


def page(*assets: AssetRecord, query: Mapping[str, str] = {}, **fields: Any) -> Document:
    return read_html(answer(*assets, query=query, **fields).body)


def own_answer(
    record: AssetRecord, query: Mapping[str, str] = {}, acting: Acting = NO_ACTING, **fields: Any
) -> HttpAnswer:
    view = to_asset_view(record, make_facts(**fields), Links(query), PORTALS)
    return asset_answer(view, acting)


def explained_answer() -> HttpAnswer:
    found = (
        Finding(Cause.TAGGED, Weight.WELL, "It carries the term."),
        Finding(Cause.HIDDEN, Weight.IN_THE_WAY, "Purview hides it.", "403", "Give the role Data Reader."),
    )
    told = Explanation("it", found[:1], (Explained("guid", None, found[1:]),), "token")
    view = to_asset_view(ASSETS[-1], make_facts(), Links({"code": "k"}), PORTALS, explanation=told)
    return asset_answer(view)


ANSWERS = {
    "empty": answer(**EMPTY),
    "full": answer(*ASSETS, query={"code": "k", "search": "e", "after": "0-0"}, **FULL),
    "asset": own_answer(ASSETS[-1], {"code": "k"}, data_sets=FULL["data_sets"], jobs={ASSETS[-1].key: make_dead_job()}),
    "acting": answer(*ASSETS, acting=ACTING, **FULL, approval_needed=NEEDED),
    "acting on an asset": own_answer(ASSETS[-1], acting=ACTED, **FULL),
    "acting on a dead letter": own_answer(FAILED, acting=ACTING, dead_letters=[make_letter(FAILED.key)]),
    "explained": explained_answer(),
    "no such asset": no_such_asset_answer({"code": "k", "asset": "x"}),
    "refused": refused_answer({"code": "k"}, ValueError("no")),
    "unavailable": unavailable_answer({"code": "k"}, ValueError("no")),
}
"""One of each kind of page; `test_looks.py` shows them in a browser."""
PAGES = {name: read_html(answer.body) for name, answer in ANSWERS.items()}
EACH = pytest.mark.parametrize("document", PAGES.values(), ids=PAGES)


@EACH
def test_every_element_is_closed_and_every_id_is_there_once(document: Document) -> None:
    assert document.problems == []
    ids = [element.attributes["id"] for element in document.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert all(part in ids for part in document.values("aria-labelledby"))


@EACH
def test_a_page_needs_nothing_else_and_runs_nothing(document: Document) -> None:
    assert {"script", "iframe", "object", "img", "base"} & document.names == set()
    attributes = {name for element in document.elements for name in element.attributes}
    assert not {name for name in attributes if name.startswith(("on", "style", "http-equiv"))}
    assert all(link.startswith(("?", "#", "status?", "data:,", *OUT)) for link in document.values("href"))
    assert not re.search(r"url\(|@import|https?://", document.text_of("style")[0])


@EACH
def test_a_page_tells_its_language_its_parts_and_its_heads(document: Document) -> None:
    assert document.values("lang") == ["en"]
    assert {"header", "main", "h1", "title"} <= document.names
    assert document.count("h1") == document.count("main") == 1
    assert document.values("name", of="meta") == ["viewport", "color-scheme", "robots"]


def test_every_table_has_a_caption_and_heads_for_rows_and_columns() -> None:
    full = PAGES["full"]
    assert full.count("table") == full.count("caption") == 5
    scopes = full.values("scope", of="th")
    assert len(scopes) == full.count("th")
    assert scopes.count("row") == len(ASSETS) + 9 + 1 + 1


@EACH
def test_a_link_that_leads_out_takes_nothing_along(document: Document) -> None:
    for element in document.elements:
        if element.attributes.get("href", "").startswith("http"):
            assert element.attributes["rel"] == "noreferrer noopener"
            assert "code=" not in element.attributes["href"]


def test_an_explanation_is_asked_for_told_and_goes_on() -> None:
    key = ASSETS[-1].key
    assert f"?code=k&asset={key}&explain=yes#explanation" in PAGES["asset"].values("href")
    explained = PAGES["explained"]
    assert "well It carries the term. in the way Purview hides it. 403" in explained.text
    assert "Do: Give the role Data Reader." in explained.text
    assert f"?code=k&asset={key}&explain=yes&next=token#explanation" in explained.values("href")


def test_a_drawing_has_its_words() -> None:
    told = PAGES["full"].values("aria-label", of="svg")
    words = [each for each in told if each.startswith("Lineage")]
    whole = "Lineage: Account.csv → Customer master → Customer master clues → Account"
    assert words == [whole, whole, *["Lineage: Account.csv → Unmapped"] * 2]
    assert [each.partition(":")[0] for each in told if each not in words] == [
        *["Records"] * 2,
        "Requests of the last 9 runs",
        "Seconds of the last 9 runs",
        "Requests of the last 1 run",
        "Seconds of the last 1 run",
    ]
    assert PAGES["full"].values("role", of="svg") == ["img"] * len(told)


def test_the_style_that_may_be_applied_is_the_one_that_is_there() -> None:
    for document in PAGES.values():
        (style,) = document.text_of("style")
        assert style_source() == f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def test_an_app_that_never_ran_says_what_comes() -> None:
    text = PAGES["empty"].text
    for words in (
        "No tick has run yet; the first one comes within a minute.",
        "No asset was selected yet.",
        "No data set was processed yet.",
        "No work was given up.",
        "No discovery has run yet",
    ):
        assert words in text


def test_the_full_page_tells_what_where_why_and_next() -> None:
    text = PAGES["full"].text
    dead_letter = make_letter()
    for words in (
        "on, keywords Sync to CluedIn",
        "Group 3, created",
        "It failed.",
        "Next: It was given up: a dead letter tells why.",
        "Next: Nothing until it is processed again.",
        "Account (/Infrastructure/Account)",
        "Columns to 2 vocabulary keys",
        "Id, Number → account.id",
        "Name → account.name",
        f"python -m sync_core replay --id {dead_letter.id}",
        "purview 1, storage 8",
        "4 earlier discoveries",
        "A notification could not be sent",
    ):
        assert words in text


def test_a_view_without_any_asset_says_so() -> None:
    assert "No asset is like that." in page(query={"state": "failed"}).text
    assert "No data set is like that." in page(query={"search": "x"}).text


def test_what_was_searched_for_and_the_choices_are_sent_along_with_the_form() -> None:
    query = {"code": "k", "search": '"x"', "state": "failed", "pageSize": "5", "after": "gone", "term": "t"}
    document = page(*ASSETS, query=query, **FULL)
    fields = {
        element.attributes["name"]: element.attributes["value"]
        for element in document.elements
        if element.name == "input"
    }
    assert fields == {"code": "k", "state": "failed", "pageSize": "5", "search": '"x"'}
    chosen = [element.attributes["value"] for element in document.elements if "selected" in element.attributes]
    assert chosen == ["t"]


def test_a_page_that_cannot_be_shown_tells_why_and_leads_on() -> None:
    answer = unavailable_answer({"code": "k", "state": "failed"}, ValueError("Settings\n- A: no\n- B: no"))
    assert (answer.status, answer.media_type, answer.headers["Retry-After"]) == (503, "text/html", "10")
    document = read_html(answer.body)
    assert "The state cannot be read" in document.text
    assert document.text_of("li") == ["Settings", "A: no", "B: no"]
    assert "?code=k&state=failed" in document.values("href")

    refused = refused_answer({"code": "k", "state": "x"}, ValueError("state is 'x'"))
    assert refused.status == 400
    assert "?code=k" in read_html(refused.body).values("href")

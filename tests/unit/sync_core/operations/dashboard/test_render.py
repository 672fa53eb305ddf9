"""The pages as HTML: well formed, complete in themselves, and usable without sight."""

import base64
import hashlib
import re
from datetime import timedelta

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.answer import dashboard_answer, refused_answer, unavailable_answer
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.render import style_source
from sync_core.operations.dashboard.view import to_view
from sync_core.operations.facts import Facts, Page
from sync_core.operations.status import parse_filter
from tests.unit.sync_core.builders import (
    NOW,
    make_data_set,
    make_facts,
    make_job,
    make_letter,
    make_record,
    make_run,
    make_synced_record,
)
from tests.unit.sync_core.operations.dashboard.html import Document, read_html

EMPTY = make_facts(toggle=None, runs=[])
FULL = make_facts(
    *(make_record(status, status=status, reason="So it is.") for status in AssetStatus),
    make_synced_record("Account.csv", group_origin="created", source_origin="adopted"),
    data_sets=Page([make_data_set(), make_data_set("Unmapped", entity_type="", keys=[])], "more"),
    jobs={make_record(AssetStatus.FAILED).key: make_job(last_error="It failed.")},
    dead_letters=[make_letter()],
    runs=[make_run(started_at=NOW - timedelta(minutes=number), counts={"new": number}) for number in range(9)],
    reconciliations=[make_run()],
    notifications={"x": LastNotification(title="Data source created", body="b", sent_at=NOW, error="no")},
)


def page(facts: Facts, **query: str) -> Document:
    source = make_record()
    view = to_view(facts, {source.key: source}, parse_filter(query, 25), Links(query))
    return read_html(dashboard_answer(view).body)


PAGES = {
    "empty": page(EMPTY),
    "full": page(FULL, code="k", search="it", after="k1"),
    "refused": read_html(refused_answer({"code": "k"}, ValueError("no")).body),
    "unavailable": read_html(unavailable_answer({"code": "k"}, ValueError("no")).body),
}
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
    assert all(link.startswith(("?", "#", "status?", "data:,")) for link in document.values("href"))
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
    assert scopes.count("row") == len(FULL.assets.items) + 9 + 1 + 1


def test_a_drawing_has_its_words() -> None:
    words = [each for each in PAGES["full"].values("aria-label", of="svg") if each]
    whole = "Lineage: Account.csv → Customer master → Customer master clues → Account"
    assert words == [whole, whole, *["Lineage: Account.csv → Unmapped"] * 2]
    assert PAGES["full"].values("role", of="svg") == ["img"] * 4


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
        "Source 1, adopted",
        "It failed.",
        "Next: It was given up: a dead letter tells why.",
        "Next: Nothing until it is processed again.",
        "Account (/Infrastructure/Account), 2 vocabulary keys",
        f"python -m sync_core replay --id {dead_letter.id}",
        "purview 1, storage 8",
        "4 earlier discoveries",
        "A notification could not be sent",
    ):
        assert words in text


def test_a_view_without_any_asset_says_so() -> None:
    assert "No asset is like that." in page(EMPTY, state="failed").text
    assert "No data set is like that." in page(EMPTY, search="x").text


def test_what_was_searched_for_and_the_choices_are_sent_along_with_the_form() -> None:
    document = page(FULL, code="k", search='"x"', state="failed", pageSize="5", after="gone")
    fields = {
        element.attributes["name"]: element.attributes["value"]
        for element in document.elements
        if element.name == "input"
    }
    assert fields == {"code": "k", "state": "failed", "pageSize": "5", "search": '"x"'}


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

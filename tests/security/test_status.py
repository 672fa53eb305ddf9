"""What a caller of `status` sends is data: it reaches no query of storage as a part of it, and no page as markup."""

import json

import pytest

from local.stack import TERM
from sync_core.app import App
from sync_core.operations.status import Status
from tests.kit.estate import Estate
from tests.kit.settings import settings_of

INJECTED = [
    "x' or PartitionKey ne '",
    "' or 1 eq 1 or '",
    "zzzz') or (RowKey ge '",
    "\x00",
    "k" * 20_000,
    "a/b\\c#d?e",
    "%27%20or%20true",
]


@pytest.fixture
def report() -> Status:
    """A report that has no storage to ask."""
    return App(settings_of("http://127.0.0.1:9", "http://127.0.0.1:9", "UseDevelopmentStorage=true")).status


@pytest.mark.parametrize("parameter", ["after", "afterDataSet"])
@pytest.mark.parametrize("value", INJECTED, ids=range(len(INJECTED)))
def test_a_key_that_can_be_none_is_refused(report: Status, parameter: str, value: str) -> None:
    answer = report.answer({parameter: value})
    assert (answer.status, answer.media_type) == (400, "application/problem+json")
    assert json.loads(answer.body)["parameter"] == parameter


def test_texts_with_quotes_are_one_text_to_storage(small_estate: Estate) -> None:
    name = "O'Neil's \"sales\""
    small_estate.act("add_asset", name=name, qualifiedName="https://x.example/o'neil", terms=[TERM])
    small_estate.tick()
    keys = sorted(record.key for record in small_estate.records())
    for after in ("x' or PartitionKey ne '", "' or true or '", "' or RowKey ge '"):
        assert [record.key for record in small_estate.app.assets.after(after)] == [key for key in keys if key > after]
    for text in ("O'Neil", "' or 1 eq 1 or '", '"sales"', "\x00", "<script>"):
        shown = small_estate.status(search=text)["assets"]["items"]
        assert [item["name"] for item in shown] == ([name] if text in name else [])


@pytest.mark.parametrize("size", ["0", "1001", "-1", "1e3", "²", "٣٣٣٣٣", "9" * 5000, "", "1;2", " 7"])
def test_a_page_size_that_is_none_is_refused(report: Status, size: str) -> None:
    answer = report.answer({"pageSize": size})
    assert answer.status == 400
    assert json.loads(answer.body)["parameter"] == "pageSize"


def test_what_is_refused_is_shown_as_text_of_one_line(report: Status) -> None:
    answer = report.answer({"state": "<script>alert(1)</script>\r\nSet-Cookie: a=b"})
    assert (answer.status, answer.media_type) == (400, "application/problem+json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "\n" not in json.loads(answer.body)["detail"]
    assert not any("Set-Cookie" in f"{name}{value}" for name, value in answer.headers.items())

"""`POST dashboard`: a button that the page has shown is done once; anything else writes nothing."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.retire import APPROVAL, NEEDED
from sync_core.answer import HttpAnswer
from sync_core.assets.record import AssetStatus
from sync_core.operations.actions.parse import Person
from sync_core.runs.action_log import ActionOutcome
from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import Estate, NewEstate
from tests.unit.sync_core.operations.dashboard.html import Document, read_html

REFUSED = {"errors": [{"message": "400: no such type"}], "data": None}
FORM = "application/x-www-form-urlencoded"
OUR_PAGE = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin", "Origin": "null"}
ADA = Person("ada@example.com", is_signed_in=True)


def show(estate: Estate, signed_in: Person | None = None, **query: str) -> Document:
    answer = estate.app.dashboard.answer(query, signed_in)
    assert answer.status == 200
    return read_html(answer.body)


def buttons(document: Document) -> dict[str, str]:
    """Return what the buttons of a page send, by what they are called."""
    found = [each.attributes for each in document.elements if each.name == "button"]
    return {str(each["aria-label"]): str(each["value"]) for each in found if each.get("form") == "act"}


def press(estate: Estate, value: str, signed_in: Person | None = None, **options: Any) -> HttpAnswer:
    headers = options.pop("headers", OUR_PAGE)
    query = options.pop("query", {})
    body = urlencode({"do": value, "by": "Ada", **options}).encode()
    return estate.app.act.answer(headers, query, body, signed_in)


def give_up_one(estate: Estate) -> str:
    """Let one asset be given up, and return its key."""
    estate.cluedin_fault(CREATE_SOURCE, status=200, body=REFUSED, times=2)  # both together, and one of them alone
    estate.sync()
    estate.deliver_again()
    (dead_letter,) = estate.app.dead_letters.all()
    return dead_letter.id


def value_of(estate: Estate, label: str, **query: str) -> str:
    (found,) = {value for name, value in buttons(show(estate, None, **query)).items() if name.startswith(f"{label}:")}
    return found


def asks_for_a_name(document: Document) -> bool:
    return any(each.attributes.get("name") == "by" for each in document.elements)


def wrote_nothing(estate: Estate, key: str) -> bool:
    return estate.app.action_log.latest(1) == [] and estate.app.dead_letters.load(key) is not None


def test_a_program_that_sends_a_button_of_the_page_acts(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    assert press(small_estate, value_of(small_estate, "Close"), headers={"Content-Type": FORM}).status < 400
    assert not wrote_nothing(small_estate, key)


def test_a_pressed_button_is_done_and_the_page_says_so(small_estate: Estate) -> None:
    key = give_up_one(small_estate)

    answer = press(small_estate, value_of(small_estate, "Replay"), query={"code": "k/e y", "state": "failed"})

    link = urlsplit(answer.headers["Location"])
    query = {name: value for name, (value,) in parse_qs(link.query).items()}
    assert (answer.status, link.scheme, link.netloc, link.path) == (303, "", "", "")
    assert (query["code"], query["state"]) == ("k/e y", "failed")
    page = show(small_estate, None, **query)
    assert "Replay: done" in page.text
    assert f"id {key}, by Ada: done to 1" in page.text
    small_estate.work()
    assert small_estate.record(key).status is AssetStatus.SYNCED


def test_to_press_twice_does_it_once(small_estate: Estate) -> None:
    give_up_one(small_estate)
    small_estate.clear_queue()
    value = value_of(small_estate, "Replay")

    assert [press(small_estate, value).status for _ in range(2)] == [303, 303]
    assert len(small_estate.messages()) == 1


def test_what_cannot_be_done_is_told_on_the_page_with_the_reason(small_estate: Estate) -> None:
    give_up_one(small_estate)
    value = value_of(small_estate, "Close")
    press(small_estate, value_of(small_estate, "Replay"))
    small_estate.work()

    answer = press(small_estate, value)

    (_, acted) = answer.headers["Location"].split("acted=")
    page = show(small_estate, acted=acted)
    assert "Close: refused" in page.text
    assert "There is no open letter" in page.text


def test_an_asset_is_looked_at_again_by_a_button_on_its_own_page(small_estate: Estate) -> None:
    small_estate.sync()
    record = small_estate.record_of("Customers")
    own = {"asset": record.guid, "code": "k"}

    answer = press(small_estate, value_of(small_estate, "Resync", **own), query=own)

    query = {name: value for name, (value,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    page = show(small_estate, None, **query)
    assert "Resync: done" in page.text
    assert page.text_of("h2")[1].startswith("Customers queued")
    small_estate.work()
    assert small_estate.record(record.key).status is AssetStatus.SYNCED


def test_a_dead_letter_is_closed_and_brought_back_on_the_page_of_its_asset(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    own = {"asset": key}
    assert {name.partition(":")[0] for name in buttons(show(small_estate, None, **own))} == {"Replay", "Close"}

    press(small_estate, value_of(small_estate, "Close", **own), query=own)

    page = show(small_estate, None, **own)
    assert "Next: Nothing: a person closed its dead letter." in page.text
    assert [name.partition(":")[0] for name in buttons(page)] == ["Replay"]
    assert "Next: Nothing: a person closed its dead letter." in show(small_estate).text
    press(small_estate, value_of(small_estate, "Replay", **own), query=own)
    small_estate.work()
    assert small_estate.record(key).status is AssetStatus.SYNCED


def test_a_name_is_asked_for_only_where_there_is_a_button(small_estate: Estate) -> None:
    small_estate.sync()
    record = small_estate.record_of("Customers")
    assert not asks_for_a_name(show(small_estate))
    assert asks_for_a_name(show(small_estate, asset=record.key))
    small_estate.app.assets.change(record.key, lambda one: one.model_copy(update={"status": AssetStatus.RETIRED}))
    assert not asks_for_a_name(show(small_estate, asset=record.key))
    assert not buttons(show(small_estate, asset=record.key))


def test_what_was_not_done_leads_back_to_the_page_where_it_was_asked_for(small_estate: Estate) -> None:
    answer = press(small_estate, "forged", query={"asset": "an-asset", "code": "k"})
    assert "?code=k&asset=an-asset" in read_html(answer.body).values("href")


def test_a_large_retirement_is_approved_by_a_button(small_estate: Estate) -> None:
    now = small_estate.app.runtime.now()
    small_estate.app.approvals.save(NEEDED, ApprovalNeeded(assets=40, of=90, since=now, examples=["Orders"]))

    press(small_estate, value_of(small_estate, "Approve for a day"))

    approval = small_estate.app.approvals.load(Approval, APPROVAL)
    assert approval is not None
    assert (approval.assets, approval.by) == (40, "Ada")
    assert approval.expires_at - approval.given_at == timedelta(days=1)


def test_whoever_is_signed_in_is_not_asked_and_acts_under_no_other_name(small_estate: Estate) -> None:
    give_up_one(small_estate)
    page = show(small_estate, ADA)
    assert "You act as ada@example.com" in page.text
    assert not [each for each in page.elements if each.attributes.get("name") == "by"]
    (value,) = {value for name, value in buttons(page).items() if name.startswith("Close")}

    assert press(small_estate, value, ADA, by="Grace").status == 303

    (record,) = small_estate.app.action_log.latest(1)
    assert (record.by, record.is_signed_in, record.outcome) == ("ada@example.com", True, ActionOutcome.DONE)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"by": ""}, 400),
        ({"by": "a" * 201}, 400),
        ({"headers": {**OUR_PAGE, "Content-Type": "text/plain"}}, 415),
        ({"headers": {**OUR_PAGE, "Content-Type": "application/json"}}, 415),
        ({"padding": "a" * 70_000}, 413),
    ],
)
def test_what_is_wrong_with_a_form_is_told_and_nothing_is_written(
    small_estate: Estate, options: dict[str, Any], status: int
) -> None:
    key = give_up_one(small_estate)
    answer = press(small_estate, value_of(small_estate, "Close"), **options)
    assert (answer.status, answer.media_type) == (status, "text/html")
    assert "Nothing was done" in read_html(answer.body).text
    assert wrote_nothing(small_estate, key)


def test_all_processes_know_the_buttons_of_each(new_small_estate: NewEstate) -> None:
    one, other = new_small_estate(), new_small_estate()
    give_up_one(one)
    assert press(other, value_of(one, "Close")).status == 303
    assert list(one.app.dead_letters.all()) == []


def test_to_drop_the_key_voids_the_pages_that_are_open(new_small_estate: NewEstate) -> None:
    before = new_small_estate()
    give_up_one(before)
    value = value_of(before, "Close")
    before.app.notes("form").delete("form-key")
    after = new_small_estate()
    assert press(after, value).status == 403
    assert press(after, value_of(after, "Close")).status == 303


@pytest.mark.parametrize("acted", ["", "nothing", "99999999999999-nothing", "../x", "'"])
def test_an_address_that_names_no_action_tells_of_none(small_estate: Estate, acted: str) -> None:
    assert "done to" not in show(small_estate, acted=acted).text

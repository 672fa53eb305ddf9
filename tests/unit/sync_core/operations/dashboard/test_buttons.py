"""What a button of the page sends, and what is taken for one."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from sync_core.absence.approval import ApprovalKind
from sync_core.operations.actions.action import Action, Approve, Close, Replay, Resync
from sync_core.operations.actions.parse import Person
from sync_core.operations.dashboard.buttons import Buttons, parse_form
from tests.unit.sync_core.builders import NOW

BUTTONS = Buttons(bytes(32), NOW)
DATA_SET = "9f0c6f4e-3d2a-4a53-9d43-0b2a5c6d7e8f"
EACH = {
    BUTTONS.replay("0a1b"): Replay(id="0a1b"),
    BUTTONS.replay_all(): Replay(all=True),
    BUTTONS.close("unreadable-0a1b"): Close(id="unreadable-0a1b"),
    BUTTONS.approve("retirement", 40): Approve(kind=ApprovalKind.RETIREMENT, number=40),
    BUTTONS.resync_asset("a&b=c é"): Resync(asset="a&b=c é"),
    BUTTONS.resync_data_set(DATA_SET): Resync(data_set=DATA_SET),
}


@pytest.mark.parametrize(("value", "action"), EACH.items())
def test_each_button_asks_for_what_it_was_made_for(value: str, action: Action) -> None:
    (sent,) = parse_form(urlencode({"do": value}).encode()).values()
    assert BUTTONS.parse(sent) == action


@pytest.mark.parametrize("value", EACH)
def test_a_page_of_another_person_another_day_or_another_app_asks_for_nothing(value: str) -> None:
    others = [
        replace(BUTTONS, signed_in=Person("grace@example.com", is_signed_in=True)),
        replace(BUTTONS, now=NOW + timedelta(days=1)),
        replace(BUTTONS, key=b"1" * 32),
    ]
    assert [each.parse(value) for each in others] == [None] * 3


def test_a_button_that_was_changed_asks_for_nothing() -> None:
    value = BUTTONS.replay("0a1b")
    text, _, signature = value.partition("&signature=")
    changed = [
        "",
        "action=replay&all=true",
        text,
        f"{text}&signature=",
        f"action=replay&all=true&signature={signature}",
        f"{text}&id=b&signature={signature}",
        f"{value}&all=true",
        value.replace("0a1b", "0a1c"),
    ]
    assert [BUTTONS.parse(each) for each in changed] == [None] * len(changed)


@pytest.mark.parametrize("hostile", ["", "not a guid", "a b", "'><script>", "a" * 5000, "\x00"])
def test_there_is_no_button_for_what_no_action_takes(hostile: str) -> None:
    assert BUTTONS.resync_data_set(hostile) == BUTTONS.replay(hostile) == BUTTONS.close(hostile) == ""


@pytest.mark.parametrize("body", [b"", b"\xff", b"&" * 100, b"a=1&" * 100, b"do=%ff", b"{}", "do=é".encode()])
def test_what_is_no_form_has_no_fields(body: bytes) -> None:
    assert parse_form(body) == {}


def test_of_a_field_that_comes_twice_the_first_counts() -> None:
    assert parse_form(b"by=Ada&by=Grace") == {"by": "Ada"}

"""Whoever acts is who they say, did it on our own page, and leaves a trace."""

import json

import pytest

from sync_core.operations.actions.signed_in import find_signed_in
from sync_core.runs.action_log import ActionOutcome
from tests.integration.sync_core.operations.dashboard.test_act import (
    ADA,
    FORM,
    buttons,
    give_up_one,
    press,
    show,
    value_of,
    wrote_nothing,
)
from tests.kit.estate import Estate

SIGNED_IN = {"X-MS-CLIENT-PRINCIPAL-NAME": "ada@example.com", "X-MS-CLIENT-PRINCIPAL-ID": "0a1b"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": FORM, "Origin": "null"},
        {"Content-Type": FORM, "Origin": ""},
        {"Content-Type": FORM, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Content-Type": FORM, "Sec-Fetch-Site": "same-site"},
        {"Content-Type": FORM, "Origin": "https://evil.example", "Host": "app.example"},
    ],
)
def test_a_form_of_another_page_writes_nothing_though_it_has_the_right_signature(
    small_estate: Estate, headers: dict[str, str]
) -> None:
    key = give_up_one(small_estate)
    assert press(small_estate, value_of(small_estate, "Close"), headers=headers).status == 403
    assert wrote_nothing(small_estate, key)


def test_a_form_without_our_signature_writes_nothing(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    others = buttons(show(small_estate, ADA))
    forged = [
        "",
        f"action=close&id={key}",
        f"action=close&id={key}&signature={'1' * 10}.{'0' * 64}",
        next(value for name, value in others.items() if name.startswith("Close")),  # another person's
        value_of(small_estate, "Close").replace("close", "replay"),
    ]
    assert [press(small_estate, value).status for value in forged] == [403] * len(forged)
    assert wrote_nothing(small_estate, key)


def test_a_page_of_yesterday_asks_for_nothing(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    value = value_of(small_estate, "Close")
    small_estate.clock.advance(8 * 3600)
    assert press(small_estate, value).status == 403
    assert wrote_nothing(small_estate, key)


@pytest.mark.parametrize("media_type", [FORM, "multipart/form-data", "text/plain", ""])
def test_no_form_reaches_the_actions(small_estate: Estate, media_type: str) -> None:
    """These are what a page may send to another host without asking it first."""
    key = give_up_one(small_estate)
    body = json.dumps({"action": "close", "id": key, "by": "Ada"}).encode()
    assert small_estate.app.answer_actions.answer({"content-type": media_type}, body, ADA).status == 415
    assert wrote_nothing(small_estate, key)


@pytest.mark.parametrize("told", ["", "False", "false", "0"])
def test_a_header_makes_nobody_while_the_sign_in_is_off(told: str) -> None:
    assert find_signed_in(SIGNED_IN, {"WEBSITE_AUTH_ENABLED": told}) is None
    assert find_signed_in(SIGNED_IN, {}) is None


def test_an_action_is_noted_before_it_is_done(small_estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever dies in it leaves who asked for what."""
    key = give_up_one(small_estate)
    value = value_of(small_estate, "Replay")

    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    monkeypatch.setattr(type(small_estate.app.dead_letters), "replay", die)
    with pytest.raises(Died):
        press(small_estate, value)

    (begun,) = small_estate.app.action_log.latest(2)
    assert (begun.by, begun.target, begun.outcome) == ("Ada", f"id {key}", ActionOutcome.BEGUN)

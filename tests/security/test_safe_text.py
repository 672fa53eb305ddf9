"""What people named and what services said is made safe once, in the errors themselves."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_core.errors import ConfigError, RejectedError, SyncError, ThrottledError
from sync_core.safe_text import UNSEEN, one_line, safe_text

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (f"no: {JWT}", JWT),
        ("got Authorization: Bearer opaque-token-0123456789", "opaque-token-0123456789"),
        ("Authorization=Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("form was grant_type=password&username=u&password=Hunter2!x&client_id=acme", "Hunter2!x"),
        ("https://app.example/api/status?code=function-key-1", "function-key-1"),
        ("https://x.table.core.windows.net/t?sv=1&sig=abc%2Fdef%3D&se=2", "abc%2Fdef%3D"),
        ("AccountName=a;AccountKey=Zm9vYmFy==;EndpointSuffix=x", "Zm9vYmFy=="),
        (json.dumps({"request": {"access_token": "opaque-1", "refresh_token": "opaque-2"}}), "opaque-1"),
        (json.dumps({"request": {"access_token": "opaque-1", "refresh_token": "opaque-2"}}), "opaque-2"),
        (json.dumps({"inner": json.dumps({"password": "Hunter2!x"})}), "Hunter2!x"),
        ("login failed, user: sa, pwd: Hunter2!x", "Hunter2!x"),
        ("Server=db;User Id=sa;Pwd=Hunter2!x;", "Hunter2!x"),
        ("sent x-functions-key: key-of-a-function", "key-of-a-function"),
        ("API-Key :  0123456789", "0123456789"),
        ('argument password: "Hunter2 x" is refused', "Hunter2 x"),
        ("client_secret = 'Hunter2!x'", "Hunter2!x"),
        ("https://robot:Hunter2!x@mail.example/x", "Hunter2!x"),
    ],
)
def test_what_looks_like_a_secret_is_masked(said: str, hidden: str) -> None:
    assert hidden in said
    assert hidden not in str(SyncError(said))


@pytest.mark.parametrize(
    "said",
    [
        "Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD (a service account that does not use single sign-on).",
        "such as DefaultEndpointsProtocol=https;AccountName=..;AccountKey=..",
        "Microsoft Purview answered 404 ATLAS-404-00-005 to find_entity: no bearer token was the problem",
        "basic authentication is not supported; code: 17",
        "CluedIn answered 400 invalid_grant to password: \"robot\" is no user of 'acme'",
        "CluedIn answered 400 invalid_grant to refresh_token: 'acme' is gone",
        "Ünïcode 名前 👩‍👩‍👧 stays as it is",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(said: str) -> None:
    assert str(SyncError(said)) == said


def test_a_control_character_is_shown_and_not_sent() -> None:
    assert safe_text("a\r\nb\x00c\x1b[31m\u2028d\u202ee\ud800\x85") == r"a\r\nb\x00c\x1b[31m\u2028d\u202ee\ud800\x85"


@pytest.mark.parametrize("error", [SyncError, ConfigError, RejectedError, ThrottledError])
def test_no_error_carries_a_line_that_another_wrote(error: type[SyncError]) -> None:
    assert "\n" not in str(error("asset 'x\n[2026-01-01] ERROR forged' is refused"))


def test_problems_of_settings_stand_on_lines_of_their_own_but_cannot_make_any() -> None:
    assert str(ConfigError("Wrong:", ["A: found 'x\ny'", "B"])) == "Wrong:\n- A: found 'x\\ny'\n- B"


@given(st.text(st.characters()))
@settings(max_examples=300)
def test_any_text_becomes_one_that_can_be_sent_and_shown(text: str) -> None:
    line = one_line(text)
    assert not UNSEEN.search(line)
    assert len(line.splitlines()) <= 1
    assert line.encode() or not text
    assert safe_text(safe_text(text)) == safe_text(text)

import json
from collections.abc import Mapping

import pytest

from infra.scripts.azure import NotWellError, Run, Site
from infra.scripts.doctor import chosen_client_id, examine, format_findings, main

SITE = Site("rg", "func-sync")
HEALTH_URL = "https://func-sync.example.com/api/health"
FINDINGS = {
    "isWell": False,
    "findings": [
        {"check": "Storage", "isWell": True, "verdict": "PASS", "detail": "7 tables"},
        {"check": "Purview", "isWell": False, "verdict": "FAIL", "detail": "give it Data Reader"},
    ],
}


def get_key(arguments: list[str]) -> str:
    assert arguments[:3] == ["functionapp", "keys", "list"]
    return "the-key\n"


def get_token(arguments: list[str]) -> str:
    assert arguments[:4] == ["account", "get-access-token", "--scope", "api://the-client/.default"]
    return "the-token\n"


@pytest.mark.parametrize(
    ("client_id", "run", "header"),
    [
        ("", get_key, {"x-functions-key": "the-key"}),
        ("the-client", get_token, {"Authorization": "Bearer the-token"}),
    ],
)
def test_the_app_is_asked_with_its_own_key_or_by_whoever_is_signed_in(
    client_id: str, run: Run, header: dict[str, str]
) -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []

    def get(url: str, headers: Mapping[str, str]) -> tuple[int, str]:
        asked.append((url, headers))
        return 200, json.dumps(FINDINGS)

    assert examine(SITE, HEALTH_URL, client_id, run=run, get=get) == FINDINGS
    assert asked == [("https://func-sync.example.com/api/status?examine=true", header)]


def test_the_app_registration_counts_while_people_sign_in() -> None:
    assert chosen_client_id({"WEB_SIGN_IN": "entra", "WEB_SIGN_IN_CLIENT_ID": " the-client "}) == "the-client"
    assert chosen_client_id({"WEB_SIGN_IN": "key", "WEB_SIGN_IN_CLIENT_ID": "the-client"}) == ""
    assert chosen_client_id({}) == ""


def test_each_finding_says_what_was_seen_or_what_to_do() -> None:
    assert list(format_findings(FINDINGS)) == [
        "PASS Storage",
        "     7 tables",
        "FAIL Purview",
        "     give it Data Reader",
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((503, '{"detail": "PURVIEW_ENDPOINT: is not set"}'), "PURVIEW_ENDPOINT"),
        ((0, "refused"), "has not started"),
        ((401, ""), "--client-id"),
        ((302, "<html>"), "--client-id"),
    ],
)
def test_an_app_that_does_not_examine_itself_is_an_error_that_says_why(answer: tuple[int, str], told: str) -> None:
    with pytest.raises(NotWellError, match=told):
        examine(SITE, HEALTH_URL, "", run=get_key, get=lambda _url, _key: answer)


def test_the_names_must_be_given() -> None:
    with pytest.raises(SystemExit):
        main([])

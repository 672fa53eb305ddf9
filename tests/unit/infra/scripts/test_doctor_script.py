import json

import pytest

from infra.scripts.azure import NotWellError, Site
from infra.scripts.doctor import examine, format_findings, main

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


def test_the_app_is_asked_with_its_own_key() -> None:
    asked: list[tuple[str, str]] = []

    def get(url: str, key: str) -> tuple[int, str]:
        asked.append((url, key))
        return 200, json.dumps(FINDINGS)

    assert examine(SITE, HEALTH_URL, run=get_key, get=get) == FINDINGS
    assert asked == [("https://func-sync.example.com/api/status?examine=true", "the-key")]


def test_each_finding_says_what_was_seen_or_what_to_do() -> None:
    assert list(format_findings(FINDINGS)) == [
        "PASS Storage",
        "     7 tables",
        "FAIL Purview",
        "     give it Data Reader",
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [((503, '{"detail": "PURVIEW_ENDPOINT: is not set"}'), "PURVIEW_ENDPOINT"), ((0, "refused"), "has not started")],
)
def test_an_app_that_does_not_examine_itself_is_an_error_that_says_why(answer: tuple[int, str], told: str) -> None:
    with pytest.raises(NotWellError, match=told):
        examine(SITE, HEALTH_URL, run=get_key, get=lambda _url, _key: answer)


def test_the_names_must_be_given() -> None:
    with pytest.raises(SystemExit):
        main([])

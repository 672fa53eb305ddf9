"""How answers look: lines of text."""

import io
from typing import Any

import pytest
from rich.console import Console

from sync_core.answer import LARGEST_PAGE
from sync_core.commands import printing, show
from sync_core.commands.desk import read_answer
from sync_core.commands.exits import Exit, WrongRequestError, exit_of
from sync_core.errors import (
    ConfigError,
    NotFoundError,
    RejectedError,
    StateError,
    SyncError,
    TransientError,
    UnforeseenError,
)


def text_of(lines: Any) -> str:
    return "\n".join(line.lead + line.text for line in lines)


STATUS: dict[str, Any] = {
    "sync": {"enabled": True, "keywords": "Sync to CluedIn"},
    "lineage": {"enabled": False},
    "counts": {"synced": 2, "failed": 1},
    "countedAt": "2026-11-30T10:00:00+00:00",
    "openDeliveries": 3,
    "approvalNeeded": {"assets": 8, "of": 10},
    "deadLetters": [{}],
    "throttles": [{"service": "cluedin", "until": "2026-11-30T10:05:00+00:00"}],
    "deferred": [{"kind": "term", "id": "t1", "reason": "It is a draft."}],
    "runs": [
        {"outcome": "failed", "startedAt": "2026-11-30T10:00:00+00:00", "counts": {}, "requests": {}, "error": "No."}
    ],
    "reconciliations": [],
    "assets": {
        "items": [{"status": "failed", "name": "A", "qualifiedName": "q://a", "lastError": "refused"}],
        "next": "k",
    },
    "dataSets": {"items": [{"status": "queued", "name": "", "dataSetId": "d1"}], "next": None},
    "webhookProblem": "Deliveries come without a body.",
}


def test_the_status_tells_what_stands_and_what_waits_for_a_person() -> None:
    told = text_of(show.status(STATUS))
    for part in (
        "Sync: on, keywords Sync to CluedIn",
        "Lineage: off",
        "Assets: 2 synced, 1 failed, counted at 2026-11-30 10:00 UTC",
        "python -m sync_core approve retirement 8 --by NAME",
        "cluedin asked to be left alone until 2026-11-30 10:05 UTC",
        "Cannot be read: term t1: It is a draft.",
        "failed  2026-11-30 10:00 UTC; none; requests: none\n    No.",
        "failed  A (q://a)\n    refused",
        "There are more",
        "queued  d1",
        "Deliveries come without a body.",
    ):
        assert part in told


def test_a_plan_of_thousands_shows_the_first_of_each_act_and_counts_all() -> None:
    acts = ["create"] * 10_000 + ["retire"] * 3
    assets = [
        {"act": act, "name": f"a{number}", "qualifiedName": "q", "groupName": "", "isClash": False, "why": ""}
        for number, act in enumerate(acts)
    ]
    whole = {"keywords": ["*"], "terms": [], "counts": {"create": 10_000, "retire": 3}, "leftOut": [], "notes": []}
    cost = {"requests": {"purview": 100}, "seconds": {}, "governed": None, "wouldBeGoverned": None}
    told = text_of(show.plan({**whole, **cost, "assets": assets})).splitlines()
    assert len(told) < 70
    assert "create and 9,950 more; --json has all" in told
    assert "retire a10002 (q)" in told
    assert any(line.endswith(" 10000") for line in told)
    differ = [{**one, "found": "it is not recorded"} for one in assets]
    told = text_of(show.differences({"planned": len(differ), "differences": differ})).splitlines()
    assert (len(told), told[-1]) == (50 + 1 + 3 + 1, "0 of 10003 assets went as planned")


def test_dead_letters_say_where_there_may_be_more() -> None:
    letter = {"id": "a", "causeClass": "config", "subject": "A", "lastSeenAt": "", "cause": "No."}
    assert "There may be more" in text_of(show.dead_letters({"deadLetters": [letter] * LARGEST_PAGE}))
    assert "more" not in text_of(show.dead_letters({"deadLetters": [letter]}))


def test_what_cannot_be_replayed_is_named() -> None:
    told = text_of(show.replayed({"status": "done", "done": 2, "refused": ["x: no"]}))
    assert told == "x: no\n2 of 3 dead letters are on their queue again"


def test_no_name_forges_a_line_or_rules_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(printing, "_console", lambda **_: Console(file=out))
    hostile = "a\nPASS all\x1b[2J\u202e[bold red]:smile:"
    printing.print_lines([show.Line(hostile, lead=hostile)])
    printing.print_json({"name": hostile})
    assert out.getvalue() == (
        "a\\nPASS all\\x1b[2J\\u202e[bold red]:smile:" * 2
        + '\n{\n  "name": "a\\nPASS all\\u001b[2J\\u202e[bold red]:smile:"\n}\n'
    )


@pytest.mark.parametrize("is_terminal", [True, False])
def test_who_waits_at_a_terminal_sees_that(monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool) -> None:
    beside = io.StringIO()
    monkeypatch.setattr(printing, "_console", lambda **_: Console(file=beside, force_terminal=is_terminal))
    with printing.waiting():
        pass
    assert ("Asking" in beside.getvalue()) is is_terminal


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WrongRequestError("x"), Exit.WRONG_USAGE),
        (ConfigError("x"), Exit.NO_ANSWER),
        (TransientError("x"), Exit.NO_ANSWER),
        (RejectedError("x"), Exit.NOT_DONE),
        (StateError("x"), Exit.NOT_DONE),
    ],
)
def test_how_a_command_ends_follows_from_its_error(error: SyncError, status: Exit) -> None:
    assert exit_of(error) is status


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"detail": "state is \'x\'"}', WrongRequestError),
        (400, "<html>", ConfigError),
        (401, "", ConfigError),
        (302, "", ConfigError),
        (404, "", ConfigError),
        (404, '{"detail": "There is no dead letter x."}', NotFoundError),
        (409, '{"detail": "The sync is off."}', RejectedError),
        (429, "", TransientError),
        (404, '{"detail": "No keyword names a term.", "parameter": "plan"}', NotFoundError),
        (500, "", TransientError),
        (500, '{"detail": "The plan: KeyError.", "causeClass": "bug"}', UnforeseenError),
        (502, '{"detail": "Purview refuses it.", "causeClass": "rejected"}', TransientError),
        (503, '{"detail": "Settings are missing."}', TransientError),
        (503, '{"detail": "Settings are missing.", "causeClass": "config"}', ConfigError),
        (200, "<html>", ConfigError),
        (200, "[]", ConfigError),
    ],
)
def test_an_answer_that_is_none_becomes_an_error(status: int, body: str, kind: type[SyncError]) -> None:
    with pytest.raises(kind):
        read_answer(status, body)

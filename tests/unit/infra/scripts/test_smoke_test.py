import json
from pathlib import Path

import pytest

from infra.scripts.smoke_test import (
    PAUSE_S,
    TRIES,
    SmokeError,
    SmokeTest,
    expected_functions,
    fetch,
    main,
    run_azure_cli,
)
from tests.unit.infra.template import REPOSITORY

EXPECTED = expected_functions((REPOSITORY / "function_app.py").read_text(encoding="utf-8"))
WELL = (200, '{"status": "healthy", "failing": []}')


class Azure:
    """Answers what a deployed app would, one answer after the other and then the last one again."""

    def __init__(self, listings: list[set[str]], healths: list[tuple[int, str]]) -> None:
        self._listings, self._healths = listings, healths
        self.commands: list[list[str]] = []
        self.slept_s: list[float] = []

    def run(self, arguments: list[str]) -> str:
        self.commands.append(arguments)
        if arguments[0] == "rest":
            raise SmokeError("the app is starting")
        names = self._listings.pop(0) if len(self._listings) > 1 else self._listings[0]
        return json.dumps([f"func-sync/{name}" for name in names])

    def get(self, url: str) -> tuple[int, str]:
        assert url == "https://func-sync.example.com/api/health"
        return self._healths.pop(0) if len(self._healths) > 1 else self._healths[0]

    def test(self) -> SmokeTest:
        url = "https://func-sync.example.com/api/health"
        return SmokeTest("rg-sync", "func-sync", url, self.run, self.get, self.slept_s.append)


def test_the_expected_functions_are_those_with_a_trigger() -> None:
    assert {"discover_assets", "create_data_source_group", "status", "health"} <= EXPECTED
    assert not [name for name in EXPECTED if name.startswith("_")]


def test_an_app_with_all_functions_and_good_health_passes_at_once() -> None:
    azure = Azure([EXPECTED], [WELL])
    azure.test().check()
    assert azure.slept_s == []


def test_a_listing_that_fills_up_is_waited_for_and_asked_to_sync() -> None:
    azure = Azure([set(), {"health"}, EXPECTED], [(503, '{"failing": ["storage"]}'), WELL])
    azure.test().check()
    assert azure.slept_s == [PAUSE_S] * 3
    syncs = [" ".join(command) for command in azure.commands if command[0] == "rest"]
    assert len(syncs) == 2
    assert "/resourceGroups/rg-sync/providers/Microsoft.Web/sites/func-sync/syncfunctiontriggers" in syncs[0]
    assert "{subscriptionId}" in syncs[0]


def test_a_missing_function_fails_by_name() -> None:
    azure = Azure([EXPECTED - {"discover_assets"}], [WELL])
    with pytest.raises(SmokeError, match=r"func-sync lists no discover_assets\."):
        azure.test().check()
    assert len(azure.slept_s) == TRIES - 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((503, '{"status": "unhealthy", "failing": ["settings"]}'), r"answers 503\. Failing: settings \(a setting"),
        ((503, '{"status": "unhealthy", "failing": ["new"]}'), r"Failing: new \(see GET status\)"),
        ((404, "<html>"), "has not started, or another app answers"),
        ((0, "timed out"), "answers 0"),
    ],
)
def test_bad_health_fails_with_what_to_do(answer: tuple[int, str], told: str) -> None:
    with pytest.raises(SmokeError, match=told):
        Azure([EXPECTED], [answer]).test().check()


def test_the_azure_cli_is_run_and_its_refusal_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SmokeError, match="not installed"):
        run_azure_cli(["version"])
    program = tmp_path / "az"
    program.write_text('#!/bin/sh\nif [ "$1" = fail ]; then echo "please log in" >&2; exit 1; fi\necho "[$2]"\n')
    program.chmod(0o755)
    assert run_azure_cli(["ok", "1"]) == "[1]\n"
    with pytest.raises(SmokeError, match="az fail failed: please log in"):
        run_azure_cli(["fail"])


def test_health_is_never_asked_over_plain_http() -> None:
    with pytest.raises(SmokeError, match="no https address"):
        fetch("http://func-sync.example.com/api/health")


def test_nothing_answering_is_not_an_error_of_ours() -> None:
    assert fetch("https://127.0.0.1:9/")[0] == 0


def test_what_is_missing_on_the_command_line_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME", "HEALTH_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit):
        main(["--app", "func-sync"])
    assert "--resource-group, --app and --health-url are needed" in capsys.readouterr().err


def test_the_command_ends_with_an_error_code_when_the_app_is_not_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--resource-group", "g", "--app", "a", "--health-url", "https://a/"]) == 1
    assert capsys.readouterr().err.startswith("NOT WELL: The Azure CLI")

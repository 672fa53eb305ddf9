import json
from pathlib import Path

import pytest

from infra.scripts.azure import NotWellError, Site, fetch, run_azure_cli
from infra.scripts.smoke_test import PAUSE_S, TRIES, SmokeTest, expected_functions, main
from tests.unit.infra.package import FUNCTIONS
from tests.unit.infra.template import REPOSITORY

EXPECTED = expected_functions((REPOSITORY / "function_app.py").read_text(encoding="utf-8"))
WELL = (200, '{"status": "healthy", "failing": []}')


class Azure:
    """Answers what a deployed app would, one answer after the other and then the last one again."""

    def __init__(self, listings: list[set[str]], healths: list[tuple[int, str]]) -> None:
        self._listings, self._healths = listings, healths
        self.commands: list[list[str]] = []
        self.slept_s: list[float] = []
        self.told: list[str] = []

    def run(self, arguments: list[str]) -> str:
        self.commands.append(arguments)
        if arguments[0] == "rest" and "syncfunctiontriggers" in arguments[-1]:
            raise NotWellError("the app is starting")
        if arguments[:2] != ["functionapp", "function"]:
            return ""
        names = self._listings.pop(0) if len(self._listings) > 1 else self._listings[0]
        return json.dumps([f"func-sync/{name}" for name in names])

    def get(self, url: str) -> tuple[int, str]:
        assert url == "https://func-sync.example.com/api/health"
        return self._healths.pop(0) if len(self._healths) > 1 else self._healths[0]

    def test(self) -> SmokeTest:
        url = "https://func-sync.example.com/api/health"
        site = Site("rg-sync", "func-sync")
        return SmokeTest(site, url, self.run, self.get, self.slept_s.append, self.told.append)


def test_the_expected_functions_are_those_with_a_trigger() -> None:
    assert EXPECTED == FUNCTIONS


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


def test_secrets_are_read_anew_when_settings_are_wrong_and_the_app_is_restarted_once() -> None:
    wrong = (503, '{"failing": ["settings"]}')
    azure = Azure([EXPECTED], [wrong, wrong, wrong, WELL])
    azure.test().check()
    refresh, restart = (command for command in azure.commands if command[:2] != ["functionapp", "function"])
    assert refresh[:4] == ["rest", "--method", "post", "--url"]
    assert refresh[4] == (
        "/subscriptions/{subscriptionId}/resourceGroups/rg-sync/providers/Microsoft.Web/sites/func-sync"
        "/config/configreferences/appsettings/refresh?api-version=2022-03-01"
    )
    assert restart == ["functionapp", "restart", "-g", "rg-sync", "-n", "func-sync"]


def test_an_app_that_is_unwell_for_another_reason_is_not_restarted() -> None:
    azure = Azure([EXPECTED], [(503, '{"failing": ["storage"]}'), WELL])
    azure.test().check()
    assert [command for command in azure.commands if command[:2] != ["functionapp", "function"]] == []


def test_what_is_waited_for_is_told_once() -> None:
    wrong = (503, '{"failing": ["settings"]}')
    azure = Azure([EXPECTED], [(0, "refused"), wrong, wrong, WELL])
    azure.test().check()
    assert len(azure.told) == 2
    assert "a secret is not in the vault" in azure.told[1]


def test_the_subscription_that_azd_deployed_to_is_asked() -> None:
    site = Site("rg-sync", "func-sync", "0000-1111")
    assert site.ask_for("x")[-1].startswith("/subscriptions/0000-1111/resourceGroups/rg-sync/")
    assert site.command("restart")[-2:] == ["--subscription", "0000-1111"]


def test_a_missing_function_fails_by_name() -> None:
    azure = Azure([EXPECTED - {"discover_assets"}], [WELL])
    with pytest.raises(NotWellError, match=r"func-sync lists no discover_assets\."):
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
    with pytest.raises(NotWellError, match=told):
        Azure([EXPECTED], [answer]).test().check()


def test_the_azure_cli_is_run_and_its_refusal_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotWellError, match="not installed"):
        run_azure_cli(["version"])
    program = tmp_path / "az"
    program.write_text('#!/bin/sh\nif [ "$1" = fail ]; then echo "please log in" >&2; exit 1; fi\necho "[$2]"\n')
    program.chmod(0o755)
    assert run_azure_cli(["ok", "1"]) == "[1]\n"
    with pytest.raises(NotWellError, match="az fail failed: please log in"):
        run_azure_cli(["fail"])


def test_health_is_never_asked_over_plain_http() -> None:
    with pytest.raises(NotWellError, match="no https address"):
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

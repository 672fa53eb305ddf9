import io
import json
import shlex
from pathlib import Path

import pytest

from infra.scripts.next_steps import NEEDED, format_steps, main
from tests.unit.infra.template import outputs

VALUES = {
    "APP_IDENTITY_NAME": "id-sync",
    "APP_IDENTITY_PRINCIPAL_ID": "0c3f5a52-1111-2222-3333-444455556666",
    "AZURE_RESOURCE_GROUP": "rg-sync",
    "FUNCTION_APP_NAME": "func-sync",
    "PURVIEW_COLLECTION": "Root/Clued In",
    "PURVIEW_ENDPOINT": "https://contoso.purview.azure.com",
    "VAULT_ENTRIES": "cluedin-password notify-urls",
    "VAULT_NAME": "kv-sync",
    "WEBHOOK_URL": "https://func-sync.azurewebsites.net/api/webhooks/cluedin/data-set-processed",
}


def test_the_steps_read_outputs_that_the_template_has() -> None:
    assert set(NEEDED) <= outputs().keys()


def test_the_steps_name_the_secrets_the_identity_the_roles_and_the_webhook() -> None:
    steps = format_steps(VALUES)
    for expected in (
        "--vault-name kv-sync --name cluedin-password",
        "--vault-name kv-sync --name notify-urls",
        "id-sync (object id 0c3f5a52-1111-2222-3333-444455556666)",
        "Data Reader on the root collection",
        "Data Curator on the collection",
        VALUES["WEBHOOK_URL"],
        "keys list -g rg-sync -n func-sync",
    ):
        assert expected in steps
    assert "{" not in steps.replace('{"dataSetId": "..."}', "").replace("{subscriptionId}", "")


def commands(values: dict[str, str]) -> list[list[str]]:
    """Return the commands that are printed, as a shell splits them."""
    return [shlex.split(line.strip()[2:]) for line in format_steps(values).splitlines() if line.startswith("   $ ")]


def test_roles_in_purview_are_given_by_one_line_that_can_be_pasted() -> None:
    [grant] = [command for command in commands(VALUES) if command[0] == "python3"]
    assert grant[1] == "infra/scripts/grant_purview_roles.py"
    assert grant[2:] == [
        "--endpoint",
        VALUES["PURVIEW_ENDPOINT"],
        "--collection",
        "Root/Clued In",
        "--principal",
        VALUES["APP_IDENTITY_PRINCIPAL_ID"],
    ]


def test_what_was_put_into_the_vault_is_fetched_before_the_restart() -> None:
    refresh, restart = [command for command in commands(VALUES) if command[1] in {"rest", "functionapp"}][:2]
    assert "/sites/func-sync/config/configreferences/appsettings/refresh?" in refresh[-1]
    assert restart == ["az", "functionapp", "restart", "-g", "rg-sync", "-n", "func-sync"]


def test_the_subscription_of_azd_is_named_where_it_is_known() -> None:
    named = commands({**VALUES, "AZURE_SUBSCRIPTION_ID": "0000-1111"})
    assert ["--subscription", "0000-1111"] in [command[-2:] for command in named]
    assert any("/subscriptions/0000-1111/" in command[-1] for command in named)


@pytest.mark.parametrize("printed", ["", "null", "ERROR: deployment failed"])
def test_a_deployment_that_failed_has_no_outputs(
    printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(printed))
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    assert main(["-"]) == 1
    assert "outputs are missing" in capsys.readouterr().err


def test_missing_outputs_are_all_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAULT_NAME", "kv-sync")
    assert main([]) == 1
    complaint = capsys.readouterr().err
    assert [name for name in NEEDED if name in complaint] == [name for name in NEEDED if name != "VAULT_NAME"]


@pytest.mark.parametrize("from_file", [True, False])
def test_the_outputs_of_a_deployment_are_read_whatever_the_case_of_their_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, *, from_file: bool
) -> None:
    document = json.dumps({name.lower(): {"type": "String", "value": value} for name, value in VALUES.items()})
    (tmp_path / "outputs.json").write_text(document, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(document))
    assert main([str(tmp_path / "outputs.json") if from_file else "-"]) == 0
    assert VALUES["WEBHOOK_URL"] in capsys.readouterr().out

"""The real compiler finds what may go wrong in the template; that nothing is wrong `make infra` says itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.checks.__main__ import CHECKS
from infra.checks.compiler import Compiler, RefusedError
from infra.checks.snapshots import build_template, copied_sources, evaluate, read_kinds
from tests.unit.infra.template import snapshot

# A mistake for each file, what stands there, what is written instead, and what the compiler says.
MISTAKES = [
    ("modules/alerts.bicep", "      autoMitigate: true\n", "      autoMitigat: true\n", "BCP089"),
    ("modules/function-app.bicep", "httpsOnly: true", "httpsOnly: 'yes'", "BCP036"),
    ("modules/identity.bicep", "  location: location\n", "", "BCP035"),
    ("modules/key-vault.bicep", "if (!empty(notifyUrls))", "if (!empty(vault.properties.vaultUri))", "BCP177"),
    ("modules/monitoring.bicep", "retentionInDays: retentionDays", "retentionInDays: 30", "no-unused-params"),
    ("modules/network.bicep", "zones[i].id", "zone[i].id", "BCP057"),
    ("modules/roles.bicep", "guid(account.id, principalId,", "guid(account.properties.primaryLocation,", "BCP120"),
    ("modules/storage.bicep", "queueServices/queues@2025-01-01", "queueServices/queues@2025-01-02", "BCP081"),
]
# What compiles, and would change what is deployed: the file, what stands there, what is written instead.
CHANGES = {
    "a role": ("modules/roles.bicep", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "8a0f0c08-91a1-4084-bc3d-661d67233fed"),
    "a table": ("modules/storage.bicep", "  'syncruns'\n", "  'syncrun'\n"),
    "a setting": ("main.bicep", "  SYNC_TERM: syncTerm\n", "  SYNC_TERMS: syncTerm\n"),
    "an alert": ("modules/alerts.bicep", 'assets would be retired"', 'assets will be retired"'),
    "a door": ("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true"),
}


def test_every_parameter_and_output_of_every_module_is_described(compiler: Compiler) -> None:
    both = [
        each
        for template in _templates(build_template(compiler))
        for part in ("parameters", "outputs")
        for each in template.get(part, {}).items()
    ]
    assert len(both) > 50
    assert [name for name, each in both if not each.get("metadata", {}).get("description")] == []


def test_secrets_stay_secure_in_every_module(compiler: Compiler) -> None:
    secure = [
        {name for name, each in template["parameters"].items() if each["type"] == "securestring"}
        for template in _templates(build_template(compiler))
    ]
    given = {"cluedInPassword", "cluedInAccessToken", "webhookSecrets", "notifyUrls"}
    assert [each for each in secure if each] == [given, given], "the template and its vault"


def test_mistakes_in_all_files_are_found_at_once(compiler: Compiler) -> None:
    with copied_sources() as folder:
        for name, old, new, _ in MISTAKES:
            path = folder / name
            source = path.read_text(encoding="utf-8")
            assert old in source, f"{name} changed: choose another place to break"
            path.write_text(source.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(RefusedError) as refused:
            build_template(compiler, folder)
    said = str(refused.value).splitlines()
    assert [
        f"{name}: {word}" for name, _, _, word in MISTAKES if not any(name in line and word in line for line in said)
    ] == []


def test_a_secret_in_an_output_is_found(compiler: Compiler) -> None:
    with copied_sources() as folder:
        path = folder / "main.bicep"
        path.write_text(f"{path.read_text(encoding='utf-8')}\noutput key string = notifyUrls\n", encoding="utf-8")
        with pytest.raises(RefusedError, match="outputs-should-not-contain-secrets"):
            build_template(compiler, folder)


def test_what_the_compiler_would_write_otherwise_is_named(compiler: Compiler) -> None:
    with copied_sources() as folder:
        path = folder / "modules" / "identity.bicep"
        path.write_text(path.read_text(encoding="utf-8").replace("  tags: tags", "   tags:   tags"), encoding="utf-8")
        assert CHECKS["format"](compiler, folder) == ["infra/modules/identity.bicep is not as `bicep format` writes it"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_snapshot_shows_what_a_change_does(compiler: Compiler, what: str) -> None:
    name, old, new = CHANGES[what]
    with copied_sources() as folder:
        source = (folder / name).read_text(encoding="utf-8")
        assert old in source, f"{name} changed: choose another place to break"
        (folder / name).write_text(source.replace(old, new), encoding="utf-8")
        changed = json.loads(evaluate(compiler, read_kinds()["default"], folder))
    assert changed["outputs"] == snapshot("default")["outputs"]
    assert changed["predictedResources"] != snapshot("default")["predictedResources"]


def test_a_secret_that_a_setting_would_show_is_seen_in_the_snapshot(compiler: Compiler) -> None:
    with copied_sources() as folder:
        path = folder / "main.bicep"
        source = path.read_text(encoding="utf-8")
        path.write_text(source.replace("SYNC_TERM: syncTerm\n", "SYNC_TERM: '${syncTerm}${notifyUrls}'\n"))
        predicted = json.loads(evaluate(compiler, read_kinds()["default"], folder))["predictedResources"]
    [app] = [each for each in predicted if each["type"] == "Microsoft.Web/sites"]
    assert "parameters('notifyUrls')" in json.dumps(app)


def _templates(template: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield template
    for each in template["resources"]:
        if each["type"] == "Microsoft.Resources/deployments":
            yield from _templates(each["properties"]["template"])

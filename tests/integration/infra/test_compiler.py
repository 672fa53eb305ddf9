"""The real compiler finds what may go wrong in the template; that nothing is wrong `make infra` says itself."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.checks.__main__ import CHECKS
from infra.checks.compiler import Compiler, RefusedError
from infra.checks.snapshots import build_template, copied_sources, evaluate, read_kinds
from tests.unit.infra.template import snapshot

# A mistake for each file, what stands there, what is written instead, and what the compiler says.
MISTAKES = [
    ("main.bicep", "= identity.outputs.name\n", "= notifyUrls\n", "outputs-should-not-contain-secrets"),
    ("modules/alerts.bicep", "      autoMitigate: true\n", "      autoMitigat: true\n", "BCP089"),
    ("modules/function-app.bicep", "httpsOnly: true", "httpsOnly: 'yes'", "BCP036"),
    ("modules/identity.bicep", "  location: location\n", "", "BCP035"),
    ("modules/key-vault.bicep", "if (!empty(notifyUrls))", "if (!empty(vault.properties.vaultUri))", "BCP177"),
    ("modules/monitoring.bicep", "retentionInDays: retentionDays", "retentionInDays: 30", "no-unused-params"),
    ("modules/network.bicep", "zones[i].id", "zone[i].id", "BCP057"),
    ("modules/roles.bicep", "guid(account.id, principalId,", "guid(account.properties.primaryLocation,", "BCP120"),
    ("modules/storage.bicep", "queueServices/queues@2025-01-01", "queueServices/queues@2025-01-02", "BCP081"),
]
# What compiles, and would change what is deployed: the file, what stands there, what is written instead, and how a
# snapshot shows it.
CHANGES = [
    ("modules/roles.bicep", "974c5e8b-45b9", "8a0f0c08-91a1", "8a0f0c08-91a1"),
    ("modules/storage.bicep", "  'syncruns'\n", "  'syncrun'\n", '/syncrun"'),
    ("main.bicep", "  SYNC_TERM: syncTerm\n", "  SYNC_TERMS: syncTerm\n", '"SYNC_TERMS"'),
    ("modules/alerts.bicep", 'assets would be retired"', 'assets will be retired"', "assets will be retired"),
    (
        "modules/storage.bicep",
        "allowSharedKeyAccess: false",
        "allowSharedKeyAccess: true",
        '"allowSharedKeyAccess": true',
    ),
    # A setting with a secret that is not in the vault.
    (
        "main.bicep",
        "PURVIEW_ENDPOINT: purviewEndpoint",
        "PURVIEW_ENDPOINT: notifyUrls",
        """"PURVIEW_ENDPOINT", "value": "[parameters('notifyUrls')]\"""",
    ),
]


@pytest.fixture(scope="module")
def templates(compiler: Compiler) -> list[Mapping[str, Any]]:
    """The compiled template, and the modules in it."""
    return list(_templates(build_template(compiler)))


def test_every_parameter_and_output_of_every_module_is_described(templates: list[Mapping[str, Any]]) -> None:
    both = [
        each for template in templates for part in ("parameters", "outputs") for each in template.get(part, {}).items()
    ]
    assert len(both) > 50
    assert [name for name, each in both if not each.get("metadata", {}).get("description")] == []


def test_secrets_stay_secure_in_every_module(templates: list[Mapping[str, Any]]) -> None:
    secure = [
        {name for name, each in template["parameters"].items() if each["type"] == "securestring"}
        for template in templates
    ]
    given = {"cluedInPassword", "cluedInAccessToken", "webhookSecrets", "notifyUrls"}
    assert [each for each in secure if each] == [given, given], "the template and its vault"


def test_mistakes_in_all_files_are_found_at_once(compiler: Compiler) -> None:
    with copied_sources() as folder:
        for name, old, new, _ in MISTAKES:
            _replace(folder / name, old, new)
        with pytest.raises(RefusedError) as refused:
            build_template(compiler, folder)
    said = str(refused.value).splitlines()
    assert [
        f"{name}: {word}" for name, _, _, word in MISTAKES if not any(name in line and word in line for line in said)
    ] == []


def test_what_the_compiler_would_write_otherwise_is_named(compiler: Compiler) -> None:
    with copied_sources() as folder:
        path = folder / "modules" / "identity.bicep"
        path.write_text(path.read_text(encoding="utf-8").replace("  tags: tags", "   tags:   tags"), encoding="utf-8")
        assert CHECKS["format"](compiler, folder) == ["infra/modules/identity.bicep is not as `bicep format` writes it"]


def test_a_snapshot_shows_what_a_change_does(compiler: Compiler) -> None:
    with copied_sources() as folder:
        for name, old, new, _ in CHANGES:
            _replace(folder / name, old, new)
        changed = json.loads(evaluate(compiler, read_kinds()["default"], folder))
    assert changed["outputs"] == snapshot("default")["outputs"]
    before, after = (json.dumps(each["predictedResources"]) for each in (snapshot("default"), changed))
    assert [shown for *_, shown in CHANGES if shown in before or shown not in after] == []


def _templates(template: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield template
    resources = template["resources"]  # by symbolic name where a module needs version 2.0 of the template language
    for each in resources.values() if isinstance(resources, Mapping) else resources:
        if each["type"] == "Microsoft.Resources/deployments":
            yield from _templates(each["properties"]["template"])


def _replace(path: Path, old: str, new: str) -> None:
    source = path.read_text(encoding="utf-8")
    assert old in source, f"{path.name} changed: choose another place to break"
    path.write_text(source.replace(old, new), encoding="utf-8")

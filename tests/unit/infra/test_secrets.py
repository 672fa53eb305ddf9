import json
import re
from copy import deepcopy
from typing import Any

import pytest

from infra.checks.snapshots import INFRA, read_kinds
from tests.unit.infra.template import (
    KINDS,
    STORAGE,
    bicep_files,
    outputs,
    resource,
    resources,
    secure_parameters,
    settings,
    snapshot,
    variables,
)

EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
READS_A_KEY = re.compile(r"\b(list\w*Keys?|listAccountSas|listServiceSas|getSecret)\s*\(|AccountKey=|SharedAccess|sig=")
SECRETS = "Microsoft.KeyVault/vaults/secrets"


def leaks(predicted: dict[str, Any]) -> list[str]:
    """Return the places of a snapshot, outside the vault, that hold a secret or read one."""
    secret = "|".join(rf"parameters\('{name}'\)" for name in secure_parameters())
    found = re.compile(rf"{secret}|{READS_A_KEY.pattern}|(?i:connectionstring|instrumentationkey)")
    outside = [each for each in predicted["predictedResources"] if each["type"] != SECRETS]
    return [
        f"{path}: {value}"
        for path, value in _values({"resources": outside, "outputs": predicted["outputs"]})
        if found.search(value)
    ]


@EVERY_KIND
def test_no_resource_and_no_output_holds_a_secret_or_reads_a_key(kind: str) -> None:
    [address] = leaks(snapshot(kind))
    insights = resource("Microsoft.Insights/components", kind)
    assert address.endswith(f": [reference('{insights['id']}', '2020-02-02').ConnectionString]")
    assert insights["properties"]["DisableLocalAuth"] is True


@pytest.mark.parametrize(
    "value",
    [
        "[parameters('cluedInPassword')]",
        "[format('{0};', parameters('webhookSecrets'))]",
        "[reference('appi', '2020-02-02').ConnectionString]",
        "[listKeys('st', '2025-01-01').keys[0].value]",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b",
    ],
)
def test_a_leak_is_found(value: str) -> None:
    known = len(leaks(snapshot("everything")))
    in_output, in_resource = deepcopy(snapshot("everything")), deepcopy(snapshot("everything"))
    in_output["outputs"]["KEY"] = value
    in_resource["predictedResources"][0]["tags"] = {"key": value}
    assert len(leaks(in_output)) == len(leaks(in_resource)) == known + 1


def test_secrets_enter_as_secure_parameters() -> None:
    assert secure_parameters() == {"cluedInPassword", "cluedInAccessToken", "webhookSecrets", "notifyUrls"}
    assert {each["type"] for each in outputs().values()} == {"string"}


def test_no_snapshot_shows_a_secret_that_was_given() -> None:
    given = [read_kinds()["everything"][variables()[name][0]] for name in secure_parameters()]
    assert all("made-up" in each for each in given)
    assert [each for each in given for kind in KINDS if each in json.dumps(snapshot(kind))] == []


@EVERY_KIND
def test_each_secret_goes_into_the_vault_and_one_that_is_not_given_is_left_alone(kind: str) -> None:
    entries = {each["properties"]["value"]: each["condition"] for each in resources(SECRETS, kind)}
    assert entries == {f"[parameters('{name}')]": f"[not(empty(parameters('{name}')))]" for name in secure_parameters()}


def test_doors_that_open_with_a_key_are_shut() -> None:
    account = settings(STORAGE)
    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False
    assert account["minimumTlsVersion"] == "TLS1_2"
    assert account["supportsHttpsTrafficOnly"] is True
    assert settings(f"{STORAGE}/blobServices/containers")["publicAccess"] == "None"
    assert settings("Microsoft.Insights/components")["DisableLocalAuth"] is True
    # The service takes any name of a feature and says nothing. Source: bicep-types-az, WorkspaceFeatures.
    assert settings("Microsoft.OperationalInsights/workspaces")["features"] == {"disableLocalAuth": True}
    assert settings("Microsoft.KeyVault/vaults")["enableRbacAuthorization"] is True
    policies = resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {each["name"].rpartition("/")[2]: each["properties"] for each in policies} == {
        "ftp": {"allow": False},
        "scm": {"allow": False},
    }


def test_the_app_is_reached_over_encrypted_connections_only() -> None:
    app = settings("Microsoft.Web/sites")
    assert app["httpsOnly"] is True
    assert app["siteConfig"]["minTlsVersion"] == "1.2"


def test_nothing_in_the_folder_looks_like_a_key() -> None:
    long_key = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
    written = [each for each in INFRA.rglob("*") if each.suffix in {".bicep", ".bicepparam", ".py"}]
    assert set(bicep_files()) <= set(written)
    for path in [*written, INFRA / "bicepconfig.json", INFRA / "snapshots" / "kinds.json"]:
        assert not long_key.search(path.read_text(encoding="utf-8")), path.name


def _values(node: Any, path: str = "") -> list[tuple[str, str]]:
    """Return every text with its path."""
    if isinstance(node, dict):
        return [pair for key, child in node.items() for pair in _values(child, f"{path}.{key}")]
    if isinstance(node, list):
        return [pair for i, child in enumerate(node) for pair in _values(child, f"{path}.{i}")]
    return [(path, str(node))]

import re

import pytest

from infra.checks.snapshots import read_kinds
from sync_core.storage.names import POISON_SUFFIX, QUEUES, TABLES
from tests.unit.infra.rights import read_grants
from tests.unit.infra.template import KINDS, REPOSITORY, parameters, queue_names, snapshot, table_names

# Source: learn.microsoft.com "Naming rules and restrictions for Azure resources", what may be and how long.
RULES = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": r"[A-Za-z0-9][\w-]{2,127}",
    "Microsoft.Storage/storageAccounts": r"[a-z0-9]{3,24}",
    "Microsoft.Storage/storageAccounts/blobServices/containers": r"[a-z0-9](-?[a-z0-9]){2,62}",
    "Microsoft.Storage/storageAccounts/queueServices/queues": r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*",
    "Microsoft.Storage/storageAccounts/tableServices/tables": r"[A-Za-z][A-Za-z0-9]{2,62}",
    "Microsoft.Network/virtualNetworks": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "Microsoft.Network/privateEndpoints": r"[A-Za-z0-9][\w.-]{0,62}\w",
    "Microsoft.OperationalInsights/workspaces": r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
    "Microsoft.Insights/components": r"[\w()-][\w.()-]{0,254}",
    "Microsoft.Insights/actionGroups": r"[\w-][\w -]{0,258}[\w-]",
    "Microsoft.Insights/scheduledQueryRules": r"[\w-][\w -]{0,258}[\w-]",
    "Microsoft.KeyVault/vaults": r"(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])*",
    "Microsoft.KeyVault/vaults/secrets": r"[A-Za-z0-9-]{1,127}",
    "Microsoft.Web/serverfarms": r"[A-Za-z0-9-]{1,60}",
    "Microsoft.Web/sites": r"(?=.{2,60}$)[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]",
}
# Azure names these.
GIVEN = {
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/queueServices",
    "Microsoft.Storage/storageAccounts/tableServices",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
    "Microsoft.Web/sites/config",
}


def test_the_template_makes_every_table_of_the_app_and_no_other() -> None:
    assert sorted(table_names()) == sorted(TABLES)


def test_the_template_makes_every_queue_with_its_poison_queue_and_no_other() -> None:
    expected = [name + suffix for name in QUEUES for suffix in ("", POISON_SUFFIX)]
    assert sorted(queue_names()) == sorted(expected)


def test_every_queue_that_a_function_listens_to_exists() -> None:
    listened = re.findall(r'queue_name="([^"]+)"', (REPOSITORY / "function_app.py").read_text(encoding="utf-8"))
    assert listened
    assert set(listened) <= set(queue_names())


def test_every_queue_and_table_gets_a_role() -> None:
    granted = {(grant.place.kind, grant.place.name) for grant in read_grants()}
    assert {name for kind, name in granted if kind == "queue"} == set(queue_names())
    assert {name for kind, name in granted if kind == "table"} == set(table_names())


@pytest.mark.parametrize("kind", KINDS)
def test_azure_accepts_the_names(kind: str) -> None:
    made = [each for each in snapshot(kind)["predictedResources"] if each["type"] not in GIVEN]
    refused = [each["id"] for each in made if not re.fullmatch(RULES[each["type"]], each["name"].rpartition("/")[2])]
    assert refused == []


def test_the_longest_name_that_an_installation_may_have_is_tried() -> None:
    assert len(read_kinds()["everything"]["AZURE_ENV_NAME"]) == parameters()["environmentName"]["maxLength"]


def test_marks_and_capitals_that_azd_takes_in_a_name_do_not_reach_azure() -> None:
    tried = read_kinds()["everything"]["AZURE_ENV_NAME"]
    assert {"_", ".", "(", ")"} <= set(tried)
    assert snapshot("everything")["outputs"]["FUNCTION_APP_NAME"].startswith("func-purview-sync-production-west-eu--")

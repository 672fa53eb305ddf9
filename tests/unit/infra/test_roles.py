import re
from dataclasses import replace

import pytest

from infra.checks.snapshots import INFRA
from tests.unit.infra.rights import ROLES, Grant, Place, broken, needs, read_grants, scope_of
from tests.unit.infra.template import KINDS, STORAGE, app_settings, resource, resources, settings, snapshot

GRANTS = read_grants()
ASSIGNMENTS = resources("Microsoft.Authorization/roleAssignments")
IDENTITY = resource("Microsoft.ManagedIdentity/userAssignedIdentities")
PROCESSOR = "8a0f0c08-91a1-4084-bc3d-661d67233fed"
SENDER = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"


def of_identity(name: str) -> str:
    """Return the expression for what only Azure knows of the identity."""
    return f"reference('{IDENTITY['id']}', '{IDENTITY['apiVersion']}').{name}"


def test_the_roles_allow_everything_that_the_app_and_its_host_do() -> None:
    assert broken(GRANTS) == []


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: f"{grant.role} on {grant.place.kind} {grant.place.name}")
def test_without_any_one_role_something_breaks(grant: Grant) -> None:
    problems = broken(each for each in GRANTS if each is not grant)
    assert problems, f"nothing needs {grant.role} on {grant.place}"
    assert all(f"{grant.place.kind} {grant.place.name}" in problem for problem in problems)


def test_the_roles_that_the_documentation_calls_enough_for_a_queue_trigger_are_not() -> None:
    narrow = [replace(each, role_id=PROCESSOR) if each.place.kind == "queue" else each for each in GRANTS]
    narrow += [replace(each, role_id=SENDER) for each in narrow if each.place.kind == "queue"]
    assert any("gives it back early" in problem for problem in broken(narrow))


def test_no_role_is_wider_than_one_queue_table_vault_or_component_except_the_hosts_blobs() -> None:
    assert [grant.role for grant in GRANTS if grant.place.kind == "account"] == ["Storage Blob Data Owner"]
    assert {grant.place.kind for grant in GRANTS} == {"account", "queue", "table", "insights", "vault"}


def test_no_grant_comes_twice_and_each_says_why() -> None:
    assert len({(grant.role_id, grant.place) for grant in GRANTS}) == len(GRANTS)
    assert all(len(grant.why) > 20 for grant in GRANTS)


def test_every_role_id_of_the_template_is_one_that_is_known() -> None:
    assert {grant.role_id for grant in GRANTS} <= ROLES.keys()


def test_each_role_holds_for_what_this_template_makes_and_nothing_else() -> None:
    made = {
        each["id"]
        for kind in (STORAGE, f"{STORAGE}/queueServices/queues", f"{STORAGE}/tableServices/tables")
        for each in resources(kind)
    }
    made |= {resource(kind)["id"] for kind in ("Microsoft.Insights/components", "Microsoft.KeyVault/vaults")}
    assert {scope_of(each) for each in ASSIGNMENTS} == made


def test_each_role_is_given_to_the_apps_own_identity_under_a_name_of_its_own() -> None:
    for each in ASSIGNMENTS:
        role_id = each["properties"]["roleDefinitionId"].rpartition("/")[2]
        assert each["properties"]["principalId"] == f"[{of_identity('principalId')}]"
        assert each["properties"]["principalType"] == "ServicePrincipal"
        assert each["properties"]["roleDefinitionId"].endswith(f"Microsoft.Authorization/roleDefinitions/{role_id}")
        # The same name would be the same assignment.
        assert each["name"] == f"[guid('{scope_of(each)}', {of_identity('principalId')}, '{role_id}')]"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_installation_gives_the_same_roles(kind: str) -> None:
    given = [each["properties"]["description"] for each in resources("Microsoft.Authorization/roleAssignments", kind)]
    assert given == [grant.why for grant in GRANTS]


def test_the_package_is_fetched_by_the_identity_from_the_container_that_it_may_read() -> None:
    account = resource(STORAGE)
    container = resource(f"{STORAGE}/blobServices/containers")["name"].rpartition("/")[2]
    blobs = f"reference('{account['id']}', '{account['apiVersion']}').primaryEndpoints.blob"
    assert settings("Microsoft.Web/sites")["functionAppConfig"]["deployment"]["storage"] == {
        "type": "blobContainer",
        "value": f"[format('{{0}}{{1}}', {blobs}, '{container}')]",
        "authentication": {"type": "UserAssignedIdentity", "userAssignedIdentityResourceId": IDENTITY["id"]},
    }


def test_the_app_starts_after_its_roles_were_given() -> None:
    # A snapshot does not tell the order.
    source = (INFRA / "main.bicep").read_text(encoding="utf-8")
    [app] = re.findall(r"^module functionApp .*?^}$", source, re.MULTILINE | re.DOTALL)
    assert "  dependsOn: [roles]\n" in app


def test_the_platform_reads_secrets_and_sends_logs_as_the_identity_that_has_the_roles() -> None:
    app = resource("Microsoft.Web/sites")
    assert app["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY["id"]: {}}}
    assert app["properties"]["keyVaultReferenceIdentity"] == IDENTITY["id"]
    given = app_settings("default")
    assert given["AzureWebJobsStorage__accountName"] == resource(STORAGE)["name"]
    assert given["AzureWebJobsStorage__credential"] == "managedidentity"
    assert given["AzureWebJobsStorage__clientId"] == given["AZURE_CLIENT_ID"] == f"[{of_identity('clientId')}]"
    assert given["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == (
        f"[format('ClientId={{0}};Authorization=AAD', {of_identity('clientId')})]"
    )


def test_the_outputs_name_the_identity_that_purview_gets_roles_for() -> None:
    given = snapshot("default")["outputs"]
    assert given["APP_IDENTITY_NAME"] == IDENTITY["name"]
    assert given["APP_IDENTITY_PRINCIPAL_ID"] == f"[{of_identity('principalId')}]"


def test_needs_are_known_for_each_place_that_is_granted() -> None:
    assert {need.place for need in needs()} == {grant.place for grant in GRANTS}
    assert Place("queue", "asset-sync-poison") in {need.place for need in needs()}

import re
from dataclasses import replace

import pytest

from tests.unit.infra.bicep.tree import properties, text
from tests.unit.infra.rights import ROLES, Grant, Place, broken, needs, read_grants
from tests.unit.infra.template import app_settings, main, module

GRANTS = read_grants()
PROCESSOR = "8a0f0c08-91a1-4084-bc3d-661d67233fed"
SENDER = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"


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
    roles = module("roles").of_kind("variable")["roleIds"].value
    assert {text(value).strip("'") for value in properties(roles).values()} <= ROLES.keys()


def test_each_kind_of_place_has_a_loop_that_assigns_its_rows_there_and_not_wider() -> None:
    roles = module("roles")
    resources = roles.of_kind("resource")
    made = {}
    for loop in (each for each in resources.values() if "roleAssignments" in each.reference):
        rows = roles.of_kind("variable")[text(loop.value.named_children[1])]
        [kind] = re.findall(r"grant\.at == '(\w+)'", text(rows.node))
        scope = text(properties(loop.body)["scope"]).split("[")[0]
        made[kind] = resources[scope].reference.partition("@")[0]
    assert made == {
        "account": "Microsoft.Storage/storageAccounts",
        "queue": "Microsoft.Storage/storageAccounts/queueServices/queues",
        "table": "Microsoft.Storage/storageAccounts/tableServices/tables",
        "insights": "Microsoft.Insights/components",
        "vault": "Microsoft.KeyVault/vaults",
    }


def test_each_row_of_the_table_becomes_its_own_role_for_the_identity() -> None:
    roles = module("roles")
    loops = {name: each for name, each in roles.of_kind("resource").items() if "roleAssignments" in each.reference}
    assert len(loops) == 5
    for name, loop in loops.items():
        body = properties(loop.body)
        given = {key: text(value) for key, value in properties(body["properties"]).items()}
        assert given == {
            "principalId": "principalId",
            "principalType": "'ServicePrincipal'",
            "roleDefinitionId": (
                "subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])"
            ),
            "description": "grant.why",
        }, name
        scope = text(body["scope"])
        # The same name would be the same assignment.
        assert text(body["name"]) == f"guid({scope}.id, principalId, roleIds[grant.role])", name


def test_the_package_is_fetched_by_the_identity_from_the_container_that_it_may_read() -> None:
    app = properties(properties(module("function-app").of_kind("resource")["app"].body)["properties"])
    storage = properties(properties(properties(app["functionAppConfig"])["deployment"])["storage"])
    assert {name: text(storage[name]) for name in ("type", "value")} == {
        "type": "'blobContainer'",
        "value": "'${account.properties.primaryEndpoints.blob}${packageContainerName}'",
    }
    assert {name: text(value) for name, value in properties(storage["authentication"]).items()} == {
        "type": "'UserAssignedIdentity'",
        "userAssignedIdentityResourceId": "identity.id",
    }
    given = properties(properties(main().of_kind("module")["functionApp"].body)["params"])
    assert text(given["packageContainerName"]) == "storage.outputs.packageContainerName"
    assert text(given["storageAccountName"]) == "storage.outputs.name"


def test_the_app_starts_after_its_roles_were_given() -> None:
    app = properties(main().of_kind("module")["functionApp"].body)
    assert text(app["dependsOn"]) == "[roles]"


def test_roles_are_given_to_the_object_id_of_the_apps_own_identity() -> None:
    given = properties(properties(main().of_kind("module")["roles"].body)["params"])
    assert text(given["principalId"]) == "identity.outputs.principalId"
    output = module("identity").of_kind("output")["principalId"]
    assert text(output.value) == "identity.properties.principalId"
    used = properties(properties(main().of_kind("module")["functionApp"].body)["params"])
    assert text(used["identityName"]) == "identity.outputs.name"


def test_the_platform_reads_secrets_and_sends_logs_as_the_identity_that_has_the_roles() -> None:
    app = text(module("function-app").of_kind("resource")["app"].node)
    assert "keyVaultReferenceIdentity: identity.id" in app
    assert "type: 'UserAssigned'" in app
    assert app_settings()["AzureWebJobsStorage__credential"] == "'managedidentity'"
    clients = {
        name: value
        for name, value in app_settings().items()
        if name.endswith(("CLIENT_ID", "clientId", "AUTHENTICATION_STRING"))
    }
    assert len(clients) == 3
    assert all("identity.properties.clientId" in value for value in clients.values())
    assert clients["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == (
        "'ClientId=${identity.properties.clientId};Authorization=AAD'"
    )


def test_needs_are_known_for_each_place_that_is_granted() -> None:
    assert {need.place for need in needs()} == {grant.place for grant in GRANTS}
    assert Place("queue", "asset-sync-poison") in {need.place for need in needs()}

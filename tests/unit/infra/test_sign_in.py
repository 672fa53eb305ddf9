"""The platform's sign-in: on where it is asked for, never before the webhook and health."""

from infra.checks.snapshots import NOWHERE
from tests.unit.infra.template import KINDS, app_settings, resources
from tests.unit.test_function_app import ROUTES

SIGN_IN = "Microsoft.Web/sites/config"
EXCLUDED = {"data_set_processed", "health"}


def test_it_is_on_exactly_where_the_app_asks_nobody_for_a_key() -> None:
    for kind in KINDS:
        [found] = resources(SIGN_IN, kind)
        is_on = app_settings(kind)["WEB_SIGN_IN"] == "entra"
        assert found["name"].endswith("/authsettingsV2")
        assert found["properties"]["platform"] == {"enabled": is_on}
        assert ("identityProviders" in found["properties"]) is is_on
    assert {app_settings(kind)["WEB_SIGN_IN"] for kind in KINDS} == {"key", "entra"}


def test_the_webhook_and_health_are_left_to_the_host_and_nothing_else_is() -> None:
    [found] = resources(SIGN_IN, "everything")
    validation = found["properties"]["globalValidation"]
    assert set(validation["excludedPaths"]) == {f"/api/{ROUTES[name][0]}" for name in EXCLUDED}
    assert validation["requireAuthentication"] is True
    assert validation["unauthenticatedClientAction"] == "RedirectToLoginPage"


def test_members_of_the_groups_are_let_in_and_nobody_else_of_the_tenant() -> None:
    [found] = resources(SIGN_IN, "everything")
    entra = found["properties"]["identityProviders"]["azureActiveDirectory"]
    groups = entra["validation"]["defaultAuthorizationPolicy"]["allowedPrincipals"]["groups"]
    assert groups == ["aaaaaaaa-0000-0000-0000-000000000001", "aaaaaaaa-0000-0000-0000-000000000002"]
    assert NOWHERE in entra["registration"]["openIdIssuer"]  # the tenant of the deployment
    assert found["properties"]["login"] == {"tokenStore": {"enabled": False}}

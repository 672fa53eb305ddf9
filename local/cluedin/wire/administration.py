"""The administration namespace: me, organization, users, API tokens, settings.

Source: docs/vendors/cluedin.md, 2.1, 2.2, 2.12.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from local.cluedin.behaviour import settings
from local.cluedin.behaviour.tokens import DEFAULT_API_TOKEN_HOURS
from local.cluedin.wire.namespace import Call, Namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cluedin import model
    from local.cluedin.wire.namespace import Info

administration = Namespace("Administration")
api_token = ObjectType("ApiToken")


@administration.operation("me")
def me(call: Call) -> dict[str, Any]:
    """The caller; only `client.id` is known from public sources, and its spelling is a switch."""
    user = call.user
    client = {call.switches.me_client_id_spelling: user.id, "username": user.username, "roles": list(user.roles)}
    return {"client": client, "entity": {"name": user.username, "entityType": "/Infrastructure/User"}}


@administration.operation("organization")
def organization(call: Call) -> dict[str, Any]:
    """The organization, in Pascal case."""
    row = call.store.organization
    return {
        "id": row.id,
        "client_id": row.client_id,
        "organization_name": row.organization_name,
        "domain": row.client_id,
        "allow_email_domain_signup": True,
    }


@administration.operation("users")
def users(call: Call) -> list[dict[str, Any]]:
    """All accounts."""
    return [describe_user(user) for user in call.store.users.values()]


def describe_user(user: model.User) -> dict[str, Any]:
    """An account as both the GraphQL list and the account service's list hold it."""
    return {
        "id": user.id,
        "account_id": user.id,
        "roles": list(user.roles),
        "lockout_enabled": True,
        "account": {"Id": user.id, "UserName": user.username, "Email": user.username},
        "entity": None,
    }


@administration.operation("apiTokens")
def api_tokens(call: Call) -> list[model.ApiToken]:
    """All API tokens, with their texts."""
    return list(call.store.api_tokens.values())


@administration.operation("createToken")
def create_token(call: Call, *, token: dict[str, Any]) -> model.ApiToken:
    """Make an API token; whether the answer shows its text is a switch."""
    made = call.cluedin.tokens.create_api_token(
        call.user,
        token["name"],
        token.get("expired_in_hours") or DEFAULT_API_TOKEN_HOURS,
        call.issuer,
        call.switches,
    )
    return made if call.switches.created_token_is_shown else replace(made, access_token="")


@api_token.field("accessToken")
def access_token(row: model.ApiToken, _: Info) -> str | None:
    """The text, or null where it is not shown."""
    return row.access_token or None


@api_token.field("expiresInDays")
def expires_in_days(row: model.ApiToken, info: Info) -> int:
    """Whole days left."""
    left = row.expiry_date - info.context.store.now()
    return int(left.days)


@administration.operation("configurationSettings")
def configuration_settings(call: Call, *, id: str, include_hidden_from_ui: bool = False) -> dict[str, str]:  # noqa: A002
    """All settings, as a flat map of strings."""
    return settings.read_settings(call.store, id, include_hidden=include_hidden_from_ui)


@administration.operation("changeConfigurationSettings")
def change_setting(call: Call, *, organization_id: str, key: str, value: str) -> bool:
    """Set one key: servers before 4.4.0."""
    settings.change_setting(call.store, organization_id, key, value)
    return True


def update_settings(call: Call, *, organization_id: str, model: dict[str, Any]) -> dict[str, Sequence[object]]:
    """Set several keys at once: from 4.4.0."""
    for item in model.get("settings") or ():
        if item.get("use_default"):
            settings.restore_setting(call.store, organization_id, item["configuration_key"])
        else:
            settings.change_setting(call.store, organization_id, item["configuration_key"], item.get("value") or "")
    return {"errors": []}


def since_4_4() -> Namespace:
    """The namespace with the operation that came with 4.4.0."""
    newer = Namespace("Administration")
    newer.operation("updateConfigurationSettings")(update_settings)
    return newer


TYPES = (administration, api_token)

"""Access, refresh and API tokens: JWTs with CluedIn's claims, signed with a key of this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.cluedin import model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from local.cluedin.store import Store
    from local.cluedin.switches import CluedInSwitches

SCOPE = "offline_access openid profile ServerApiForUI PublicApi"
AUDIENCES = ["ServerApiForUI", "PublicApi"]
KEY_ID = "simulator"
DEFAULT_API_TOKEN_HOURS = 24 * 365


class TokenKind(StrEnum):
    """Which doors a token opens: /graphql takes access tokens only. Source: docs/vendors/cluedin.md, 1.1."""

    ACCESS = "access"
    API = "api"


class OAuthError(Exception):
    """The token endpoint refuses: answered with HTTP 400 {error, error_description}.

    Source: docs/vendors/cluedin.md, 1.2.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description = error, description


@dataclass(frozen=True)
class Caller:
    """Who a valid token stands for."""

    user_id: str
    kind: TokenKind


@dataclass(frozen=True)
class _Issued:
    caller: Caller
    expires_at: datetime


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """The RSA key of this process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Tokens:
    """Issues and checks the tokens of one organization."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._issued: dict[str, _Issued] = {}
        self._refresh: dict[str, str] = {}

    def grant(self, form: Mapping[str, str], switches: CluedInSwitches, issuer: str) -> dict[str, Any]:
        """Answer the token endpoint: {access_token, expires_in, token_type, refresh_token, scope}.

        Raises:
            OAuthError: for a wrong grant, client (organization), user, password or refresh token.
        """
        if form.get("client_id") != self._store.organization.client_id:
            raise OAuthError("invalid_client", "unknown client_id: it is the organization's sub-domain")
        user = self._identify(form, switches)
        lifetime_s = switches.access_token_lifetime_s
        access_token = self._issue(user, TokenKind.ACCESS, timedelta(seconds=lifetime_s), issuer, switches)
        refresh_token = uuid4().hex.upper()
        self._refresh[refresh_token] = user.id
        return {
            "access_token": access_token,
            "expires_in": lifetime_s,
            "token_type": "Bearer",
            "refresh_token": refresh_token,
            "scope": SCOPE,
        }

    def create_api_token(
        self,
        user: model.User,
        name: str,
        expired_in_hours: int,
        issuer: str,
        switches: CluedInSwitches,
    ) -> model.ApiToken:
        """Make a named, long-lived token and keep it in the organization's list."""
        lifetime = timedelta(hours=expired_in_hours)
        text = self._issue(user, TokenKind.API, lifetime, issuer, switches)
        token = model.ApiToken(str(uuid4()), name, text, self._store.now() + lifetime)
        self._store.api_tokens[token.id] = token
        return token

    def authenticate(self, authorization: str | None) -> Caller | None:
        """Check an Authorization header; None for none, a bad, an expired or a revoked token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = jwt.decode(
                token.strip(),
                signing_key().public_key(),
                algorithms=["RS256"],
                # Our own clock can be moved, so expiry is checked below.
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            return None
        issued = self._issued.get(claims["jti"])
        return issued.caller if issued and issued.expires_at > self._store.now() else None

    def revoke_all(self) -> int:
        """Make every token of every kind invalid; returns how many there were."""
        revoked = len(self._issued) + len(self._refresh)
        self._issued.clear()
        self._refresh.clear()
        return revoked

    def _identify(self, form: Mapping[str, str], switches: CluedInSwitches) -> model.User:
        match form.get("grant_type"):
            case "password":
                return self._check_password(form.get("username", ""), form.get("password", ""))
            case "refresh_token":
                return self._use_refresh_token(form.get("refresh_token", ""), switches)
            case _:
                raise OAuthError("unsupported_grant_type", "use password or refresh_token")

    def _check_password(self, username: str, password: str) -> model.User:
        for user in self._store.users.values():
            if user.username.casefold() == username.casefold() and user.password == password and not user.is_sso:
                return user
        raise OAuthError("invalid_grant", "invalid_username_or_password")

    def _use_refresh_token(self, token: str, switches: CluedInSwitches) -> model.User:
        user_id = self._refresh.get(token)
        if user_id is None:
            raise OAuthError("invalid_grant", "the refresh token is unknown, used or revoked")
        if switches.refresh_token_rotation:
            del self._refresh[token]
        return self._store.users[user_id]

    def _issue(
        self,
        user: model.User,
        kind: TokenKind,
        lifetime: timedelta,
        issuer: str,
        switches: CluedInSwitches,
    ) -> str:
        now = self._store.now()
        expires_at = now + lifetime
        token_id = uuid4().hex.upper()
        self._issued[token_id] = _Issued(Caller(user.id, kind), expires_at)
        claims = {
            "nbf": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
            "iat": int(now.timestamp()),
            "iss": issuer,
            "jti": token_id,
            **self._describe(user, kind, switches),
        }
        return jwt.encode(claims, signing_key(), algorithm="RS256", headers={"typ": "at+jwt", "kid": KEY_ID})

    def _describe(self, user: model.User, kind: TokenKind, switches: CluedInSwitches) -> dict[str, Any]:
        """The claims about organization and user. Source: docs/vendors/cluedin.md, 1.3."""
        organization = self._store.organization
        is_api = kind is TokenKind.API
        as_string = switches.token_audience == "string" and not is_api
        described = {
            "aud": AUDIENCES[0] if as_string else AUDIENCES,
            "client_id": "PublicApiClient" if is_api else organization.client_id,
            "role": "API" if is_api else list(user.roles),
            "Id": user.id,
            "OrganizationId": organization.id,
            "OrganizationName": organization.organization_name,
            "OrganizationClientReference": organization.client_id,
            "ClientId": organization.client_id,
            "scope": SCOPE.split(),
        }
        return described | ({"api": str(uuid4())} if is_api else {})

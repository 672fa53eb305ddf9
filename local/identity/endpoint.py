"""Which request gets a token, and which one gets which refusal."""

from collections.abc import Mapping
from typing import Any

from local.identity.token import SYSTEM_ASSIGNED_CLIENT_ID, Grant
from local.simulation import Simulator, SwitchSet

API_VERSION = "2019-08-01"
IDENTITY_HEADER_VALUE = "local-identity-header"
DAY_S = 24 * 60 * 60


class IdentitySwitches(SwitchSet):
    """What a test can change while the endpoint runs."""

    lifetime_s: int = DAY_S
    """Of the tokens to come. Azure's managed identities get a day; msal renews what lives less than five minutes."""

    has_system_assigned: bool = True
    """Whether a request without an identity is served."""

    known_client_ids: tuple[str, ...] | None = None
    """The user-assigned identities of the app; None: any."""


class RefusedError(Exception):
    """The endpoint refuses; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class IdentityEndpoint(Simulator[IdentitySwitches]):
    """Gives out tokens and remembers to whom."""

    name = "identity"

    def __init__(self, header: str = IDENTITY_HEADER_VALUE) -> None:
        super().__init__(IdentitySwitches())
        self._header = header
        self._grants: list[Grant] = []

    def grant(self, header: str | None, query: Mapping[str, str]) -> Grant:
        """Decide on a token request.

        Raises:
            RefusedError: as App Service refuses it.
        """
        if header != self._header:
            raise RefusedError(401, "The header X-IDENTITY-HEADER is missing or not the value of IDENTITY_HEADER.")
        if query.get("api-version") != API_VERSION:
            raise RefusedError(400, f"The api-version is not supported, expected {API_VERSION}.")
        if not query.get("resource"):
            raise RefusedError(400, "The parameter resource is missing.")
        grant = Grant(query["resource"], self._find_client_id(query), self.clock.now(), self.switches.lifetime_s)
        self._grants.append(grant)
        return grant

    def _find_client_id(self, query: Mapping[str, str]) -> str:
        client_id = query.get("client_id")
        if client_id is None and self.switches.has_system_assigned:
            return SYSTEM_ASSIGNED_CLIENT_ID
        known = self.switches.known_client_ids
        if client_id is None or (known is not None and client_id not in known):
            raise RefusedError(400, "No User Assigned or Delegated Managed Identity found for specified ClientId.")
        return client_id

    def reset(self) -> None:
        """Forget the tokens given out."""
        self._grants.clear()

    def seed(self, options: Mapping[str, Any]) -> Any:
        """There is nothing to fill; switches change what the endpoint knows.

        Raises:
            ValueError: when options are given.
        """
        if options:
            raise ValueError(f"the identity endpoint has nothing to seed, got {sorted(options)}; use its switches")
        return {}

    def dump(self) -> Any:
        """The tokens given out, in order, without the tokens themselves."""
        return {
            "grants": [
                {
                    "resource": grant.resource,
                    "client_id": grant.client_id,
                    "object_id": grant.object_id,
                    "issued_at": grant.issued_at.isoformat(),
                    "expires_on": grant.expires_on,
                }
                for grant in self._grants
            ]
        }

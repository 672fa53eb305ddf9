"""Bearer tokens: Purview's from Azure's identity, CluedIn's by password, refresh, or given."""

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync_core.clients.http import Call, HttpDoor
from sync_core.clients.json_reading import integer, text
from sync_core.errors import ConfigError, RejectedError, TransientError

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

logger = logging.getLogger(__name__)

PURVIEW_SCOPE = "https://purview.azure.net/.default"
TOKEN_PATH = "/auth/connect/token"  # noqa: S105  # Source: docs/vendors/cluedin.md, 1.2
VISIBLE_ASCII = re.compile("[!-~]+")  # what a header can carry
USUAL_LIFETIME_S = 3600
LONGEST_LIFETIME_S = 24 * 3600  # whatever the answer says, which may be more than a number of ours can hold
LONGEST_MARGIN_S = 300.0
SHARE_OF_LIFETIME = 0.2


class AzureTokens:
    """Tokens from `DefaultAzureCredential`: the managed identity in Azure, the developer's own login on a laptop.

    The credential keeps its tokens and renews them before they expire. A refused token can only be replaced by
    starting with a new credential, whose memory is empty.
    """

    def __init__(self, new_credential: "Callable[[], TokenCredential]", scope: str = PURVIEW_SCOPE) -> None:
        self._new_credential = new_credential
        self._scope = scope
        self._credential: TokenCredential | None = None
        self._lock = threading.Lock()

    def token(self) -> str:
        """Return a valid token.

        Raises:
            ConfigError: no identity is available or it may not have a token.
        """
        with self._lock:
            return self._fetch()

    def renew(self, refused: str) -> str:
        """Return a token fetched anew, unless another thread already did so."""
        with self._lock:
            if self._credential is not None and self._fetch() == refused:
                self._credential = None
            return self._fetch()

    def _fetch(self) -> str:
        from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415  # slow to import

        if self._credential is None:
            self._credential = self._new_credential()
        try:
            return self._credential.get_token(self._scope).token
        except ClientAuthenticationError as error:
            raise ConfigError(
                f"Azure gave no token for Purview: {_telling_lines(str(error))} In Azure, give the app a managed "
                "identity and set AZURE_CLIENT_ID if it is user-assigned; on a laptop, sign in with the Azure CLI."
            ) from error
        except AzureError as error:
            raise TransientError(f"Azure's identity endpoint is out of reach: {error}", service="identity") from error


def _telling_lines(message: str) -> str:
    """The chain of credentials reports on each of them: the first line sums up, the managed identity's tells why."""
    first, *others = message.splitlines() or [""]
    return " ".join([first, *(line.strip() for line in others if "ManagedIdentityCredential:" in line)])


@dataclass(frozen=True)
class GivenToken:
    """The one token of `CLUEDIN_ACCESS_TOKEN`: it cannot be renewed."""

    value: str = field(repr=False)

    def token(self) -> str:
        """Return the token."""
        return self.value

    def renew(self, refused: str) -> str:
        """Explain that a person must renew it.

        Raises:
            ConfigError: always.
        """
        del refused
        raise ConfigError(
            "CluedIn refused the token of CLUEDIN_ACCESS_TOKEN: it expired or may not be used for this. Create a new "
            "one or set CLUEDIN_USERNAME and CLUEDIN_PASSWORD of a service account instead."
        )


class PasswordTokens:
    """CluedIn access tokens by password grant, kept fresh with the refresh token, shared by all threads.

    Source: docs/vendors/cluedin.md, 1.2.
    """

    def __init__(
        self,
        door: HttpDoor,
        organization: str,
        username: str,
        password: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = door
        self._organization = organization
        self._username = username
        self._password = password
        self._clock = clock
        self._lock = threading.Lock()
        self._access_token = ""
        self._refresh_token = ""
        self._renew_at = 0.0

    def token(self) -> str:
        """Return a token that is not about to expire; one thread fetches, the others wait for it.

        Raises:
            ConfigError: CluedIn refuses the credentials.
        """
        with self._lock:
            if not self._access_token or self._clock() >= self._renew_at:
                self._fetch()
            return self._access_token

    def renew(self, refused: str) -> str:
        """Return a token fetched anew, unless another thread already did so."""
        with self._lock:
            if self._access_token == refused:
                self._fetch()
            return self._access_token

    def _fetch(self) -> None:
        if self._refresh_token and self._try_refresh():
            return
        self._grant({"grant_type": "password", "username": self._username, "password": self._password})

    def _try_refresh(self) -> bool:
        refresh_token, self._refresh_token = self._refresh_token, ""
        try:
            self._grant({"grant_type": "refresh_token", "refresh_token": refresh_token})
        except ConfigError:
            logger.info("CluedIn no longer takes the refresh token; signing in again")
            return False
        return True

    def _grant(self, form: dict[str, str]) -> None:
        # Asked once: the call that needs the token is repeated itself where it may be, while all others wait for it.
        form = {**form, "client_id": self._organization}
        try:
            answer = self._door.send(
                Call("POST", TOKEN_PATH, form=form, operation=form["grant_type"], idempotent=False)
            )
        except RejectedError as error:
            raise ConfigError(
                f"CluedIn gave no access token: {error}. Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD (a service "
                "account that does not use single sign-on) and CLUEDIN_ORGANIZATION, "
                f"which is '{self._organization}'."
            ) from error
        self._keep(answer.json())

    def _keep(self, grant: object) -> None:
        match grant:
            case {"access_token": str(access_token), **rest} if VISIBLE_ASCII.fullmatch(access_token):
                lifetime_s = float(min(integer(rest, "expires_in") or USUAL_LIFETIME_S, LONGEST_LIFETIME_S))
                self._access_token = access_token
                self._refresh_token = text(rest, "refresh_token")
                self._renew_at = self._clock() + lifetime_s - min(LONGEST_MARGIN_S, lifetime_s * SHARE_OF_LIFETIME)
            case _:
                raise ConfigError("CluedIn's token endpoint answered without an access_token: check CLUEDIN_URL.")

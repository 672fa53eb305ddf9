"""Bearer tokens: Purview's from Azure's identity, CluedIn's by password, refresh, or given."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sync_core.errors import ConfigError, CredentialsError, RejectedError, SlowAnswerError, SyncError, TransientError
from sync_core.held_secrets import HELD
from sync_core.http.client import Call, HttpClient
from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import integer, text
from sync_core.http.services import CLUEDIN, PURVIEW
from sync_core.http.sign_in import SharedSignIn
from sync_core.logs import get_logger

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

logger = get_logger(__name__)

PURVIEW_SCOPE = "https://purview.azure.net/.default"
TOKEN_PATH = "/auth/connect/token"  # noqa: S105  # Source: docs/vendors/cluedin.md, 1.2
VISIBLE_ASCII = re.compile("[!-~]+")  # what a header can carry
ASKS_TO_WAIT = re.compile("timed out|it answered 429", re.IGNORECASE)
UNREACHED = re.compile(
    f"{ASKS_TO_WAIT.pattern}|it answered 5[0-9]{{2}}|Failed to establish a new connection|Connection (aborted|reset)",
    re.IGNORECASE,
)
USUAL_LIFETIME_S = 3600
LONGEST_LIFETIME_S = 24 * 3600  # whatever the answer says, which may be more than a number of ours can hold
LONGEST_MARGIN_S = 300.0
SHARE_OF_LIFETIME = 0.2


class AzureTokens:
    """Tokens from `DefaultAzureCredential`: the managed identity in Azure, the developer's own login on a laptop.

    The credential keeps its tokens and renews them before they expire. A refused token can only be replaced by
    starting with a new credential, whose memory is empty.
    """

    def __init__(
        self,
        new_credential: "Callable[[], TokenCredential]",
        scope: str = PURVIEW_SCOPE,
        on_throttled: Callable[[str, float | None], None] = lambda _service, _retry_after_s: None,
    ) -> None:
        self._new_credential = new_credential
        self._scope = scope
        self._credential: TokenCredential | None = None
        self._sign_in = SharedSignIn(PURVIEW, on_throttled)

    def token(self) -> str:
        """Return a valid token; one thread asks, the others share its outcome.

        Raises:
            ConfigError: no identity is available or it may not have a token.
            ThrottledError: Azure's identity endpoint hangs, or asks to slow down.
        """
        return self._sign_in.ask(self._fetch)

    def renew(self, refused: str) -> str:
        """Return a token fetched anew, unless another thread already did so."""
        return another_than(refused, lambda: self._sign_in.ask(lambda: self._fetch_other(refused)))

    def _fetch_other(self, refused: str) -> str:
        if self._credential is not None and self._fetch() == refused:
            self._credential = None
        return self._fetch()

    def _fetch(self) -> str:
        from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415  # slow to import

        if self._credential is None:
            self._credential = self._new_credential()
        try:
            token = self._credential.get_token(self._scope).token
        except ClientAuthenticationError as error:
            raise _to_identity_error(_telling_lines(str(error))) from error
        except AzureError as error:
            raise _out_of_reach(str(error)) from error
        if not (isinstance(token, str) and VISIBLE_ASCII.fullmatch(token)):
            self._credential = None  # it would remember that
            raise _to_identity_error("the identity endpoint's token can stand in no header.")
        HELD.hold_token(token)
        return token


def another_than(refused: str, ask: Callable[[], str]) -> str:
    """Return what asking gives; asked again where another thread, which did not know of the refusal, shared its own."""
    token = ask()
    return ask() if token == refused else token


def _to_identity_error(message: str) -> SyncError:
    """The chain of credentials tells in words only what kept the managed identity from answering."""
    if UNREACHED.search(message):
        return _out_of_reach(message)
    return CredentialsError(
        f"Azure gave no token for Purview: {message} In Azure, give the app a managed identity and set AZURE_CLIENT_ID "
        "if it is user-assigned; on a laptop, sign in with the Azure CLI.",
        service=PURVIEW.title,
    )


def _out_of_reach(message: str) -> TransientError:
    kind = SlowAnswerError if ASKS_TO_WAIT.search(message) else TransientError
    return kind(f"Azure's identity endpoint is out of reach: {message}", service="identity")


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
        raise CredentialsError(
            "CluedIn refused the token of CLUEDIN_ACCESS_TOKEN: it expired or may not be used for this. Create a new "
            "one or set CLUEDIN_USERNAME and CLUEDIN_PASSWORD of a service account instead.",
            service=CLUEDIN.title,
        )


@dataclass(frozen=True)
class Grant:
    """What signing in gave; before that, something that is due to be renewed."""

    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    renew_at: float = float("-inf")


class PasswordTokens:
    """CluedIn access tokens by password grant, kept fresh with the refresh token, shared by all threads.

    Source: docs/vendors/cluedin.md, 1.2.
    """

    def __init__(
        self,
        http: HttpClient,
        organization: str,
        username: str,
        password: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._organization = organization
        self._username = username
        self._password = password
        self._clock = clock
        self._sign_in = SharedSignIn(http.service, http.on_throttled, clock)
        self._grant = Grant()

    def token(self) -> str:
        """Return a token that is not about to expire; one thread asks for it, the others share its outcome.

        Raises:
            ConfigError: CluedIn refuses the credentials.
            ThrottledError: signing in hangs.
        """
        return self._sign_in.ask(lambda: self._fetch_other("")) if self._is_due else self._grant.access_token

    def renew(self, refused: str) -> str:
        """Return a token fetched anew, unless another thread already did so."""
        return another_than(refused, lambda: self._sign_in.ask(lambda: self._fetch_other(refused)))

    @property
    def _is_due(self) -> bool:
        return self._clock() >= self._grant.renew_at

    def _fetch_other(self, refused: str) -> str:
        if self._is_due or self._grant.access_token == refused:
            self._fetch()
        return self._grant.access_token

    def _fetch(self) -> None:
        if self._grant.refresh_token and self._try_refresh():
            return
        self._ask({"grant_type": "password", "username": self._username, "password": self._password})

    def _try_refresh(self) -> bool:
        refresh_token, self._grant = self._grant.refresh_token, replace(self._grant, refresh_token="")
        try:
            self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})
        except ConfigError:
            logger.info("CluedIn no longer takes the refresh token; signing in again")
            return False
        return True

    def _ask(self, form: dict[str, str]) -> None:
        # Asked once: the call that needs the token is repeated itself where it may be, while all others wait for it.
        form = {**form, "client_id": self._organization}
        try:
            answer = self._http.send(
                Call("POST", TOKEN_PATH, form=form, operation=form["grant_type"], idempotent=False)
            )
        except RejectedError as error:
            raise CredentialsError(
                f"CluedIn gave no access token: {error}. Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD (a service "
                "account that does not use single sign-on) and CLUEDIN_ORGANIZATION, "
                f"which is '{self._organization}'.",
                service=CLUEDIN.title,
            ) from error
        self._grant = parse_grant(answer.json(), self._clock())
        HELD.hold_token(self._grant.refresh_token)
        HELD.hold_token(self._grant.access_token)


def parse_grant(body: object, now: float) -> Grant:
    """Read a token endpoint's answer.

    Raises:
        AddressError: it holds no token that a header can carry.
    """
    match body:
        case {"access_token": str(access_token), **rest} if VISIBLE_ASCII.fullmatch(access_token):
            told_s = integer(rest, "expires_in") or 0
            lifetime_s = float(min(told_s, LONGEST_LIFETIME_S) if told_s > 0 else USUAL_LIFETIME_S)
            margin_s = min(LONGEST_MARGIN_S, lifetime_s * SHARE_OF_LIFETIME)
            return Grant(access_token, text(rest, "refresh_token"), now + lifetime_s - margin_s)
        case _:
            raise to_shape_error(CLUEDIN, "a token endpoint's with an access_token", body or {})

"""Questions to the app that runs elsewhere, as an operator's machine asks them: signed in a header, no redirect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from sync_core.errors import ConfigError, TransientError
from sync_core.http.bounded import read_body
from sync_core.http.client import USER_AGENT
from sync_core.http.session import PooledSession

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

TIMEOUT_S = (10, 240)  # to connect; to answer, which in Azure ends after 230 s
NAME = "app"
HEADERS = {"Accept": "application/json", "User-Agent": USER_AGENT}
Sign = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class RunningApp:
    """The HTTP functions of the app at an address. `sign` gives the headers that let its caller in."""

    url: str
    sign: Sign = field(repr=False)

    def get(self, function: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and body of what a function answers to a query.

        Raises:
            TransientError: there was no answer.
            ConfigError: there is no token.
        """
        return self._exchange("GET", function, params=dict(query))

    def post(self, function: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Return status and body of what a function answers to a JSON body. Raises as `get`."""
        return self._exchange("POST", function, json=dict(body))

    def _exchange(self, method: str, function: str, **what: Any) -> tuple[int, bytes]:
        address = f"{self.url}/api/{function}"
        try:
            with PooledSession() as session:
                answer = session.request(
                    method,
                    address,
                    headers={**HEADERS, **self.sign()},
                    timeout=TIMEOUT_S,
                    allow_redirects=False,  # a redirect would carry the key elsewhere
                    stream=True,
                    **what,
                )
                return answer.status_code, read_body(answer, NAME)
        except requests.RequestException as error:
            raise TransientError(f"The app at {self.url} did not answer: {type(error).__name__}.") from error


def key_header(key: str) -> Sign:
    """Return what lets in whoever has a key."""
    return lambda: {"x-functions-key": key}


def token_header(credential: "TokenCredential", scope: str) -> Sign:
    """Return what lets in whoever is signed in to Azure."""

    def sign() -> Mapping[str, str]:
        from azure.core.exceptions import AzureError  # noqa: PLC0415  # slow to import

        try:
            return {"Authorization": f"Bearer {credential.get_token(scope).token}"}
        except AzureError as error:
            first = (str(error).splitlines() or [""])[0]
            raise ConfigError(f"Azure gave no token for {scope}: {first} Sign in with the Azure CLI.") from error

    return sign

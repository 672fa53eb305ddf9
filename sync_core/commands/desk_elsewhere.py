"""The app that runs elsewhere, which answers with its own identity: who calls needs no role, but a key or a sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sync_core.commands.desk import NO_ENTRY, JsonObject, read_answer
from sync_core.commands.exits import WrongRequestError
from sync_core.errors import ConfigError
from sync_core.http.running_app import RunningApp, Sign, key_header, token_header
from sync_core.settings import ServiceUrl

DEFAULT_SCOPE = "/.default"
OPERATOR_KEY = "SYNC_APP_KEY"  # in the environment: no shell's history keeps it


@dataclass(frozen=True)
class DeskElsewhere:
    """Asks over HTTP."""

    running: RunningApp

    def ask(self, query: Mapping[str, str]) -> JsonObject:
        """Return what `GET status` answers."""
        return read_answer(*self.running.get("status", query))

    def act(self, order: Mapping[str, Any]) -> JsonObject:
        """Return what `POST actions` answers."""
        return read_answer(*self.running.post("actions", order))


def open_desk(url: str, scope: str) -> DeskElsewhere:
    """Return the desk of the app at an address, with a token where a scope is given, else with the environment's key.

    Raises:
        WrongRequestError: the address is none that a key may be sent to.
        ConfigError: there is no key.
    """
    try:
        address = TypeAdapter(ServiceUrl).validate_python(url.strip())
    except ValidationError as error:
        why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise WrongRequestError(f"--app: {why}") from None  # the error would show what was typed, a key perhaps
    return DeskElsewhere(RunningApp(address.removesuffix("/api"), _sign(scope)))


def _sign(scope: str) -> Sign:
    if scope:
        from sync_core.app import new_azure_credential  # noqa: PLC0415  # the whole app

        full = scope if scope.endswith(DEFAULT_SCOPE) else scope.rstrip("/") + DEFAULT_SCOPE
        return token_header(new_azure_credential(), full)
    key = environ.get(OPERATOR_KEY, "").strip()
    if not key:
        raise ConfigError(f"There is nothing to open the app with. {NO_ENTRY}")
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(f"{OPERATOR_KEY} is no key: expected letters, digits and signs of ASCII, on one line.")
    return key_header(key)

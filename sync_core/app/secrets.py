"""All that is secret in the settings, so that it can be taken out of whatever is told."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from sync_core.settings import Settings

SHORTEST_PART = 6
RECEIVERS = re.compile(r"(?:^|&)(?:to|cc|bcc|from|reply)=[^&]*")
PERSON = re.compile(r"[^\s@=&]+@[\w-]+(?:\.[\w-]+)+")
"""An address of mail, which opens nothing: who acts may be known by it."""


def secrets_of(settings: Settings) -> Iterator[str]:
    """Yield each secret, and those parts of it that open something for themselves."""
    for secret in (settings.cluedin_access_token, settings.cluedin_password, *settings.webhook_secrets):
        if secret:
            text = secret.get_secret_value()
            yield text
            yield text.removeprefix("whsec_")
    for url in settings.notify_urls:
        yield from _parts_of_address(url.get_secret_value())
    if settings.storage_connection_string:
        yield from _parts_of_connection(settings.storage_connection_string.get_secret_value())


def _parts_of_address(address: str) -> Iterator[str]:
    """Yield what of an address opens something: all of it, and all behind its scheme that is longer than a word.

    Who gets a mail is no secret.
    """
    yield address
    yield address.partition("://")[2]
    parts = urlsplit(address)
    query = RECEIVERS.sub("", parts.query)
    for text in (parts.path, query, parts.fragment, parts.username or ""):
        yield from (piece for piece in _pieces(text) if not PERSON.fullmatch(piece))
    yield from _pieces(parts.password or "")


def _pieces(text: str) -> Iterator[str]:
    pieces = {text.strip("/"), *re.split(r"[/&=?;,]", text)}
    return (unquote(piece) for piece in pieces if len(piece) >= SHORTEST_PART)


def _parts_of_connection(text: str) -> Iterator[str]:
    """Yield what of a connection string opens something."""
    yield text
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() in {"accountkey", "sharedaccesssignature"}:
            yield value
            yield from (piece.partition("=")[2] for piece in value.split("&") if piece.startswith("sig="))

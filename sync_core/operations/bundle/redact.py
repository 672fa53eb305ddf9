"""Takes secrets out of whatever is told: those that are known, in each spelling, and what looks like one."""

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from sync_core.safe_text import MASK, mask

SHORTEST = 4
"""A shorter secret, a schema's word perhaps, would mask half of all texts."""
SHORTEST_PART = 6
NAMED = re.compile(r"(?i)pass(?:word|wd)|secret|(?:access|refresh)_?token|account_?key|connection_?string|signature$")
"""What is called so shows nothing, whatever it holds."""
PATTERNS = (
    re.compile(r"whsec_[A-Za-z0-9+/=_-]{6,}"),
    re.compile(r"\bxox[a-z]-[\w-]{10,}"),  # a token of Slack
    re.compile(r"\b[A-Za-z0-9+/]{86}=="),  # a storage account's key
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),  # who signs in by an address
    re.compile(r"(?i)(?<=[?&](?:se|sp|sv|sr|st)=)[^\s&;\"']+"),  # the rest of a shared access signature
    re.compile(
        r"(?i)(?<=://)(?:[\w-]+\.)*(?:hooks\.slack\.com|discord(?:app)?\.com/api/webhooks|webhook\.office\.com"
        r"|logic\.azure\.com(?::\d+)?/workflows)/?[^\s\"'<>]*"
    ),
)


class Redaction:
    """Masks `secrets` and what looks like one, in any value of JSON."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelled = {spelling for secret in secrets if len(secret) >= SHORTEST for spelling in spellings(secret)}
        self._known = sorted(spelled, key=len, reverse=True)  # a part of another one must not be masked first

    def of(self, value: Any) -> Any:
        """Return a value without secrets."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {self._text(str(name)): self._member(str(name), one) for name, one in value.items()}
            case list() | tuple():
                return [self.of(one) for one in value]
            case _:
                return value

    def _member(self, name: str, value: Any) -> Any:
        return MASK if isinstance(value, str) and value and NAMED.search(name) else self.of(value)

    def _text(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, MASK)
        for pattern in PATTERNS:
            text = pattern.sub(MASK, text)
        return mask(text)


def spellings(secret: str) -> set[str]:
    """Return the ways in which a secret may be written."""
    in_json = json.dumps(secret)[1:-1]
    encoded = b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret), in_json, encoded}


def parts_of_address(address: str) -> Iterator[str]:
    """Yield what of an address opens something: all of it, and all behind its scheme that is longer than a word."""
    yield address
    yield address.partition("://")[2]
    parts = urlsplit(address)
    for text in (parts.path, parts.query, parts.fragment, parts.username or "", parts.password or ""):
        pieces = {text.strip("/"), *re.split(r"[/&=?;,]", text)}
        yield from (unquote(piece) for piece in pieces if len(piece) >= SHORTEST_PART)


def parts_of_connection(text: str) -> Iterator[str]:
    """Yield what of a connection string opens something."""
    yield text
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() in {"accountkey", "sharedaccesssignature"}:
            yield value
            yield from (piece.partition("=")[2] for piece in value.split("&") if piece.startswith("sig="))

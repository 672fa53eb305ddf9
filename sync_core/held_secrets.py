"""The secrets that this process holds, so that whatever is told is without them, however a service spells them.

Those of the settings are held for good, tokens until so many newer ones came.
"""

import html
import json
import re
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator
from threading import Lock
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST = 4
"""A shorter secret would mask half of all texts."""
MOST_TOKENS = 40
PLAIN = re.compile(r"(?=.{1,20}$)[A-Za-z]+(?:[_.-][A-Za-z]+)*|\d{1,9}")
"""A secret that reads as words or as a number: so may the name of an asset, an operation, or a part of an address."""


class HeldSecrets:
    """Masks what it was told to hold. A plain word is masked only as a value: in quotes, behind `=`, or all alone."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._secrets: set[str] = set()
        self._tokens = deque[str](maxlen=MOST_TOKENS)
        self._telling: tuple[str, ...] = ()
        self._plain: re.Pattern[str] | None = None
        self.hold(secrets)

    def hold(self, secrets: Iterable[str]) -> None:
        """Hold secrets for good."""
        with self._lock:
            if new := {secret for secret in secrets if len(secret) >= SHORTEST} - self._secrets:
                self._secrets |= new
                self._learn()

    def hold_token(self, token: str) -> None:
        """Hold a token for as long as it may be in use."""
        with self._lock:
            if len(token) >= SHORTEST and token not in self._tokens:
                self._tokens.append(token)
                self._learn()

    def clear(self) -> None:
        """Hold nothing more: the next test, or another installation, has secrets of its own."""
        with self._lock:
            self._secrets.clear()
            self._tokens.clear()
            self._learn()

    def mask(self, text: str) -> str:
        """Return a text with each secret masked."""
        for spelling in self._telling:
            if spelling in text:
                text = text.replace(spelling, MASK)
        return self._plain.sub(MASK, text) if self._plain else text

    def _learn(self) -> None:
        held = {*self._secrets, *self._tokens}
        plain = {secret for secret in held if PLAIN.fullmatch(secret)}
        telling = {spelling for secret in held - plain for spelling in spellings(secret)}
        self._telling = tuple(sorted(telling, key=len, reverse=True))  # a part of another one must not be masked first
        self._plain = _as_value(sorted(plain, key=len, reverse=True))


HELD = HeldSecrets()
"""Those of this process."""


def spellings(secret: str) -> set[str]:
    """Return the ways in which a secret may be written."""
    in_urls = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    encoded = b64encode(secret.encode()).decode().rstrip("=")
    return {secret, *in_urls, *_in_json(secret), html.escape(secret), encoded}


def _in_json(secret: str) -> Iterator[str]:
    """Yield it as JSON has it, and as JSON within JSON."""
    for ensure_ascii in (True, False):
        once = json.dumps(secret, ensure_ascii=ensure_ascii)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ensure_ascii)[1:-1]


def _as_value(words: list[str]) -> re.Pattern[str] | None:
    any_of = "|".join(map(re.escape, words))
    return re.compile(rf"(?<=[\"'=])(?:{any_of})(?=\\?[\"'&;,]|\s|$)|\A(?:{any_of})\Z") if words else None

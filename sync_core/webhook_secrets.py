"""Reads `WEBHOOK_SECRETS` in each form in which people write it; what could be meant in two ways is refused."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

from sync_core.json_decoding import decode_or_none

PREFIX = "whsec_"  # Source: Standard Webhooks
VERSION = re.compile(r"\bv1,\s*(?=whsec_)")  # how some senders show their secret
ASYMMETRIC = ("whsk_", "whpk_")
UNSEEN = "\ufeff\u200b\u00a0 \t"
QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
SEPARATORS = re.compile(r"[;\r\n]")
WORDS = re.compile(r"[,\s]+")
EXPECTED = f"expected {PREFIX} and base64, or any text, several separated by ';'"


def split_secrets(text: str) -> list[str]:
    """Return the secrets in a text: separated by `;` or line breaks, those of Standard Webhooks also by commas.

    Quotes around all or around one are left out, as is `v1,` before `whsec_`. A comma in any other text could separate
    two secrets or belong to one: it belongs to one in quotes, else it is refused.

    Raises:
        ValueError: there is none, or one is not what it seems to be; the message holds nothing of it.
    """
    text = VERSION.sub("", text)
    inner = _unquoted(text)
    is_list = bool(SEPARATORS.search(inner)) or inner.startswith(PREFIX)
    pieces = SEPARATORS.split(inner if is_list else text)
    secrets = [secret for piece in pieces if piece.strip(UNSEEN) for secret in _secrets_of(piece)]
    if not secrets:  # taken for "none", it would leave the webhook open
        raise ValueError("expected at least one value, several separated by ';'")
    return secrets


def _secrets_of(piece: str) -> Iterator[str]:
    text = piece.strip(UNSEEN)
    inner = _unquoted(text)
    words = [_unquoted(word) for word in WORDS.split(inner) if word]
    if any(word.startswith((PREFIX, *ASYMMETRIC)) for word in words):
        yield from (_standard(word) for word in words)
        return
    if "," in text and inner == text:
        raise ValueError(f"found a comma; {EXPECTED}; put a secret that holds a comma in double quotes")
    yield _plain(inner)


def _standard(word: str) -> str:
    if not word.startswith(PREFIX):
        raise ValueError(f"found {PREFIX} beside something else; {EXPECTED}")
    data = word.removeprefix(PREFIX).rstrip("=").replace("+", "-").replace("/", "_")
    try:
        is_key = bool(urlsafe_b64decode(data + "=" * (-len(data) % 4))) and re.fullmatch("[A-Za-z0-9_-]+", data)
    except ValueError:
        is_key = None
    if not is_key or PREFIX in data:
        raise ValueError(f"expected a secret in base64 behind {PREFIX}")
    return word


def _plain(text: str) -> str:
    is_odd = not text or not text.isprintable() or text[0] in QUOTES or text[-1] in set(QUOTES.values())
    if PREFIX in text.lower():
        raise ValueError(f"found {PREFIX} beside something else, or in other letters; {EXPECTED}")
    if is_odd or _is_json(text):
        raise ValueError(f"found quotes, brackets or unseen characters; {EXPECTED}")
    return text


def _is_json(text: str) -> bool:
    return isinstance(decode_or_none(text), list | dict)


def _unquoted(text: str) -> str:
    """Return a text without the pair of quotes around all of it."""
    text = text.strip(UNSEEN)
    is_pair = len(text) > 1 and QUOTES.get(text[0]) == text[-1]
    inside = text[1:-1] if is_pair else ""
    return inside.strip(UNSEEN) if is_pair and not set(inside) & {text[0], text[-1]} else text

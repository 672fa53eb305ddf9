"""Checks who sent a delivery: Standard Webhooks, or the hex HMAC of the body in `X-CluedIn-Signature`.

Each secret may be the sender's text as it is or, as Standard Webhooks has it, base64 behind `whsec_`; two secrets are
a rotation. All comparisons take constant time.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook

from sync_core.lineage.webhook.signature_age import is_old, is_recent, signed_at

CLUEDIN_HEADER = "x-cluedin-signature"
STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
SECRET_PREFIX = "whsec_"  # noqa: S105
HASH_PREFIX = "sha256="
URL_SAFE = str.maketrans("-_", "+/")


def is_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Whether one of the secrets signed the body, in either scheme; header names are lower-case.

    Standard Webhooks also signs id and time; what is more than five minutes old or ahead counts as not signed.
    """
    return is_id_signed(headers, body, secrets, now) or any(_is_hex(headers, body, key) for key in _all_keys(secrets))


def is_id_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Whether the delivery's id was signed together with the body: only Standard Webhooks does that."""
    return is_recent(headers, now) and _is_standard(headers, body, secrets)


def is_signed_long_ago(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Whether id, time and body were signed, and nothing is wrong but that it is too old."""
    return is_old(headers, now) and _is_standard(headers, body, secrets)


def _all_keys(secrets: Sequence[str]) -> list[bytes]:
    return [key for secret in secrets for key in _keys(secret)]


def _is_standard(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """The library refuses the whole header for one entry that it cannot read, so that the entries are read here."""
    if not all(headers.get(name) for name in STANDARD_HEADERS):
        return False
    try:
        at, data = signed_at(headers), body.decode()
        expected = [Webhook(key).sign(headers["webhook-id"], at, data).encode() for key in _all_keys(secrets)]
    except ValueError:  # a time or a text that is none
        return False
    given = [entry.encode(errors="replace") for entry in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)


def _is_hex(headers: Mapping[str, str], body: bytes, key: bytes) -> bool:
    given = headers.get(CLUEDIN_HEADER, "").strip().lower().removeprefix(HASH_PREFIX)
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _keys(secret: str) -> Iterator[bytes]:
    """The keys that a secret may stand for: its own characters, and what they are the base64 of, in either alphabet."""
    yield secret.encode()
    text = secret.removeprefix(SECRET_PREFIX).translate(URL_SAFE)
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return
    if decoded:
        yield decoded

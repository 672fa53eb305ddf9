"""Checks who sent a delivery: Standard Webhooks, or the hex HMAC of the body in `X-CluedIn-Signature`.

Each secret may be the sender's text as it is or, as Standard Webhooks has it, base64 behind `whsec_`; two secrets are
a rotation. All comparisons take constant time.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

CLUEDIN_HEADER = "x-cluedin-signature"
STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
SECRET_PREFIX = "whsec_"  # noqa: S105
HASH_PREFIX = "sha256="


def is_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets signed the body, in either scheme; header names are lower-case.

    Standard Webhooks also signs id and time, and refuses what is more than five minutes old.
    """
    return is_id_signed(headers, body, secrets) or any(_is_hex(headers, body, key) for key in _all_keys(secrets))


def is_id_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """Whether the delivery's id was signed together with the body: only Standard Webhooks does that."""
    return any(_is_standard(headers, body, key) for key in _all_keys(secrets))


def _all_keys(secrets: Sequence[str]) -> list[bytes]:
    return [key for secret in secrets for key in _keys(secret)]


def _is_standard(headers: Mapping[str, str], body: bytes, key: bytes) -> bool:
    if not all(headers.get(name) for name in STANDARD_HEADERS):
        return False
    try:
        Webhook(key).verify(body, {name: headers[name] for name in STANDARD_HEADERS}, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def _is_hex(headers: Mapping[str, str], body: bytes, key: bytes) -> bool:
    given = headers.get(CLUEDIN_HEADER, "").strip().lower().removeprefix(HASH_PREFIX)
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _keys(secret: str) -> Iterator[bytes]:
    """The keys that a secret may stand for: its own characters, and what they are the base64 of."""
    yield secret.encode()
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return
    if decoded:
        yield decoded

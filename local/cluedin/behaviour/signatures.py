"""Webhook signatures: Standard Webhooks, and a plain hex HMAC of the body."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from standardwebhooks import Webhook as StandardWebhook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def sign(
    body: bytes,
    delivery_id: str,
    at: datetime,
    secrets: Sequence[str],
    schemes: Sequence[Literal["standard", "cluedin"]],
) -> dict[str, str]:
    """Make the signature headers of a body; none without secrets.

    With two secrets (rotation) the Standard Webhooks header carries both signatures; the plain one has room for one,
    the first, whose text is the key. Source: Standard Webhooks specification; docs/lineage.md, Signatures.
    """
    headers: dict[str, str] = {}
    if secrets and "standard" in schemes:
        headers |= _sign_standard(body, delivery_id, at, secrets)
    if secrets and "cluedin" in schemes:
        headers["X-CluedIn-Signature"] = hmac.new(secrets[0].encode(), body, sha256).hexdigest()
    return headers


def _sign_standard(body: bytes, delivery_id: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    text = body.decode()
    signatures = [StandardWebhook(secret).sign(delivery_id, at, text) for secret in secrets]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }

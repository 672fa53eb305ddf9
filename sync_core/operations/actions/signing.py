"""Signs what a button of the dashboard asks for, so that no other page can have a browser ask for it.

Nothing is kept per page: a signature holds for the text, for whom the page was made, and for some hours. Whoever makes
another page knows the key of none.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

VALID_FOR = timedelta(hours=8)
SIGNATURE = re.compile(r"([0-9]{1,12})\.([0-9a-f]{64})")
ROUTE = "POST dashboard"


def sign(key: bytes, text: str, person: str, now: datetime) -> str:
    """Return the signature of a text on a page that is made now; `person` is who is signed in, empty for nobody."""
    stamp = int(now.timestamp())
    return f"{stamp}.{_digest(key, text, person, stamp)}"


def is_signed(key: bytes, text: str, signature: str, person: str, now: datetime) -> bool:
    """Whether a page of ours, made for this person some hours ago at most, has asked for this."""
    found = SIGNATURE.fullmatch(signature)
    if not found:
        return False
    stamp = int(found[1])
    is_right = hmac.compare_digest(found[2], _digest(key, text, person, stamp))
    return is_right and timedelta(0) <= now - datetime.fromtimestamp(stamp, UTC) < VALID_FOR


def _digest(key: bytes, text: str, person: str, stamp: int) -> str:
    parts = (ROUTE, str(stamp), person, text)
    signed = "".join(f"{len(part)}:{part}" for part in parts)  # no part can pass for the end of another
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()

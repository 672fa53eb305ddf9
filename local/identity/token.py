"""Access tokens that look like those of Microsoft Entra ID, signed with a key that everybody may know."""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

SIGNING_KEY = b"local-identity-endpoint"
TENANT_ID = "00000000-0000-4000-8000-00000000aaaa"
SYSTEM_ASSIGNED_CLIENT_ID = "00000000-0000-4000-8000-00000000bbbb"


@dataclass(frozen=True)
class Grant:
    """What a token says: for which resource, for whom, from when until when."""

    resource: str
    client_id: str
    issued_at: datetime
    lifetime_s: int

    @property
    def expires_on(self) -> int:
        """Seconds since the epoch."""
        return int(self.issued_at.timestamp()) + self.lifetime_s

    @property
    def object_id(self) -> str:
        """The identity's object id, always the same for the same client id."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.client_id))


def format_token(grant: Grant) -> str:
    """Write the grant as a JWT, signed with HS256 and `SIGNING_KEY`."""
    issued_at = int(grant.issued_at.timestamp())
    claims = {
        "aud": grant.resource,
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "iat": issued_at,
        "nbf": issued_at,
        "exp": grant.expires_on,
        "appid": grant.client_id,
        "appidacr": "2",
        "idtyp": "app",
        "oid": grant.object_id,
        "sub": grant.object_id,
        "tid": TENANT_ID,
        "uti": uuid.uuid4().hex,
        "ver": "1.0",
    }
    signed = f"{_encode_json({'alg': 'HS256', 'typ': 'JWT'})}.{_encode_json(claims)}"
    return f"{signed}.{_encode(hmac.new(SIGNING_KEY, signed.encode(), hashlib.sha256).digest())}"


def _encode_json(value: object) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

"""Who is signed in, as the platform's sign-in tells by headers that nobody else can write while it is on.

It takes such headers out of what arrives and puts in its own. While it is off anybody may write them: none counts.
Source: Microsoft, "Work with user identities in Azure App Service authentication". It is unconfirmed whether each plan
sends all of them: a name, an id, or the claims alone are enough.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from sync_core.absence.approval import LONGEST_BY
from sync_core.json_decoding import decode
from sync_core.operations.actions.parse import Person
from sync_core.safe_text import safe_text

IS_ON = "WEBSITE_AUTH_ENABLED"
NAME = "x-ms-client-principal-name"
ID = "x-ms-client-principal-id"
CLAIMS = "x-ms-client-principal"
NAME_CLAIMS = ("preferred_username", "upn", "name")
ID_CLAIMS = ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid")


def is_sign_in_on(environment: Mapping[str, str]) -> bool:
    """Whether the platform asks everybody to sign in: then it is the one who wrote the headers."""
    return environment.get(IS_ON, "").strip().lower() == "true"


def find_signed_in(headers: Mapping[str, str], environment: Mapping[str, str]) -> Person | None:
    """Return whoever is signed in, by name, an app by its id; None for nobody, also where only a name is told."""
    if not is_sign_in_on(environment):
        return None
    told = {name.lower(): value.strip() for name, value in headers.items()}
    claims = dict(_claims(told.get(CLAIMS, "")))
    own_id = told.get(ID) or _first(claims, ID_CLAIMS)
    name = told.get(NAME) or _first(claims, NAME_CLAIMS) or own_id
    return Person(safe_text(name)[:LONGEST_BY], is_signed_in=True) if own_id else None


def _first(claims: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((claims[name] for name in names if claims.get(name)), "")


def _claims(header: str) -> Iterator[tuple[str, str]]:
    """Yield the claims: `{"claims": [{"typ": "oid", "val": "..."}]}` in base64."""
    found = _decoded(header)
    claims = found.get("claims") if isinstance(found, dict) else None
    for claim in claims if isinstance(claims, list) else ():
        kind, value = (claim.get("typ"), claim.get("val")) if isinstance(claim, dict) else (None, None)
        if isinstance(kind, str) and isinstance(value, str):
            yield kind, value.strip()


def _decoded(header: str) -> Any:
    try:
        return decode(b64decode(header, validate=True))
    except ValueError:
        return None

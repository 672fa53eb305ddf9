"""What a person asks about: a guid, an address of Purview's portal that holds one, or a name; pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from sync_core.errors import RejectedError
from sync_core.guids import to_guid

LONGEST_ASKED = 4096
GUID_IN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PORTAL = re.compile(r"(?:.*\.)?purview(?:\.azure|\.microsoft|-service\.microsoft)?\.(?:com|cn|us|net)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The text as it was asked; `guid` is the one that it is or holds, empty where it is a name."""

    text: str
    guid: str = ""


def parse_asked(text: str) -> Asked:
    """Read what is asked about. A qualified name may be an address, and hold guids of its own.

    Raises:
        RejectedError: it is too long.
    """
    text = text.strip()
    if len(text) > LONGEST_ASKED:
        raise RejectedError(
            f"explain has {len(text)} characters; expected {LONGEST_ASKED} at most: a name, a qualified name, a guid "
            "or an address of Purview's portal.",
            code="explain",
        )
    return Asked(text, guid_in(text))


def guid_in(text: str) -> str:
    """Return the guid that a text is, or that it holds as an address of the portal; empty where it is a name."""
    return to_guid(text) or _guid_in_address(text)


def _guid_in_address(text: str) -> str:
    """The portal's address of an asset has its guid as a parameter, in its query or behind its `#`.

    Some programs pass it on without `https://`: then its host must be the portal's, as names may look like that.
    """
    has_scheme = "://" in text
    try:
        parts = urlsplit(text if has_scheme else f"https://{text}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not (has_scheme or PORTAL.fullmatch(host)):
        return ""
    for query in (parts.query, parts.fragment.rpartition("?")[2]):
        for name, values in parse_qs(query).items():
            if name.lower() in {"guid", "assetguid", "assetid"} and (guid := to_guid(values[0])):
                return guid
    if not PORTAL.fullmatch(host):
        return ""
    found = GUID_IN.findall(unquote(parts.path + parts.fragment))
    return to_guid(found[-1]) if found else ""

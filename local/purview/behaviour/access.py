"""Who may do what: tokens that are accepted, roles on collections, and the metadata policies that grant them.

Source: docs/vendors/purview.md, section 6.
"""

import base64
import json
import time
from dataclasses import dataclass
from enum import StrEnum

from local.purview.behaviour.collections import Collections
from local.purview.errors import PurviewError, atlas_error, gateway_error
from local.purview.model import Json
from local.purview.switches import PurviewSwitches

AUDIENCES = {"https://purview.azure.net", "73c2949e-da2d-457a-9607-fcc665198967"}
"""The resource of scope https://purview.azure.net/.default, and the application id that stands for it."""
ANYONE = "*"


class Role(StrEnum):
    """The roles of a collection, by the last part of their internal names."""

    READER = "purview-reader"
    CURATOR = "data-curator"
    COLLECTION_ADMIN = "collection-administrator"
    SOURCE_ADMIN = "data-source-administrator"


class Right(StrEnum):
    """What a role allows."""

    READ = "data/read"
    WRITE = "data/write"
    MANAGE = "collection/write"


GIVES = {
    Role.READER: {Right.READ},
    Role.CURATOR: {Right.READ, Right.WRITE},
    Role.COLLECTION_ADMIN: {Right.MANAGE},
    Role.SOURCE_ADMIN: set[Right](),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token stands for: the object id in it, or "" for a token without one."""

    object_id: str


class Tokens:
    """Accepts bearer tokens: any that is not revoked and, as far as it is a JWT, in date and meant for Purview."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._revoked: set[str] = set()
        self._revoked_at = 0

    def revoke_all(self) -> None:
        """Refuse all tokens issued until now."""
        self._revoked |= self._seen
        self._revoked_at = int(time.time())

    def accept(self, authorization: str | None) -> Caller | None:
        """The caller, or None when the header is missing or its token is not accepted."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        claims = _read_claims(token)
        self._seen.add(token)
        if token in self._revoked or float(claims.get("iat", time.time())) < self._revoked_at:
            return None
        if float(claims.get("exp", time.time() + 1)) <= time.time():
            return None
        if "aud" in claims and str(claims["aud"]).rstrip("/") not in AUDIENCES:
            return None
        return Caller(str(claims.get("oid") or claims.get("sub") or claims.get("appid") or ""))


def _read_claims(token: str) -> Json:
    """The claims of a JWT, unverified; anything else has none."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


class Access:
    """Role assignments; roles inherit down the tree. At first anyone has every role on the root."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections
        self._grants: dict[str, dict[Role, set[str]]] = {}
        self.grant(ANYONE, {collections.root.name: list(Role)})

    def grant(self, principal: str, roles: dict[str, list[Role]]) -> None:
        """Make these the roles of a principal (an object id, or "*" for anyone), collection by collection."""
        for granted in self._grants.values():
            for members in granted.values():
                members.discard(principal)
        for collection, names in roles.items():
            self._collections.get(collection)
            for role in names:
                self.members(collection, role).add(principal)

    def members(self, collection: str, role: Role) -> set[str]:
        """The object ids that have the role by assignment on this very collection; change it to change them."""
        return self._grants.setdefault(collection, {}).setdefault(role, set())

    def may(self, caller: Caller, right: Right, collection: str) -> bool:
        """Does the caller have the right on the collection, by itself or inherited?"""
        line = [each.name for each in self._collections.path(collection)] + [collection]
        who = {ANYONE, caller.object_id}
        return any(
            right in GIVES[role] and who & members
            for name in line
            for role, members in self._grants.get(name, {}).items()
        )

    def may_anywhere(self, caller: Caller, right: Right) -> bool:
        """Does the caller have the right on any collection?"""
        return any(self.may(caller, right, each.name) for each in self._collections)

    def readable(self, caller: Caller) -> frozenset[str]:
        """The collections whose assets the caller sees."""
        return frozenset(each.name for each in self._collections if self.may(caller, Right.READ, each.name))

    def has_any_role(self, caller: Caller) -> bool:
        """Does the caller have any role anywhere?"""
        who = {ANYONE, caller.object_id}
        return any(who & members for roles in self._grants.values() for members in roles.values())


def forbidden(switches: PurviewSwitches, caller: Caller, action: str) -> PurviewError:
    """A missing role, in the shape that is switched on."""
    if switches.forbidden_shape == "gateway":
        return gateway_error(403, "Unauthorized", "Not authorized to access account")
    return atlas_error("403-00-001", caller.object_id or "anonymous", action)

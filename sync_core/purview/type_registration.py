"""Registers type definitions in Microsoft Purview, whichever of them are known already, and however they were changed.

Source: docs/vendors/purview.md, section 4.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sync_core.errors import AddressError, AlreadyExistsError, RejectedError
from sync_core.http.client import Call, HttpClient
from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import member, objects, text, texts
from sync_core.http.services import PURVIEW
from sync_core.purview.client import API_VERSION, ATLAS

TYPES = f"{ATLAS}/types/typedefs"
VERSIONED = {"api-version": API_VERSION}
ENDS = ("endDef1", "endDef2")
Definition = Mapping[str, Any]
Definitions = Mapping[str, list[dict[str, Any]]]


def register_types(http: HttpClient, definitions: Definitions) -> bool:
    """Register definitions by kind (`entityDefs`, `relationshipDefs`); return whether Purview had none of them.

    Raises:
        RejectedError: Purview refuses a definition, or has one of that name that does not serve for it.
    """
    if _create(http, definitions):
        return True
    try:
        _update(http, definitions)
    except RejectedError:  # some are known and some are not: only one by one can each be created or updated
        for kind, many in definitions.items():
            for one in many:
                _register(http, kind, one)
    return False


def _register(http: HttpClient, kind: str, definition: dict[str, Any]) -> None:
    if _create(http, {kind: [definition]}):
        return
    try:
        _update(http, {kind: [definition]})
    except RejectedError as refusal:  # Purview takes no update that leaves out what somebody added
        known = _find(http, definition["name"])
        if known is None:
            raise
        if not serves_for(known, definition):
            try:
                _update(http, {kind: [extended(definition, known)]})
            except RejectedError:
                raise refusal from None  # the whole update may be refused for another reason than ours was


def serves_for(known: Definition, ours: Definition) -> bool:
    """Whether a definition that Purview has holds all that ours does."""
    return (
        set(texts(ours, "superTypes")) <= set(texts(known, "superTypes"))
        and _attributes(ours).items() <= _attributes(known).items()
        and _ends(ours) == _ends(known)
    )


def extended(ours: Definition, known: Definition) -> dict[str, Any]:
    """Return our definition with the attributes and super types that Purview's has beside it."""
    names = _attributes(ours)
    others = [attribute for attribute in objects(known, "attributeDefs") if text(attribute, "name") not in names]
    supers = [name for name in texts(known, "superTypes") if name not in texts(ours, "superTypes")]
    more = {"attributeDefs": [*objects(ours, "attributeDefs"), *others]}
    return {**ours, **more, **({"superTypes": [*texts(ours, "superTypes"), *supers]} if supers else {})}


def _attributes(definition: Definition) -> dict[str, str]:
    return {text(one, "name"): text(one, "typeName") for one in objects(definition, "attributeDefs")}


def _ends(definition: Definition) -> list[tuple[str, str]]:
    return [(text(definition, end, "type"), text(definition, end, "name")) for end in ENDS]


def _find(http: HttpClient, name: str) -> Definition | None:
    path = f"{ATLAS}/types/typedef/name/{quote(name, safe='')}"
    try:
        found = http.send(Call("GET", path, VERSIONED, operation="find_type")).json()
    except (RejectedError, AddressError):  # that the update was refused says more
        return None
    return found if isinstance(found, Mapping) and member(found, "name") == name else None


def _create(http: HttpClient, definitions: Definitions) -> bool:
    """Create types; return False if one of them exists, which refuses the whole call."""
    try:
        answer = http.send(Call("POST", TYPES, VERSIONED, json=dict(definitions), operation="create_types"))
    except AlreadyExistsError:
        return False
    _check(http, definitions, answer.json())
    return True


def _update(http: HttpClient, definitions: Definitions) -> None:
    answer = http.send(Call("PUT", TYPES, VERSIONED, json=dict(definitions), operation="update_types"))
    _check(http, definitions, answer.json())


def _check(http: HttpClient, definitions: Definitions, body: Any) -> None:
    """Believe an answer that tells types; where it tells none, look for one of them: 200 alone is no proof."""
    if any(isinstance(member(body, kind), list) for kind in definitions):
        return
    first = next(iter(definitions.values()))[0]
    if _find(http, first["name"]) is None:
        raise to_shape_error(PURVIEW, "that to a registration of types", body)

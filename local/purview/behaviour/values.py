"""Attribute values: how each type takes them, and the size limits.

Source: Apache Atlas' AtlasBuiltInTypes for the types; docs/vendors/purview.md, section 3 "Size" (QUOTA) for the limits.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.purview.model import Json

MAX_ASSET_BYTES = 2 * 1024 * 1024
MAX_NAME_BYTES = 4 * 1024
MAX_PROPERTY_BYTES = 32 * 1024


def normalise(value: Any, type_name: str) -> Any:
    """The value as the service would store it; other types than primitives and arrays of them pass unchanged.

    Raises:
        ValueError: when the type cannot take the value.
    """
    if value is None:
        return None
    if type_name.startswith("array<"):
        if not isinstance(value, list):
            raise ValueError(f"invalid value for type {type_name}")
        return [normalise(each, type_name[len("array<") : -1]) for each in value]
    take = _TAKERS.get(type_name)
    if take is None:
        return value
    try:
        return take(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"invalid value for type {type_name}") from error


def java_text(value: Any) -> str:
    """A string attribute takes anything by Java's `toString()`: JSON that was not encoded is mangled, not refused."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case dict():
            return "{" + ", ".join(f"{key}={java_text(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(java_text(each) for each in value) + "]"
        case _:
            return str(value)


def _take_int(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError("a boolean is no number")
    return int(value)


def _take_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError("neither true nor false")


def _take_date(value: Any) -> int:
    """Epoch milliseconds, or ISO 8601."""
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    return _take_int(value)


_TAKERS: dict[str, Callable[[Any], Any]] = {
    "string": java_text,
    "boolean": _take_boolean,
    "date": _take_date,
    "float": float,
    "double": float,
    "bigdecimal": float,
    **dict.fromkeys(("int", "long", "short", "byte", "biginteger"), _take_int),
}


def find_oversize(type_name: str, attributes: Json) -> str | None:
    """Which limit the attributes break, as a sentence; the service's own wording is not published."""
    sizes = {name: _size(value) for name, value in attributes.items() if value is not None}
    if sizes.get("name", 0) > MAX_NAME_BYTES:
        return f"{type_name}.name: {sizes['name']} bytes, the limit is {MAX_NAME_BYTES}"
    for name, size in sizes.items():
        if size > MAX_PROPERTY_BYTES:
            return f"{type_name}.{name}: {size} bytes, the limit is {MAX_PROPERTY_BYTES}"
    if sum(sizes.values()) > MAX_ASSET_BYTES:
        return f"{type_name}: {sum(sizes.values())} bytes, the limit is {MAX_ASSET_BYTES}"
    return None


def _size(value: Any) -> int:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return len(text.encode(errors="surrogatepass"))

"""Values on their way between host and function, decoded and encoded by azure-functions' own converters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azure.functions import meta

Datum = meta.Datum
TRIGGERS = ("timerTrigger", "queueTrigger", "httpTrigger")
OFFERED = (*TRIGGERS, "http")


@dataclass(frozen=True)
class TriggerValue:
    """What the host hands to a function: the trigger's payload and its metadata."""

    data: Datum
    metadata: Mapping[str, Datum]


def get_converter(binding_type: str) -> Any:
    """Return the library's converter of a binding type."""
    return meta.get_binding_registry().get(binding_type)  # type: ignore[no-untyped-call]


def decode(binding_type: str, value: TriggerValue, annotation: object) -> Any:
    """Make the argument of a function, as the worker does.

    Raises:
        TypeError: the payload does not fit the binding.
        ValueError: a field of the metadata cannot be read.
    """
    if annotation is str:
        return value.data.value
    if annotation is bytes:
        return value.data.value.encode()
    try:
        return get_converter(binding_type).decode(value.data, trigger_metadata=value.metadata)
    except NotImplementedError as error:
        raise TypeError(f"unable to decode incoming data of type {value.data.type!r} for {binding_type}") from error


def encode(binding_type: str, returned: object, expected: type | None) -> Datum:
    """Make the host's value of what a function returned.

    Raises:
        TypeError: the binding does not take such a value.
    """
    try:
        datum: Datum = get_converter(binding_type).encode(returned, expected_type=expected)
    except NotImplementedError as error:
        raise TypeError(
            f"unable to encode outgoing TypedData: unsupported type {binding_type!r} "
            f"for Python type {type(returned).__name__!r}"
        ) from error
    return datum

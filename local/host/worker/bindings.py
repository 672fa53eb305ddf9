"""Values on their way between host and function, decoded and encoded by azure-functions' own converters."""

from collections.abc import Mapping
from typing import Any

from azure.functions import meta

from local.host.worker.messages import TRIGGERS, Datum, HttpAnswer, TriggerValue

OFFERED = (*TRIGGERS, "http")


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
        return get_converter(binding_type).decode(_unpack(value.data), trigger_metadata=_unpack(value.metadata))
    except NotImplementedError as error:
        raise TypeError(f"unable to decode incoming data of type {value.data.type!r} for {binding_type}") from error


def _unpack(value: Any) -> Any:
    """Make the library's values of ours, as the worker does of the host's messages."""
    match value:
        case Datum(inner, kind):
            return meta.Datum(_unpack(inner), kind)
        case Mapping():
            return {name: _unpack(each) for name, each in value.items()}
        case _:
            return value


def encode(returned: object, expected: type | None) -> HttpAnswer:
    """Make the host's answer of what an HTTP function returned.

    Raises:
        TypeError: the binding does not take such a value.
    """
    try:
        datum: meta.Datum = get_converter("http").encode(returned, expected_type=expected)
    except NotImplementedError as error:
        raise TypeError(
            f"unable to encode outgoing TypedData: unsupported type 'http' for Python type {type(returned).__name__!r}"
        ) from error
    return _to_answer(datum)


def _to_answer(datum: meta.Datum) -> HttpAnswer:
    if datum.type == "string":
        return HttpAnswer(200, {"content-type": "text/plain; charset=utf-8"}, datum.value.encode())
    fields: Mapping[str, Any] = datum.value
    body = fields["body"].value
    return HttpAnswer(
        status=int(fields["status_code"].value),
        headers={name: value.value for name, value in fields["headers"].items()},
        body=body.encode() if isinstance(body, str) else bytes(body or b""),
        cookies=tuple(cookie.output(header="").strip() for cookie in fields.get("cookies") or []),
    )

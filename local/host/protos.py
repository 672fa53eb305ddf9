"""Plain stand-ins for the protobuf messages that pass between the Functions host and its Python worker.

The worker library takes the message classes as a parameter and only reads and writes attributes, so plain objects do.
"""

from types import SimpleNamespace
from typing import Any

from local.host.worker.messages import Datum


class Message(SimpleNamespace):
    """A message with whatever fields it is given."""

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802 - protobuf's name
        """Name the field that is set."""
        return next((name for name, value in vars(self).items() if value is not None), None)


class BindingInfo(Message):
    """The binding's direction and data type; the numbers are those of FunctionRpc.proto."""

    out, inout, undefined = 1, 2, 0


class StatusResult(Message):
    """How a request ended."""

    Failure, Success = 0, 1


class RpcHttpCookie(Message):
    """A cookie that a function sets."""

    SameSite = SimpleNamespace(**{"None": 0, "Lax": 1, "Strict": 2, "ExplicitNone": 3})


class Protos:
    """The module of message classes, as the library wants it."""

    BindingInfo = BindingInfo
    StatusResult = StatusResult
    RpcHttpCookie = RpcHttpCookie

    def __getattr__(self, name: str) -> Any:
        """Every other message is a plain one."""
        return Message


def to_typed_data(datum: Datum) -> Message:
    """Write a value of ours as the message that the host would send."""
    if datum.type != "http":
        return Message(**{str(datum.type): datum.value})
    fields = datum.value
    texts = {name: {key: value.value for key, value in fields[name].items()} for name in ("headers", "params", "query")}
    body = to_typed_data(fields["body"])
    return Message(http=Message(method=fields["method"].value, url=fields["url"].value, body=body, **texts))

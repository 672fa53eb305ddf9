"""What host and worker tell each other; in Azure these are the protobuf messages of FunctionRpc.proto."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TRIGGERS = ("timerTrigger", "queueTrigger", "httpTrigger")


class IndexingError(RuntimeError):
    """The worker would not index this app, so it has no functions at all."""


@dataclass(frozen=True)
class Datum:
    """A value and its kind, as TypedData; that of kind `http` is a mapping of further ones."""

    value: Any
    type: str


@dataclass(frozen=True)
class TriggerValue:
    """What the host hands to a function: the trigger's payload and its metadata."""

    data: Datum
    metadata: Mapping[str, Datum]


@dataclass(frozen=True)
class FunctionMetadata:
    """A function that the worker found, with its bindings as in function.json."""

    name: str
    bindings: tuple[Mapping[str, Any], ...]

    @property
    def trigger(self) -> Mapping[str, Any]:
        """The trigger binding."""
        return next(binding for binding in self.bindings if binding["type"] in TRIGGERS)


@dataclass(frozen=True)
class Indexed:
    """The worker's first word: the app's functions."""

    functions: tuple[FunctionMetadata, ...]


@dataclass(frozen=True)
class Refused:
    """The worker's first and last word: this app has no functions, and why."""

    reason: str


@dataclass(frozen=True)
class Invocation:
    """Run this function with that value."""

    invocation_id: str
    function: str
    value: TriggerValue


@dataclass(frozen=True)
class HttpAnswer:
    """What an HTTP function answers; `cookies` are values of Set-Cookie headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """How an invocation ended; `error` is the worker's text for the host, None after a success."""

    invocation_id: str
    error: str | None = None
    answer: HttpAnswer | None = None

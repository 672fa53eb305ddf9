"""The payload of an HTTP trigger, as the host sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.host.worker.messages import Datum, TriggerValue


@dataclass(frozen=True)
class HttpCall:
    """A request for an HTTP function; header names in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    route: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def make_http_value(call: HttpCall) -> TriggerValue:
    """Build the payload; HTTP triggers have no metadata."""
    fields = {
        "method": Datum(call.method, "string"),
        "url": Datum(call.url, "string"),
        "headers": _to_data(call.headers),
        "query": _to_data(call.query),
        "params": _to_data(call.route),
        "body": Datum(call.body, "bytes"),
    }
    return TriggerValue(Datum(fields, "http"), {})


def _to_data(values: Mapping[str, str]) -> dict[str, Datum]:
    return {name: Datum(value, "string") for name, value in values.items()}

"""Tells OpenTelemetry of each exchange: who was asked for what, how it ended, how long it took.

No path and no query is in it, which hold names, and no header and no body. No trace context goes out with a request
either: the services are others', know nothing of our traces, and know each request by its id.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from sync_core.telemetry.door import Value, safely
from sync_core.telemetry.metrics import Metric, measure
from sync_core.telemetry.spans import Attribute, Kind, span

PORTS = {"http": 80, "https": 443}


class Ended(Protocol):
    """Hears how an exchange ended: `result` is a status, or the name of the error where no answer came."""

    def __call__(self, result: int | str, duration_s: float) -> None:
        """Tell it."""


@contextmanager
def told_exchange(
    service: str, base_url: str, method: str, operation: str, *, request_id: str, resends: int
) -> Iterator[Ended]:
    """Tell of the exchange in the block, and yield what is to hear of its end. `resends` is 0 for a first request."""
    asked: dict[str, Value] = {Attribute.SERVICE: service, Attribute.HTTP_METHOD: method}
    about: dict[str, Value] = {Attribute.OPERATION: operation, Attribute.REQUEST_ID: request_id}
    if resends:
        about[Attribute.HTTP_RESENDS] = resends
    with span(f"{method} {operation}".rstrip(), {**asked, **about}, kind=Kind.CLIENT) as exchange:

        def ended(result: int | str, duration_s: float) -> None:
            outcome: dict[str, Value] = {}
            if isinstance(result, int):
                outcome[Attribute.HTTP_STATUS] = result
            if isinstance(result, str) or result >= HTTPStatus.BAD_REQUEST:
                outcome[Attribute.ERROR_TYPE] = str(result)
                exchange.fail(str(result))
            if exchange.is_heard:
                exchange.tell(outcome | (safely(lambda: _server(base_url)) or {}))
            measure(Metric.REQUEST_DURATION, duration_s, {**asked, **outcome})

        yield ended


def _server(base_url: str) -> dict[str, Value]:
    address = urlsplit(base_url)
    port = address.port or PORTS[address.scheme]
    return {Attribute.SERVER_ADDRESS: address.hostname or "", Attribute.SERVER_PORT: port}

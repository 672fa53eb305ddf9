"""What carries the calls of Azure's SDKs: within a call nobody sleeps for as long as a server asks."""

from http import HTTPStatus
from typing import Any

from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import RequestsTransport

from sync_core.http.retry_after import parse_retry_after
from sync_core.http.session import ReadySession
from sync_core.storage.connection import Patience

PAUSES = ("Retry-After", "retry-after-ms", "x-ms-retry-after-ms")  # that azure-core heeds, in this order


class PatientTransport(RequestsTransport):  # type: ignore[misc]  # it has no types
    """Carries calls through a pool that suits the many threads of a host; no part of a call outlasts its patience."""

    def __init__(self, patience: Patience) -> None:
        super().__init__(
            session=ReadySession(),
            session_owner=False,
            connection_timeout=patience.timeout_s,
            read_timeout=patience.timeout_s,
        )
        self._longest_pause_s = patience.timeout_s

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Send a request, and cut what the answer asks to wait for: the SDKs sleep for all of it, a day too."""
        response = super().send(request, **kwargs)
        headers: Any = response.headers
        asked_s = parse_retry_after(headers)
        for name in PAUSES:
            headers.pop(name, None)
        if asked_s is not None:
            headers["Retry-After"] = f"{min(asked_s, self._longest_pause_s):.0f}"
        return response


class IdentityTransport(PatientTransport):
    """Carries calls to the identity endpoint, whose library takes a failure's body for a token that is not one."""

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Send a request.

        Raises:
            ServiceRequestError: it failed in a way that passes; the text tells the status.
        """
        response = super().send(request, **kwargs)
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServiceRequestError(f"it answered {status}")
        return response

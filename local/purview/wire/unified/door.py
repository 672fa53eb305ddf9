"""What each request of the Unified Catalog must pass, whatever it asks for.

Source: docs/vendors/unified-catalog.md, sections 1 and 7.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from local.purview.errors import PurviewError
from local.purview.model import Json
from local.purview.unified.errors import invalid, refuse, unauthorized
from local.purview.unified.rates import PAUSE_S
from local.purview.wire.call import Call, Handler


def guard(operation: str, handler: Handler) -> Handler:
    """The handler behind host, version, role and rate."""

    def guarded(call: Call) -> Any:
        _check_host(call)
        _check_version(call)
        _check_role(call)
        _check_rate(call, operation)
        return handler(call)

    return guarded


def read_body(call: Call) -> Json:
    """The body as an object; an empty one is an empty object."""
    if not call.body:
        return {}
    try:
        body = json.loads(call.body)
    except ValueError as error:
        raise invalid(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    return body


def unknown(call: Call) -> None:
    """Nothing is at this path."""
    raise refuse(404, "NotFound", f"No operation at {call.url}")


def method_not_allowed(call: Call) -> None:
    """PATCH anywhere, as reported live."""
    raise refuse(405, "MethodNotAllowed", f"The method is not allowed at {call.url}")


def _check_host(call: Call) -> None:
    if urlsplit(call.base_url).hostname in call.purview.switches.unified_refused_hosts:
        raise unauthorized()


def _check_version(call: Call) -> None:
    if call.purview.switches.unified_api_version_required and not call.text("api-version"):
        raise refuse(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required.")


def _check_role(call: Call) -> None:
    if call.purview.unified.access.has_any_role(call.caller):
        return
    if call.purview.switches.unified_forbidden_body == "empty":
        raise PurviewError(403)
    raise unauthorized()


def _check_rate(call: Call, operation: str) -> None:
    mode = call.purview.switches.unified_rate_limits
    if mode == "off" or call.purview.unified.rates.admit(operation):
        return
    headers = {"Retry-After": str(PAUSE_S)} if mode == "retry_after" else {}
    raise refuse(429, "TooManyRequests", "Rate limit is exceeded.", **headers)

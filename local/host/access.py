"""Which key opens which function."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

FUNCTION_KEY_SETTING = "LOCAL_HOST_FUNCTION_KEY"
MASTER_KEY_SETTING = "LOCAL_HOST_MASTER_KEY"
DEFAULT_FUNCTION_KEY = "local-function-key"
DEFAULT_MASTER_KEY = "local-master-key"


@dataclass(frozen=True)
class Keys:
    """The keys of this host; the master key opens everything."""

    function: str = DEFAULT_FUNCTION_KEY
    master: str = DEFAULT_MASTER_KEY

    def open(self, auth_level: str, request: Request) -> bool:
        """Whether the request may call a function of that level."""
        if auth_level.lower() == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = [self.master] if auth_level.lower() == "admin" else [self.master, self.function]
        return any(hmac.compare_digest(given.encode(), key.encode()) for key in accepted)

"""Which key opens which function. Measured with host 4.1037."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from local.host.http.query import read_query

FUNCTION_KEY_SETTING = "LOCAL_HOST_FUNCTION_KEY"
MASTER_KEY_SETTING = "LOCAL_HOST_MASTER_KEY"
DEFAULT_FUNCTION_KEY = "local-function-key"
DEFAULT_MASTER_KEY = "local-master-key"


@dataclass(frozen=True)
class Keys:
    """The keys of this host: the host's function key opens all functions, the master key everything."""

    function: str = DEFAULT_FUNCTION_KEY
    master: str = DEFAULT_MASTER_KEY

    def own_key(self, function: str) -> str:
        """Return the key that opens this one function only."""
        return f"{self.function}-of-{function}"

    def open(self, function: str, auth_level: str, request: Request) -> bool:
        """Whether the request may call a function of that level."""
        match auth_level.lower():
            case "anonymous":
                return True
            case "admin":
                return self.open_admin(request)
            case _:
                return _is_one_of(request, self.master, self.function, self.own_key(function))

    def open_admin(self, request: Request) -> bool:
        """Whether the request may use what only the master key opens."""
        return _is_one_of(request, self.master)


def _is_one_of(request: Request, *keys: str) -> bool:
    given = _read_key(request).encode()
    return any(hmac.compare_digest(given, key.encode()) for key in keys)


def _read_key(request: Request) -> str:
    """The header counts, also an empty one; only without it `?code=`, in any case of letters."""
    header: str | None = request.headers.get("x-functions-key")
    if header is not None:
        return header
    return next((value for name, value in read_query(request).items() if name.lower() == "code"), "")

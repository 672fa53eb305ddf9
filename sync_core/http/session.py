"""The sessions that carry all outgoing requests, of the app's own clients and of Azure's SDKs."""

from os import environ
from typing import Any

import requests
from requests.utils import get_environ_proxies

from sync_core.http.bounded import BoundedAdapter

POOL_SIZE = 64  # as many as there are threads in Azure: a connection for each
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class PooledSession(requests.Session):
    """A session for many threads that keeps its connections and no cookies, and waits for no answer for ever.

    Proxies and certificates come from the environment, by the variables that requests knows, and a .netrc file is not
    asked. Each origin's are read once: requests itself goes through all variables twice for each request, which was a
    fifth of the processor time of a call to storage.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = next(filter(None, map(environ.get, CERTIFICATES)), True)
        self._proxies: dict[str, dict[str, str]] = {}
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter(pool_connections=4, pool_maxsize=POOL_SIZE))
        self.cookies.set_policy(_NoCookies())

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:  # noqa: D102
        asked = {**self._proxies_of(url), **(proxies or {})}
        return super().merge_environment_settings(url, asked, stream, None if verify is True else verify, cert)

    def _proxies_of(self, url: str) -> dict[str, str]:
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._proxies:
            self._proxies[origin] = get_environ_proxies(origin)
        return self._proxies[origin]


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    """One session serves many threads: a cookie of one answer must not travel with another's request."""

    def set_ok(self, cookie: Any, request: Any) -> bool:  # noqa: ARG002
        return False

"""The sessions that carry all outgoing requests, of the app's own clients and of Azure's SDKs."""

from collections.abc import Mapping
from os import environ
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies

from sync_core.http.bounded import BoundedAdapter

POOL_SIZE = 64  # as many as there are threads in Azure: a connection for each
WITHOUT_BODY = ("GET", "HEAD")
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
        self.certificates: str | bool = next(filter(None, map(environ.get, CERTIFICATES)), True)
        self.verify = self.certificates
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


class ReadySession(PooledSession):
    """Sends the requests of Azure's SDKs, which come with their whole address, all headers and the bytes of the body.

    All that requests would do to make them ready was a fifth of the processor time of a call to storage.
    """

    def request(  # type: ignore[override]  # as azure-core's RequestsTransport calls it
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        data: Any = None,
        timeout: Any = None,
        stream: bool = False,
        **others: Any,
    ) -> requests.Response:
        """Send a request and return its answer, whatever its status; one with a form goes the long way.

        Raises:
            requests.RequestException: there is no answer, or it broke off.
        """
        if not isinstance(data, str | bytes | None) or others.get("files") or others.get("proxies"):
            sent = {"headers": headers, "data": data, "timeout": timeout, "stream": stream}
            return super().request(method, url, **sent, **others)
        answer = self.get_adapter(url).send(
            _made_ready(method, url, headers, data.encode() if isinstance(data, str) else data),
            stream=True,
            timeout=timeout,
            verify=self.certificates,
            cert=others.get("cert"),
            proxies=self._proxies_of(url),
        )
        if not stream:
            _ = answer.content  # it is read now, and its connection free
        return answer


def _made_ready(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = CaseInsensitiveDict(headers)
    if body is not None or method not in WITHOUT_BODY:
        request.headers.setdefault("Content-Length", str(len(body or b"")))
    return request


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    """One session serves many threads: a cookie of one answer must not travel with another's request."""

    def set_ok(self, cookie: Any, request: Any) -> bool:  # noqa: ARG002
        return False

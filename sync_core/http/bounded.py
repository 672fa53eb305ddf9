"""Answers that are here as a whole in time: a time-out of requests counts anew with each byte that a server drips."""

import io
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from sync_core.errors import TransientError

# Longer than the time-out for its first byte. With those of http/client.py it is 40 s, less than any lease.
REST_OF_ANSWER_S = 10.0
LARGEST_ANSWER_BYTES = 64 * 1024**2  # the largest that either service gives to what the app asks has a few MiB
CHUNK_BYTES = 64 * 1024


class BoundedAdapter(HTTPAdapter):
    """Carries requests; an answer, headers and body, has its read time-out and ten seconds more, however it comes.

    A time-out is raised as for a server that says nothing.
    """

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: D102
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:  # noqa: D102
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


def read_body(response: requests.Response, service: str, most_bytes: int = LARGEST_ANSWER_BYTES) -> bytes:
    """Return the body of a streamed answer, decoded, and let go of its connection.

    Raises:
        requests.RequestException: it broke off, or did not come in time.
        TransientError: it is longer than any answer of a service.
    """
    body = bytearray()
    with response:
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > most_bytes:
                limit = f"expected {most_bytes // 1024**2} MiB at most"
                raise TransientError(f"An answer of {service} does not end: {limit}.", service=service)
    return bytes(body)


class _UntilTheEnd(io.RawIOBase):
    """What a socket gives until a moment; the socket's own time-out stays what it is for the next request."""

    def __init__(self, raw: io.RawIOBase, sock: socket, ends_at: float) -> None:
        self._raw, self._socket, self._ends_at = raw, sock, ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left_s, timeout_s = self._ends_at - time.monotonic(), self._socket.gettimeout()
        if left_s <= 0:
            raise TimeoutError("The answer did not come as a whole in time.")
        self._socket.settimeout(left_s if timeout_s is None else min(left_s, timeout_s))
        count = self._raw.readinto(buffer)
        self._socket.settimeout(timeout_s)
        return int(count) if count is not None else None

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that has to be here by a moment."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout_s = sock.gettimeout()
        if timeout_s is not None:
            ends_at = time.monotonic() + timeout_s + REST_OF_ANSWER_S
            self.fp = io.BufferedReader(_UntilTheEnd(self.fp.detach(), sock, ends_at))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}

"""Counts requests and bytes where they leave or enter this process: below all clients, retries included."""

import logging
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

_LOGGER = logging.getLogger("urllib3.connectionpool")
_PORT = 2
"""urllib3 logs each request with scheme, host, port, method and so on as arguments."""


class _Counting(logging.Handler):
    def __init__(self, services: Mapping[int, str]) -> None:
        super().__init__(logging.DEBUG)
        self.services = services
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        # Other messages of that logger have fewer arguments.
        if isinstance(record.args, tuple) and len(record.args) > _PORT + 1:
            self.counts[self.services.get(int(str(record.args[_PORT])), "other")] += 1


@contextmanager
def counted(services: Mapping[str, str]) -> Iterator[Counter[str]]:
    """Count the requests of the block by service; `services` gives the name for each URL."""
    handler = _Counting({urlsplit(url).port or 0: name for url, name in services.items()})
    level, propagates = _LOGGER.level, _LOGGER.propagate
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.DEBUG)
    _LOGGER.propagate = False  # these messages hold whole URLs, with keys in them
    try:
        yield handler.counts
    finally:
        _LOGGER.setLevel(level)
        _LOGGER.propagate = propagates
        _LOGGER.removeHandler(handler)


@contextmanager
def bytes_read(urls: Iterable[str]) -> Iterator[Counter[int]]:
    """Count the bytes that the block reads from each of these ports, whatever thread does."""
    ports, read = {urlsplit(url).port for url in urls}, Counter[int]()
    readinto = socket.SocketIO.readinto

    def counting(self: socket.SocketIO, buffer: bytearray) -> int | None:
        count = readinto(self, buffer)
        port = self._sock.getpeername()[1]  # type: ignore[attr-defined]
        if port in ports:
            read[port] += count or 0
        return count

    socket.SocketIO.readinto = counting  # type: ignore[method-assign,assignment]
    try:
        yield read
    finally:
        socket.SocketIO.readinto = readinto  # type: ignore[method-assign]

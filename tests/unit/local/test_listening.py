"""A server says where it listens in one line, which is read whole or not at all."""

import socket
import subprocess
import sys

from local.listening import read_announced_url
from local.service import REPOSITORY

LINE = "functions host listens on http://127.0.0.1:38253\n"


def test_half_a_line_is_no_address_yet() -> None:
    halves = [LINE[:end] for end in range(len(LINE))]
    assert [read_announced_url(half) for half in halves] == [None] * len(halves)
    assert read_announced_url(LINE) == "http://127.0.0.1:38253"


def test_the_line_is_found_between_others() -> None:
    log = f"[2026-11-24T15:38:26.547Z] Job host started\n{LINE}[2026-11-24T15:38:26.601Z] Executing\n"
    assert read_announced_url(log) == "http://127.0.0.1:38253"


def test_an_unbuffered_server_writes_the_line_at_once() -> None:
    # A log line of another thread once got between the address and the end of its line.
    program = "from local.listening import announce; announce('functions host', 'http://127.0.0.1:38253')"
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)  # each write arrives as one datagram
    with ours, theirs:
        subprocess.run([sys.executable, "-u", "-c", program], stdout=theirs.fileno(), cwd=REPOSITORY, check=True)
        assert ours.recv(1000).decode() == LINE

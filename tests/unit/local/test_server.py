import signal
import socket
import subprocess
import sys
import textwrap

import pytest
import requests
from starlette.applications import Starlette

from local.server import listen, serve

PROGRAM = textwrap.dedent("""
    from starlette.applications import Starlette
    from local.simulation import run
    run(Starlette(), name="empty")
""")


def test_two_servers_get_two_ports() -> None:
    with serve(Starlette()) as first, serve(Starlette()) as second:
        assert first != second
        assert requests.get(first, timeout=5).status_code == 404


def test_a_taken_port_is_an_error_at_once() -> None:
    with serve(Starlette()) as url, pytest.raises(OSError, match="cannot listen on"):
        listen("127.0.0.1", int(url.rsplit(":", 1)[1]))


def test_after_the_block_nothing_listens() -> None:
    with serve(Starlette()) as url:
        pass
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_asyncio_is_told_that_answers_are_not_to_be_held_back() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # else it leaves Nagle's algorithm on


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_process_says_where_it_listens_and_ends_cleanly_on_a_signal(signum: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            name, _, url = process.stdout.readline().strip().partition(" listens on ")
            assert name == "empty"
            assert requests.get(url, timeout=5).status_code == 404
            process.send_signal(signum)
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()

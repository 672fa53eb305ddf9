"""Child processes never outlive us, and say why they died."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from local.child import ChildError, start_child, wait_until_ready
from local.service import REPOSITORY, Command, choose_port, run_services

# Starts a grandchild, writes its id, then ignores SIGTERM: the worst of children.
STUBBORN = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print(grandchild.pid, flush=True)
    time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def wait_until_dead(pid: int) -> None:
    deadline = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} is still alive"
        time.sleep(0.05)


def test_a_stop_ends_grandchildren_too_and_those_who_do_not_listen(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(STUBBORN)]
    child = start_child("stubborn", command, log=tmp_path / "log", grace_s=0.5)
    try:
        wait_until_ready(child, lambda: child.output().endswith("\n"))
        grandchild = int(child.output())
        assert is_alive(grandchild)
    finally:
        child.stop()
    wait_until_dead(grandchild)


def test_children_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    program = f"""
        import sys, time
        from pathlib import Path
        from local.child import start_child
        command = [sys.executable, "-c", {textwrap.dedent(STUBBORN)!r}]
        child = start_child("stubborn", command, log=Path(sys.argv[1]), grace_s=0.5)
        time.sleep(60)
    """
    log = tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program), str(log)], cwd=REPOSITORY) as starter:
        while not log.exists() or not log.read_text(encoding="utf-8").endswith("\n"):
            time.sleep(0.05)
        starter.kill()
    wait_until_dead(int(log.read_text(encoding="utf-8")))


def test_what_a_child_had_started_may_end_its_work_when_only_the_child_is_killed(tmp_path: Path) -> None:
    program = """
        import subprocess, sys, time
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1); print('done', flush=True)"])
        print("started", flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    child = start_child("parent", command, log=tmp_path / "log", grace_s=10)
    try:
        wait_until_ready(child, lambda: "started" in child.output())
        (parent,) = psutil.Process(child.process.pid).children()
        parent.kill()
        child.process.wait(10)
        assert child.output() == "started\ndone\n"
    finally:
        child.stop()


def test_a_child_that_dies_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = start_child("hasty", [sys.executable, "-c", "print('why it died'); exit(3)"], log=tmp_path / "log")
    try:
        with pytest.raises(ChildError, match=r"hasty ended with exit code 3; the end of .*log:\n    why it died"):
            wait_until_ready(child, lambda: False)
    finally:
        child.stop()


def test_a_command_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    child = start_child("missing", ["/does/not/exist"], log=tmp_path / "log")
    try:
        with pytest.raises(ChildError, match="cannot start /does/not/exist"):
            wait_until_ready(child, lambda: False)
    finally:
        child.stop()


def test_a_child_that_does_not_become_ready_is_given_up(tmp_path: Path) -> None:
    child = start_child("slow", [sys.executable, "-c", "import time; time.sleep(60)"], log=tmp_path / "log")
    try:
        with pytest.raises(ChildError, match="slow was not ready after 0 s"):
            wait_until_ready(child, lambda: False, timeout_s=0.2)
    finally:
        child.stop()


def test_a_service_is_found_where_it_says_it_listens(tmp_path: Path) -> None:
    with run_services(Command("identity", ["local.identity", "--port", "0"], tmp_path / "log")) as (service,):
        assert service.url.startswith("http://127.0.0.1:")
        assert service.child.is_running
    assert not service.child.is_running


def test_a_preferred_port_is_taken_only_when_it_is_free(tmp_path: Path) -> None:
    port = choose_port()
    assert choose_port(port) == port
    with run_services(Command("identity", ["local.identity", "--port", str(port)], tmp_path / "log")):
        assert choose_port(port) != port


def test_a_chosen_port_is_one_that_the_system_gives_to_nobody() -> None:
    # One that it does give out was lost to another server, in the moment before the app listened there.
    given_out = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(given_out.read_text(encoding="utf-8").split()[0]) if given_out.exists() else 49_152
    assert all(choose_port() < first for _ in range(100))

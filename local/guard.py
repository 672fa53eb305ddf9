"""Run one command in a process group of its own, and end that whole group when the parent process goes away.

Started by `local.child` as a program: `python guard.py GRACE_SECONDS COMMAND...`. The parent holds the write end of
this program's stdin and never writes to it. However the parent ends, even by SIGKILL, the operating system closes that
pipe and the read below returns. That is the same on Linux and macOS, and it also reaches grandchildren, which Linux's
PR_SET_PDEATHSIG does not.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

_POLL_S = 0.1


def main(arguments: list[str]) -> int:
    """Run the command until it ends or the parent goes away; return its exit code."""
    grace_s, command = float(arguments[0]), arguments[1:]
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own command line
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]}: {error}\n")
        return 127
    signal.signal(signal.SIGTERM, lambda *_: _end(child, grace_s))
    crash = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: _kill_all(child, crash))
    threading.Thread(target=_end_with_parent, args=(child, grace_s), daemon=True).start()
    code = child.wait()
    if code == -signal.SIGKILL and not crash.is_set():
        _await_orphans(child, grace_s)
    _signal_group(child, signal.SIGKILL)
    return code if code >= 0 else 128 - code


def _kill_all(child: subprocess.Popen[bytes], crash: threading.Event) -> None:
    crash.set()
    _signal_group(child, signal.SIGKILL)


def _await_orphans(child: subprocess.Popen[bytes], grace_s: float) -> None:
    """Somebody killed the command alone: let what it had started end by itself, as a system would."""
    deadline = time.monotonic() + grace_s
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(child.pid, 0)
            time.sleep(_POLL_S)


def _end_with_parent(child: subprocess.Popen[bytes], grace_s: float) -> None:
    while os.read(0, 1024):
        pass
    _end(child, grace_s)


def _end(child: subprocess.Popen[bytes], grace_s: float) -> None:
    _signal_group(child, signal.SIGTERM)
    timer = threading.Timer(grace_s, _signal_group, args=(child, signal.SIGKILL))
    timer.daemon = True
    timer.start()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group may be gone already. macOS answers EPERM instead of ESRCH for a group whose members are all dead.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

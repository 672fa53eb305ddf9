"""One worker process, as the host sees it: start it, talk with it, kill it."""

import subprocess
import sys
import threading
from multiprocessing import Pipe
from pathlib import Path
from typing import TYPE_CHECKING

from local.host.log import LogFormat
from local.host.worker.messages import Indexed, Invocation, Refused, Result

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class WorkerProcess:
    """A worker from its start to its death."""

    def __init__(self, app_dir: Path, log_format: LogFormat = "plain") -> None:
        pair: tuple[Connection[Invocation, Indexed | Refused | Result], Connection[object, object]] = Pipe()
        self._channel, theirs = pair
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "local.host.worker", str(theirs.fileno()), str(app_dir), log_format]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def send(self, invocation: Invocation) -> bool:
        """Hand over an invocation; False where the worker has just died."""
        with self._lock:
            try:
                self._channel.send(invocation)
            except OSError:
                return False
        return True

    def receive(self) -> Indexed | Refused | Result | None:
        """Wait for its next word; None when it is dead."""
        try:
            return self._channel.recv()
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """End it at once, with all that runs in it."""
        self._process.kill()

    def reap(self) -> None:
        """Wait until nothing is left of it: the host may become another one, which would not know of it."""
        self._process.wait()

    def wait(self) -> int:
        """Return its exit code as a shell tells it: 137 after SIGKILL."""
        code = self._process.wait()
        self._channel.close()
        return code if code >= 0 else 128 - code

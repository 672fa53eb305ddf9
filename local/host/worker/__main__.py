"""Run an app for the host that started this process: `python -m local.host.worker FILE_DESCRIPTOR APP_DIR LOG_FORMAT`.

The file descriptor is one end of a pair of sockets. The worker says `Indexed` or `Refused`, then answers each
`Invocation` with a `Result`. Where the host dies alone, the worker ends what runs, and then itself.
"""

import logging
import os
import signal
import sys
import threading
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from local.host.log import configure_logging
from local.host.worker.indexing import index_app
from local.host.worker.invoker import Invoker
from local.host.worker.loop import WorkerLoop
from local.host.worker.messages import FunctionMetadata, Indexed, IndexingError, Invocation, Refused, Result


class Channel:
    """The worker's end: many threads tell, one listens."""

    def __init__(self, descriptor: int) -> None:
        self._connection: Connection[object, Invocation] = Connection(descriptor)
        self._lock = threading.Lock()

    def tell(self, message: Indexed | Refused | Result) -> None:
        """Send a message; a host that is gone hears nothing."""
        with self._lock:
            try:
                self._connection.send(message)
            except OSError:
                sys.stderr.write("the functions host is gone: nobody hears this worker\n")

    def listen(self) -> Invocation | None:
        """Wait for the next invocation; None when the host is gone."""
        try:
            return self._connection.recv()
        except (EOFError, OSError):
            return None


def main() -> int:
    """Serve until the host is gone; 1 when the app has no functions."""
    channel, app_dir = Channel(int(sys.argv[1])), Path(sys.argv[2])
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # what an app prints must outlive a crash
    configure_logging("json" if sys.argv[3] == "json" else "plain")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # both go to the whole group; the host decides when the worker ends
    loop = WorkerLoop()
    try:
        functions = {function.name: function for function in loop.call(partial(index_app, app_dir))}
    except IndexingError as error:
        if error.__cause__ is not None:
            logging.getLogger("worker").exception("The app's script cannot be imported")
        channel.tell(Refused(str(error)))
        return 1
    channel.tell(Indexed(tuple(FunctionMetadata(each.name, each.bindings) for each in functions.values())))
    _serve(channel, Invoker(functions, loop, channel.tell))
    return 0


def _serve(channel: Channel, invoker: Invoker) -> None:
    while invocation := channel.listen():
        invoker.start(invocation)
    invoker.finish()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # an async function may still sit in the event loop

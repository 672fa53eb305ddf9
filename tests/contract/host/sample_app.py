"""Small function apps on the local host, as processes on a storage of their own."""

import base64
import os
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import QueueServiceClient

from local.host.process import HostProcess, start_host

T = TypeVar("T")
HEAD = "import azure.functions as func\n\napp = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)\n\n"
SCRIPT = "sample_functions.py"
QUIET = '{"version": "2.0", "logging": {"logLevel": {"Azure.Core": "Warning"}}}'
FAST = {
    "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00",
    "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:00.2",
    "AzureFunctionsJobHost__extensions__queues__maxDequeueCount": "3",
}
# Each run leaves a line in the log: the count and the body. "fail" fails, "sleep N" takes its time, "die" takes the
# worker along.
WORK = """
    import logging, os, signal, time

    @app.queue_trigger(arg_name="msg", queue_name="%WORK_QUEUE%", connection="AzureWebJobsStorage")
    def work(msg: func.QueueMessage) -> None:
        text = msg.get_body().decode()
        logging.info("run %s of <%s> id <%s>", msg.dequeue_count, text, msg.id)
        if text.startswith("sleep"):
            time.sleep(float(text.split()[1]))
        if text.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if text.startswith("fail"):
            raise ValueError("as asked")
        logging.info("end of <%s>", text)
"""


def write_sample(folder: Path, code: str, host_json: str = QUIET) -> Path:
    """Write an app: the code after `app = func.FunctionApp(...)`."""
    (folder / SCRIPT).write_text(HEAD + textwrap.dedent(code), encoding="utf-8")
    (folder / "host.json").write_text(host_json, encoding="utf-8")
    return folder


@contextmanager
def run_sample(
    folder: Path, storage: str, *arguments: str, grace_s: float = 2, settings: Mapping[str, str] | None = None
) -> Iterator[HostProcess]:
    """Run the app of a folder for as long as the block lasts."""
    own = {"PYTHON_SCRIPT_FILE_NAME": SCRIPT, "AzureWebJobsStorage": storage, **(settings or {})}
    with start_host(folder, {**os.environ, **own}, folder / "host.log", arguments=arguments, grace_s=grace_s) as host:
        yield host


def wait_for(condition: Callable[[], T], timeout_s: float = 20) -> T:
    """Wait until it is so."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
    return found


def wait_for_log(host: HostProcess, text: str, count: int = 1, timeout_s: float = 20) -> None:
    """Wait until the log has that text so often."""
    deadline = time.monotonic() + timeout_s
    while host.child.output().count(text) < count:
        assert time.monotonic() < deadline, f"no {count} times {text!r} in:\n{host.child.output()}"
        time.sleep(0.05)


def make_queue(queues: QueueServiceClient, name: str = "work") -> None:
    """Make a queue, which the host never does."""
    with suppress(ResourceExistsError):
        queues.create_queue(name)


def send(queues: QueueServiceClient, text: str | bytes, queue: str = "work") -> None:
    """Send a message as the host expects it."""
    send_raw(queues, base64.b64encode(text.encode() if isinstance(text, str) else text).decode(), queue)


def send_raw(queues: QueueServiceClient, text: str, queue: str = "work") -> None:
    """Send a message as it is."""
    queues.get_queue_client(queue).send_message(text)


def count_messages(queues: QueueServiceClient, queue: str = "work") -> int:
    """Return how many messages are there, hidden ones included."""
    return queues.get_queue_client(queue).get_queue_properties().approximate_message_count or 0


def read_queue(queues: QueueServiceClient, queue: str = "work-poison") -> list[str]:
    """Return what can be seen in a queue, which may be missing."""
    if queue not in [found.name for found in queues.list_queues()]:
        return []
    return [str(message.content) for message in queues.get_queue_client(queue).peek_messages(32)]

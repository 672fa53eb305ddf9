"""Sends the message of a job that is stored; what is stored is not lost with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import BoundedSemaphore
from typing import TypeAlias

from sync_core.errors import SyncError
from sync_core.jobs.job import Job
from sync_core.jobs.message import message_of
from sync_core.logs import get_logger
from sync_core.storage.queues import WorkQueue

logger = get_logger(__name__)

THREADS = 2
MOST_WAITING = 1000
PATIENCE_S = 0.05
"""Mostly the message is sent by then: whoever looks at the queue after the answer finds it there."""

WakeUp: TypeAlias = Callable[[WorkQueue, Job], None]


def send_or_leave(queue: WorkQueue, job: Job) -> None:
    """Send the message of a job that is stored: where that cannot be done now, the next tick does it."""
    try:
        queue.send(message_of(job))
    except SyncError as error:
        logger.warning("The message of job %s is left to the next tick: %s", job.key, error)


class SendSoon:
    """Sends messages in its own few threads: who is to be answered waits for a moment only, and not in a burst.

    What comes while a thousand wait, and what a process that dies has not sent, is left to the next tick.
    """

    def __init__(
        self, send: WakeUp = send_or_leave, most_waiting: int = MOST_WAITING, patience_s: float = PATIENCE_S
    ) -> None:
        self._send = send
        self._patience_s = patience_s
        self._room, self._free = BoundedSemaphore(most_waiting), BoundedSemaphore(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="wake-up")

    def __call__(self, queue: WorkQueue, job: Job) -> None:
        """Have the message of a stored job sent."""
        if not self._room.acquire(blocking=False):
            logger.warning("The message of job %s is left to the next tick: too many wait", job.key)
            return
        is_sent_now = self._free.acquire(blocking=False)  # else it is behind others, as long as these may take
        sending = self._pool.submit(self._send_one, queue, job, is_sent_now=is_sent_now)
        if is_sent_now:
            wait([sending], self._patience_s)

    def finish(self) -> None:
        """Wait until all is sent."""
        self._pool.shutdown()

    def _send_one(self, queue: WorkQueue, job: Job, *, is_sent_now: bool) -> None:
        try:
            self._send(queue, job)
        except Exception:  # nobody else hears of what fails in a pool
            logger.exception("The message of job %s is left to the next tick", job.key)
        finally:
            self._room.release()
            if is_sent_now:
                self._free.release()

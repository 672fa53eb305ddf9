"""Fires one timer function when it is due, never twice at once, and catches up.

Measured on WebJobs.Extensions 3.0.6: a tick missed while no host was there is run once at the start, past due; a run
longer than its interval is followed by one run at once; a failure is not tried again; a host killed in a run leaves it
due for the next one that holds the lock. Schedules of less than a minute keep no status, and so miss ticks.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from azure.core.exceptions import AzureError

from local.host.dispatcher import Dispatcher
from local.host.timers.due import plan_next, plan_start
from local.host.timers.ncrontab import Schedule
from local.host.timers.payload import ScheduleStatus, make_timer_value
from local.host.timers.store import TimerStore
from local.host.worker.messages import FunctionMetadata

_log = logging.getLogger("host")
# The schedule monitor is off by itself for timers that are due more often than once a minute.
_MONITORED_INTERVAL_S = 60
_MANUAL_REASON = "This function was programmatically called via the host APIs."


class TimerListener:
    """The schedule of one timer function, and its runs by hand."""

    def __init__(
        self,
        function: FunctionMetadata,
        schedule: Schedule,
        dispatcher: Dispatcher,
        store: TimerStore,
        *,
        lock_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._function, self._schedule, self._dispatcher, self._now = function, schedule, dispatcher, now
        self._store, self._lock_s = store, lock_s
        self._stopped = threading.Event()
        self._is_monitored = function.trigger.get("useMonitor") is not False and self._is_slow()
        self._follower = threading.Thread(target=self._follow, name=f"timer {function.name}", daemon=True)
        self._holder = threading.Thread(target=self._hold, name=f"lock of timer {function.name}", daemon=True)

    def start(self) -> None:
        """Begin to follow the schedule, once this host has the lock."""
        self._follower.start()

    def stop(self) -> None:
        """Start no more runs."""
        self._stopped.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the run that is under way, and let another host have the lock."""
        if self._follower.ident is not None:
            self._follower.join(timeout_s)
            self._store.release()

    def run_by_hand(self, _: str) -> None:
        """Start a run beside the schedule, which does not know of it."""
        status = self._load() if self._is_monitored else None
        self._dispatcher.submit(
            self._function.name, lambda: make_timer_value(status, is_past_due=False), _MANUAL_REASON
        )

    def _follow(self) -> None:
        if not self._take_lock():
            return
        self._holder.start()
        status = plan_start(self._load() if self._is_monitored else None, self._schedule, self._now())
        self._save(status)
        _log.info("The next occurrence of the '%s' schedule will be: %s", self._function.name, status.next)
        is_past_due = status.next < self._now()
        if not is_past_due and self._function.trigger.get("runOnStartup"):
            _log.warning("'%s' has run_on_startup, which in Azure fires at every scale-out", self._function.name)
            status = self._run(status, self._now(), "Timer fired because of run_on_startup")
        while not self._stopped.wait(max(0.0, (status.next - self._now()).total_seconds())):
            reason = f"Timer fired at {self._now().isoformat()}"
            status = self._run(status, status.next, reason, is_past_due=is_past_due)
            is_past_due = False

    def _run(self, status: ScheduleStatus, due: datetime, reason: str, *, is_past_due: bool = False) -> ScheduleStatus:
        started, shown = self._now(), status if self._is_monitored else None
        future = self._dispatcher.submit(
            self._function.name, lambda: make_timer_value(shown, is_past_due=is_past_due), reason
        )
        future.result()
        after = plan_next(self._schedule, due, started)
        self._save(after)
        return after

    def _take_lock(self) -> bool:
        """Wait until no other host has it; False when the host stops first."""
        while not self._stopped.is_set():
            if self._try_to_hold():
                return True
            self._stopped.wait(self._lock_s / 4)
        return False

    def _hold(self) -> None:
        while not self._stopped.wait(self._lock_s / 2):
            self._try_to_hold()

    def _try_to_hold(self) -> bool:
        try:
            return self._store.hold()
        except AzureError as error:
            _log.warning("The lock of '%s' cannot be had: %s", self._function.name, error)
            return False

    def _load(self) -> ScheduleStatus | None:
        try:
            return self._store.load()
        except AzureError as error:
            _log.warning("The status of '%s' cannot be read: %s", self._function.name, error)
            return None

    def _save(self, status: ScheduleStatus) -> None:
        if not self._is_monitored:
            return
        try:
            self._store.save(status)
        except AzureError as error:
            _log.warning("The status of '%s' cannot be kept: %s", self._function.name, error)

    def _is_slow(self) -> bool:
        due = self._schedule.next_after(self._now())
        return (self._schedule.next_after(due) - due).total_seconds() >= _MONITORED_INTERVAL_S

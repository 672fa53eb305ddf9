"""Fires one timer function when it is due, never twice at once; ticks missed while it runs are dropped."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from local.host.indexing import IndexedFunction
from local.host.invoker import Invoker, Outcome
from local.host.ncrontab import Schedule
from local.host.timer_payload import NEVER, ScheduleStatus, make_timer_value

_log = logging.getLogger("host")
# The schedule monitor is off by itself for timers that are due more often than once a minute.
_MONITORED_INTERVAL_S = 60


class TimerListener:
    """The schedule of one timer function, and its runs by hand.

    The status is kept in memory, so a restart of this host does not cause the past-due run that Azure would start.
    """

    def __init__(
        self,
        function: IndexedFunction,
        schedule: Schedule,
        invoker: Invoker,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._function, self._schedule, self._invoker, self._now = function, schedule, invoker, now
        self._one_at_a_time = threading.Lock()
        self._stopped = threading.Event()
        self._last_run: datetime = NEVER
        self._thread = threading.Thread(target=self._tick, name=f"timer {function.name}", daemon=True)

    def start(self) -> None:
        """Begin to follow the schedule."""
        _log.info("The next run of '%s' is at %s", self._function.name, self._schedule.next_after(self._now()))
        self._thread.start()

    def stop(self) -> None:
        """Start no more runs."""
        self._stopped.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the run that is under way."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def run_now(self, reason: str, *, is_past_due: bool = False) -> Outcome:
        """Run the function, after the run that may be under way, and wait for its end."""
        with self._one_at_a_time:
            status = self._make_status()
            outcome = self._invoker.submit(
                self._function, lambda: make_timer_value(status, is_past_due=is_past_due), reason
            ).result()
            self._last_run = self._now()
            return outcome

    def _tick(self) -> None:
        if self._function.trigger.get("runOnStartup"):
            _log.warning("'%s' has run_on_startup, which in Azure fires at every scale-out", self._function.name)
            self.run_now("Timer fired because of run_on_startup")
        while True:
            due = self._schedule.next_after(self._now())
            if self._stopped.wait(max(0.0, (due - self._now()).total_seconds())):
                return
            self.run_now(f"Timer fired at {due.isoformat()}")

    def _make_status(self) -> ScheduleStatus | None:
        due = self._schedule.next_after(self._now())
        interval_s = (self._schedule.next_after(due) - due).total_seconds()
        if self._function.trigger.get("useMonitor") is False or interval_s < _MONITORED_INTERVAL_S:
            return None
        return ScheduleStatus(last=self._last_run, next=due, last_updated=self._last_run)

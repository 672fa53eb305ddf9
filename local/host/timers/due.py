"""When a timer is due: at the start of a host, and after a run.

Source: azure-webjobs-sdk-extensions ScheduleMonitor.cs (CheckPastDueAsync), TimerListener.cs; measured on 3.0.6.
"""

from datetime import datetime

from local.host.timers.ncrontab import Schedule
from local.host.timers.payload import NEVER, ScheduleStatus


def plan_start(status: ScheduleStatus | None, schedule: Schedule, now: datetime) -> ScheduleStatus:
    """Return the status to begin with; it is past due where its `next` has gone by.

    A timer that is new, or has another schedule than before, is not past due.
    """
    if status is None:
        return ScheduleStatus(last=NEVER, next=schedule.next_after(now), last_updated=now)
    expected = schedule.next_after(status.last_updated if status.last == NEVER else status.last)
    if status.next == expected:
        return status
    return ScheduleStatus(status.last, expected if expected > now else schedule.next_after(now), now)


def plan_next(schedule: Schedule, due: datetime, started: datetime) -> ScheduleStatus:
    """Return the status after a run: the tick after its start is next, also where that has gone by meanwhile.

    `started` may be a little early; a tick is never due twice.
    """
    last = max(due, started)
    return ScheduleStatus(last=last, next=schedule.next_after(last), last_updated=last)

"""The six-field schedules of timer triggers: `{second} {minute} {hour} {day} {month} {day of week}`, in UTC."""

from datetime import datetime

from croniter import CroniterError, croniter

_FIELDS = 6


class ScheduleError(ValueError):
    """A timer's schedule cannot be used."""


class Schedule:
    """When a timer is due."""

    def __init__(self, expression: str) -> None:
        # NCRONTAB wants both the day and the day of week to fit, cron wants either: hence day_or=False. The next due
        # time of "never", such as 30 February, is an error here and not years later.
        self._expression = expression
        if len(expression.split()) != _FIELDS:
            raise ScheduleError(f"the schedule {expression!r} must have six fields, the first one being seconds")
        try:
            self.next_after(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
        except CroniterError as error:
            raise ScheduleError(f"the schedule {expression!r} is no NCRONTAB expression: {error}") from error

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due time after a moment; both aware."""
        due: datetime = croniter(
            self._expression, moment, second_at_beginning=True, day_or=False, ret_type=datetime
        ).get_next(datetime)
        return due

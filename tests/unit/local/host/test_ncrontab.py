from datetime import datetime

import pytest

from local.host.timers.ncrontab import Schedule, ScheduleError

NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")  # a Sunday


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("0 * * * * *", "2026-11-22T12:01:00+00:00"),
        ("0 */15 * * * *", "2026-11-22T12:15:00+00:00"),
        ("30 5 9 * * *", "2026-11-23T09:05:30+00:00"),
        ("0 0 0 13 * 5", "2027-08-13T00:00:00+00:00"),  # day and day of week, not either
    ],
)
def test_the_first_of_six_fields_is_seconds(expression: str, due: str) -> None:
    assert Schedule(expression).next_after(NOON) == datetime.fromisoformat(due)


@pytest.mark.parametrize("expression", ["* * * * *", "0 61 * * * *", "every minute or so I think", "0 0 0 30 2 *"])
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ScheduleError):
        Schedule(expression)

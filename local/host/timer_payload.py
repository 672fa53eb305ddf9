"""The payload of a timer trigger, as the host sends it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from local.host.bindings import Datum, TriggerValue

NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ScheduleStatus:
    """What the schedule monitor knows of a timer."""

    last: datetime
    next: datetime
    last_updated: datetime


def make_timer_value(status: ScheduleStatus | None, *, is_past_due: bool) -> TriggerValue:
    """Build the payload; without a monitor (`use_monitor=False`) there is no status."""
    payload = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": _format_status(status) if status else None,
        "IsPastDue": is_past_due,
    }
    return TriggerValue(Datum(json.dumps(payload), "json"), {})


def _format_status(status: ScheduleStatus) -> dict[str, str]:
    return {
        "Last": status.last.isoformat(),
        "Next": status.next.isoformat(),
        "LastUpdated": status.last_updated.isoformat(),
    }

"""The payload of a timer trigger, as the host sends it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from local.host.worker.messages import Datum, TriggerValue

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
        "ScheduleStatus": format_status(status) if status else None,
        "IsPastDue": is_past_due,
    }
    return TriggerValue(Datum(json.dumps(payload), "json"), {})


def format_status(status: ScheduleStatus) -> dict[str, str]:
    """Write a status as the host keeps and sends it."""
    return {
        "Last": status.last.isoformat(),
        "Next": status.next.isoformat(),
        "LastUpdated": status.last_updated.isoformat(),
    }


def parse_status(document: dict[str, str]) -> ScheduleStatus:
    """Read a status."""
    fields = [datetime.fromisoformat(document[name]) for name in ("Last", "Next", "LastUpdated")]
    return ScheduleStatus(*fields)

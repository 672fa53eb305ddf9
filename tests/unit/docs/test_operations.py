"""What runs count and what people are notified of stands in the documents, all of it and nothing else."""

import re

from sync_core.notifications.announcement import NotificationKind
from sync_core.runs.counts import Count
from tests.unit.docs.tables import code, read_table


def documented_counts() -> list[str]:
    cells = [row["count"] for row in read_table("operations.md", "Counts of a run")]
    names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    return [re.sub(r":? <.*", "", name) for name in names]


def test_each_count_of_a_run_is_documented_once() -> None:
    assert sorted(documented_counts()) == sorted(Count)


def test_each_kind_of_notification_is_documented_and_nothing_else_is() -> None:
    rows = [code(row["`kind`"]) for row in read_table("operations.md", "Notifications")]
    assert sorted(rows) == sorted(NotificationKind)

"""Dead letters by their cause: what one cause has done to many is told once. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sync_core.jobs.dead_letter import DeadLetter
from sync_core.operations.dashboard.next_steps import Next
from sync_core.operations.dashboard.words import CUT, shortened

PARTICULARS = re.compile(r"'[^']*'|\"[^\"]*\"|https?://\S+|[0-9a-f]{8}[0-9a-f-]{8,}|\d+", re.IGNORECASE)
"""What of a cause is of one thing only: names, addresses, ids, numbers."""


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A dead letter, the way on which its work was, its cause, and what happens next."""

    record: DeadLetter
    way: str
    cause: tuple[str, ...]
    next: Next


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Dead letters of one cause: its class, and its words without what is of one thing only."""

    cause_class: str
    words: str
    rows: Sequence[DeadLetterRow]


def group_by_cause(rows: Sequence[DeadLetterRow]) -> list[CauseGroup]:
    """Return the dead letters by cause, the most frequent first."""
    groups: dict[tuple[str, str], list[DeadLetterRow]] = {}
    for row in rows:
        words = shortened(PARTICULARS.sub(CUT, row.cause[0] if row.cause else ""))
        groups.setdefault((row.record.cause_class, words), []).append(row)
    found = [CauseGroup(cause_class, words, rows) for (cause_class, words), rows in groups.items()]
    return sorted(found, key=lambda group: -len(group.rows))

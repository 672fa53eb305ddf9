"""What a webhook may name that is none of ours: data sets that CluedIn does not know, or that come from elsewhere.

A delivery is a hint, and whoever may call the webhook can name anything. A data set that came from elsewhere a while
ago still does. While many are named that CluedIn does not know, it is not asked for each: what is in our sources is
found by the app's own look (`find_processed.py`), whoever names it or not.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync_core.lineage.record import DataSetRecord, DataSetStatus

FOREIGN_FOR = timedelta(hours=1)
MAX_UNKNOWN = 20
UNKNOWN_WITHIN_S = 600.0
NOT_ASKED = (
    "Many data sets were named that CluedIn does not know, so it was not asked for this one. If it is in one of our "
    "sources, the app's own look finds it."
)


@dataclass(frozen=True)
class Strangers:
    """Tells which hints are not worth a call. Each instance counts for itself what it was answered."""

    clock: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    _unknown_at: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_UNKNOWN), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note_unknown(self) -> None:
        """Note that CluedIn did not know what a hint named."""
        with self._lock:
            self._unknown_at.append(self.monotonic())

    def is_foreign_still(self, before: DataSetRecord | None) -> bool:
        """Whether a data set came from elsewhere when it was looked at a while ago."""
        if before is None or before.status is not DataSetStatus.NOT_FROM_PURVIEW or before.left_at is None:
            return False
        is_told = bool(before.source_id)  # by an answer that did not tell its source, nothing is known of it
        return is_told and self.clock() - before.left_at < FOREIGN_FOR

    def is_in_flood(self, before: DataSetRecord | None) -> bool:
        """Whether a data set, of which nothing is known but its id, is one of many."""
        if before is not None and (before.source_id or before.asset_key):
            return False
        with self._lock:
            unknown_at = list(self._unknown_at)
        return len(unknown_at) == MAX_UNKNOWN and self.monotonic() - unknown_at[0] < UNKNOWN_WITHIN_S

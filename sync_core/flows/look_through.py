"""Looks through the records, a part a run, for what does not fit: work that no one would do, letters that lie.

A worker can die between two of its writes, and a table can be lost alone. Then an asset is queued and not on the work
list, or something failed and has no dead letter, so that no one could replay it, or its letter is open though it is
done. What is not readable gets a letter too: it keeps nothing else from going on, so that no one would notice.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import BaseModel

from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.domain.data_set import DataSetRecord, DataSetStatus
from sync_core.domain.dead_letter import letter_id
from sync_core.domain.message import AssetMessage, DataSetMessage
from sync_core.domain.unreadable import Unreadable
from sync_core.errors import StateError
from sync_core.flows.bury import Bury, DeadLetterCause
from sync_core.flows.run_log import RunLog
from sync_core.state.asset_rows import Todo
from sync_core.state.assets import AssetStore
from sync_core.state.data_sets import DataSetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.names import ASSET_QUEUE, LINEAGE_QUEUE
from sync_core.state.notes import Notes

logger = logging.getLogger(__name__)

ASSETS = "assets"
DATA_SETS = "data-sets"
RECORDS_A_RUN = 5000
LETTERS_A_RUN = 500
DONE_ASSETS = frozenset({AssetStatus.SYNCED, AssetStatus.RETIRED})
DONE_DATA_SETS = frozenset({DataSetStatus.PUSHED, DataSetStatus.NOT_MAPPED, DataSetStatus.NOT_FROM_PURVIEW})


class LookThroughCursor(BaseModel):
    """Behind which record to go on; empty to start from the first."""

    after: str


@dataclass(frozen=True, slots=True)
class DeadWork:
    """Work that must have a dead letter: its queue, what names it there, why it was given up, its message."""

    queue: str
    work: str
    cause: DeadLetterCause
    payload: str


@dataclass(frozen=True)
class LookThrough:
    """Compares records with the work list and with the dead letters. Whatever looks wrong is read again first."""

    assets: AssetStore
    data_sets: DataSetStore
    letters: DeadLetterStore
    bury: Bury
    cursors: Notes
    clock: Callable[[], datetime]

    def look_at_assets(self, log: RunLog) -> None:
        """Look at the next assets: a query a thousand for the records, one for the work list, one for the letters."""
        found = list(islice(self.assets.each_after(self._start(ASSETS)), RECORDS_A_RUN))
        listed = self.assets.due_between(found[0][0], found[-1][0]) if found else {}
        letters = self.letters.ids()
        for key, record in found:
            if isinstance(record, Unreadable):
                self._bury(_unreadable(key, record), letters, log)
            elif record.status is AssetStatus.QUEUED and key not in listed:
                self._reopen(key, log)
            elif record.status is AssetStatus.FAILED:
                self._bury(_failed_asset(record), letters, log)
            elif record.status in DONE_ASSETS:
                self._close(ASSET_QUEUE, key, letters, log)
        self._end(ASSETS, [key for key, _ in found])

    def look_at_data_sets(self, log: RunLog) -> None:
        """Look at the next data sets."""
        found = list(islice(self.data_sets.after(self._start(DATA_SETS)), RECORDS_A_RUN))
        letters = self.letters.ids()
        for record in found:
            if record.status is DataSetStatus.FAILED:
                self._bury(_failed_data_set(record), letters, log)
            elif record.status in DONE_DATA_SETS:
                self._close(LINEAGE_QUEUE, record.data_set_id, letters, log)
        self._end(DATA_SETS, [record.data_set_id for record in found])

    def _start(self, name: str) -> str:
        cursor = self.cursors.load(LookThroughCursor, f"look-through-{name}")
        return cursor.after if cursor else ""

    def _end(self, name: str, keys: list[str]) -> None:
        after = keys[-1] if len(keys) == RECORDS_A_RUN else ""
        self.cursors.save(f"look-through-{name}", LookThroughCursor(after=after))

    def _reopen(self, key: str, log: RunLog) -> None:
        stored = self.assets.load(key)
        if stored and stored.record.status is AssetStatus.QUEUED and not self.assets.is_outstanding(key):
            todo = Todo(key=key, run_id=log.run_id, due_at=self.clock())
            self.assets.ask_again(key, lambda record: record, todo)
            log.counts["assets_reopened"] += 1

    def _bury(self, work: DeadWork, letters: Collection[str], log: RunLog) -> None:
        number = letter_id(work.queue, work.work)
        if number in letters or log.counts["letters_rewritten"] >= LETTERS_A_RUN:
            return
        if self.letters.load(number) is None:
            self.bury.letter(work.queue, work.work, work.cause, work.payload)
            log.counts["letters_rewritten"] += 1
            logger.error(
                "The work on %s is given up, %s: %s", work.cause.subject, work.cause.cause_class, work.cause.text
            )

    def _close(self, queue: str, work: str, letters: Collection[str], log: RunLog) -> None:
        if letter_id(queue, work) in letters:
            self.bury.unbury(queue, work)
            log.counts["letters_closed"] += 1


def _failed_asset(record: AssetRecord) -> DeadWork:
    payload = AssetMessage(asset_key=record.key, run_id=record.queued_run_id).to_json()
    return DeadWork(ASSET_QUEUE, record.key, _cause(record, record.qualified_name), payload)


def _failed_data_set(record: DataSetRecord) -> DeadWork:
    payload = DataSetMessage(data_set_id=record.data_set_id).to_json()
    return DeadWork(LINEAGE_QUEUE, record.data_set_id, _cause(record, record.name or record.data_set_id), payload)


def _unreadable(key: str, record: Unreadable) -> DeadWork:
    return DeadWork(
        ASSET_QUEUE, key, DeadLetterCause("an asset's record", StateError.cause_class, record.reason, 1), key
    )


def _cause(record: AssetRecord | DataSetRecord, subject: str) -> DeadLetterCause:
    return DeadLetterCause(subject, record.last_error_class or "unknown", record.last_error, max(record.attempts, 1))

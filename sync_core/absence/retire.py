"""Retires assets that lost their term: marks them and tells people. Nothing is deleted in CluedIn.

Only complete snapshots may retire ("could not enumerate" is not "found nothing"), only what Purview's store itself does
not hide from the app, only after a grace of two snapshots, and never many at once without a person's approval.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.losses import COUNTED_TOGETHER, Losses, are_few, is_free
from sync_core.absence.retirement import counts_once_more, is_approved
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.names import shorten
from sync_core.assets.query_records import APPROVED
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.logs import get_logger
from sync_core.notifications.announcement import Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import approval_needed, assets_retired
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

RETIRE_TIME = timedelta(minutes=1)
NOTED_AT_ONCE = 100
APPROVAL = "approval"
NEEDED = "needed"
RECENT_LOSSES = "recent-losses"
EXAMPLES = 10
BACK = {"absent": 0, "absent_since": None}
MISSING = "It is not among the assets that the keywords select, or gone from Purview."
REPLACED = "Its qualified name changed in Purview, so it is another asset now, with another group. Its group stays."
REASON = "It is no longer among the assets that the keywords select. Its group in CluedIn stays."


class Outcome(Enum):
    """What became of the assets whose grace is over."""

    DONE = auto()
    UNFINISHED = auto()  # the next run goes on
    ASKED = auto()  # a person must approve first


@dataclass(frozen=True)
class Retire:
    """Counts in how many snapshots in a row assets are missing, and retires those whose grace is over."""

    assets: AssetStore
    approvals: Notes
    notify: Notify
    clock: Callable[[], datetime]

    def mark(
        self,
        records: Iterable[AssetRecord],
        missing: Collection[str],
        present: Collection[str],
        replaced: Collection[str] = (),
    ) -> list[AssetRecord]:
        """Note which records a snapshot has and lacks, and return them; others are left as they are.

        `missing` and `present` are guids, `replaced` the keys of records whose guid is another record's now; they count
        as missing. Called once for each snapshot: every call counts against the grace of who is missing, but for one
        that follows the last one at once.
        """
        return [
            self._mark_replaced(record) if record.key in replaced else self._mark(record, missing, present)
            for record in records
        ]

    def retire(
        self,
        due: Sequence[AssetRecord],
        count_synced: Callable[[], int],
        log: RunLog,
        keep_alive: Callable[[], None] = lambda: None,
    ) -> Outcome:
        """Retire assets, as many as there is time for; return what became of them.

        They are compared with the synced ones, which are counted only where more go than may go from any number. Others
        that stay do not count: new work is no reason to lose more.
        `keep_alive` is called before each: it raises when another run has taken over and may have seen them since.
        """

        @cache
        def total() -> int:
            return count_synced() + sum(1 for record in due if record.status is not AssetStatus.SYNCED)

        left, is_asked, ends_at = list(due), False, log.ends_within(self.clock(), RETIRE_TIME)
        while left and self.clock() < ends_at:
            part, gone = left[:NOTED_AT_ONCE], len(due) - len(left)
            approved_by = self._use_approval(len(part), len(left), lambda gone=gone: total() - gone)  # type: ignore[misc]
            if approved_by is None:
                self._ask(left, total() - gone, log)
                is_asked = True
                break
            self._retire(part, approved_by, keep_alive)
            left = left[len(part) :]
        if not left:
            self.approvals.delete(NEEDED)  # nothing is asked any more: they went, or they are back
        self._tell(due[: len(due) - len(left)], log)
        if is_asked:
            return Outcome.ASKED
        if left:
            log.notes.append(f"{len(left)} assets are left to the next run to retire.")
        return Outcome.UNFINISHED if left else Outcome.DONE

    def has_approval(self) -> bool:
        """Whether a person has approved the retirement that waits for it."""
        needed = self.approvals.load(ApprovalNeeded, NEEDED)
        return needed is not None and self.may_lose(needed.assets)

    def may_lose(self, count: int) -> bool:
        """Whether a person has approved that so many assets are lost at once."""
        approval = self.approvals.load(Approval, APPROVAL)
        return approval is not None and is_approved(count, approval, self.clock())

    def _mark(self, record: AssetRecord, missing: Collection[str], present: Collection[str]) -> AssetRecord:
        if record.guid in present and record.absent:
            reason = "" if record.reason == REPLACED else record.reason
            return self.assets.change(record.key, lambda one: one.model_copy(update={**BACK, "reason": reason}))
        if record.guid in missing and counts_once_more(record, self.clock()):
            return self.assets.change(record.key, self._once_more)
        return record

    def _mark_replaced(self, record: AssetRecord) -> AssetRecord:
        if not counts_once_more(record, self.clock()):
            return record
        return self.assets.change(record.key, lambda one: self._once_more(one).model_copy(update={"reason": REPLACED}))

    def _once_more(self, record: AssetRecord) -> AssetRecord:
        since = record.absent_since or self.clock()
        return record.model_copy(update={"absent": record.absent + 1, "absent_since": since})

    def _retire(self, part: Sequence[AssetRecord], approved_by: str, keep_alive: Callable[[], None]) -> None:
        for record in part:
            keep_alive()
            reason = f"{REPLACED if record.reason == REPLACED else REASON}{approved_by}"
            update = {"status": AssetStatus.RETIRED, "retired_at": self.clock(), "reason": reason}
            self.assets.close(record.key, _changer(update), announce=self.notify.is_on)
            logger.info("Asset %s is retired.%s", record.key, approved_by)

    def _tell(self, gone: Sequence[AssetRecord], log: RunLog) -> None:
        log.counts[Count.RETIRED] += len(gone)
        if gone and self.notify.is_on:
            news = [item for item in self.assets.news() if item.status is AssetStatus.RETIRED]
            items = [Item(item.guid, item.name, item.reason) for item in news]
            text = assets_retired([item.name for item in news]).about(items)
            self.notify.send_once([text] if news else [], lambda: self.assets.take_news(news))

    def _use_approval(self, part: int, due: int, total: Callable[[], int]) -> str | None:
        """Return who said that `due` assets may go, an empty text where no one has to, None where no one did.

        The `part` of them that goes now is noted before it does: a run that dies on the way asks again for what it had
        noted, rather than use an approval twice.
        """
        now = self.clock()
        losses = self.approvals.load(Losses, RECENT_LOSSES) or self._count_recent(now)
        recent = losses.within_a_day(now)
        # The last few of a large loss would need none if they were all of it: they go on the approval given for it.
        if (are_few(due, recent) or is_free(due, total(), recent)) and not self.has_approval():
            self.approvals.save(RECENT_LOSSES, losses.plus(part, now))
            return ""
        approval = self.approvals.load(Approval, APPROVAL)
        if approval is None or not is_approved(due, approval, now):
            return None
        self.approvals.save(APPROVAL, approval.model_copy(update={"used": approval.used + part}))
        if needed := self.approvals.load(ApprovalNeeded, NEEDED):
            self.approvals.save(NEEDED, needed.model_copy(update={"assets": due - part}))
        return f" {APPROVED}{approval.by}."

    def _count_recent(self, now: datetime) -> Losses:
        """Return what was retired within a day; the note of it is lost, or was never made."""
        losses = Losses()
        for moment in self.assets.retired_since(now - COUNTED_TOGETHER):
            losses = losses.plus(1, moment)
        return losses

    def _ask(self, due: Sequence[AssetRecord], total: int, log: RunLog) -> None:
        log.notes.append(f"{len(due)} of {total} assets would be retired; a person must approve that first.")
        before = self.approvals.load(ApprovalNeeded, NEEDED)
        if before is not None and before.assets == len(due):
            return
        needed = ApprovalNeeded(
            assets=len(due), of=total, since=self.clock(), examples=[shorten(record.name) for record in due[:EXAMPLES]]
        )
        logger.error("%s of %s assets would be retired; that needs approval", len(due), total)
        text = approval_needed([record.name for record in due], total).about(to_items(due))
        self.notify.tell(text, lambda: self.approvals.save(NEEDED, needed))


def _changer(update: Mapping[str, Any]) -> Callable[[AssetRecord], AssetRecord]:
    return lambda record: record.model_copy(update=update)


def to_items(records: Sequence[AssetRecord]) -> list[Item]:
    """Return assets as a notification names them."""
    return [Item(record.guid, record.name, MISSING) for record in records]

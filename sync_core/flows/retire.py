"""Retires assets that lost their term: marks them and tells people. Nothing is deleted in CluedIn.

Only a complete snapshot may retire ("could not enumerate" is not "found nothing"), only after a grace of two of them,
and never many at once without a person's word.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.approval import Approval, ApprovalNeeded, RetiredLately
from sync_core.domain.asset import AssetRecord, AssetStatus
from sync_core.flows.notify import Notify
from sync_core.flows.run_log import RunLog
from sync_core.mapping.announcements import approval_needed, assets_retired
from sync_core.mapping.retirement import RETIRABLE, is_due, is_missing, needs_approval, retired_lately
from sync_core.state.assets import AssetStore
from sync_core.state.notes import Notes

logger = logging.getLogger(__name__)

APPROVAL = "approval"
NEEDED = "needed"
LATELY = "lately"
EXAMPLES = 10


@dataclass(frozen=True)
class Retire:
    """Compares records with a complete snapshot."""

    assets: AssetStore
    approvals: Notes
    notify: Notify
    clock: Callable[[], datetime]

    def compare(
        self, records: Iterable[AssetRecord], present: Collection[str], log: RunLog, total: int | None = None
    ) -> bool:
        """Take note of who is missing, and retire whose grace is over; return whether anyone is still in it.

        `records` are the known ones as they are now, `present` the guids of a snapshot that is known to be complete.
        `total` is how many there are in all, where `records` are a part of them.
        Called once for each snapshot: every call counts against the grace of who is missing.
        """
        counted = [record for record in records if record.status in RETIRABLE]
        missing = [record for record in counted if is_missing(record, present)]
        for record in counted:
            if record.absent and record.guid in present:
                self.assets.change(record.key, lambda one: one.model_copy(update={"absent": 0, "absent_since": None}))
        due = [record for record in missing if is_due(record)]
        self._retire(due, len(counted) if total is None else total, log)
        if not due and total is None:
            self.approvals.delete(NEEDED)  # nothing is asked any more: they are back
        in_grace = [record for record in missing if not is_due(record)]
        for record in in_grace:
            self._mark(record)
        log.counts["missing"] += len(missing)
        return bool(in_grace)

    def _retire(self, due: Sequence[AssetRecord], total: int, log: RunLog) -> None:
        """Retire assets, unless that has to wait for a person."""
        now = self.clock()
        approval = self.approvals.load(Approval, APPROVAL) if due else None
        lately = retired_lately(self.approvals.load(RetiredLately, LATELY) if due else None, now)
        if needs_approval(lately.assets + len(due), total + lately.assets, approval, now):
            self._ask(due, total, log)
            return
        for record in due:
            reason = "It is no longer among the assets that the keywords select. Its group in CluedIn stays."
            update = {"status": AssetStatus.RETIRED, "retired_at": now, "reason": reason, "absent": record.absent + 1}
            self.assets.close(record.key, lambda one, update=update: one.model_copy(update=update), announce=False)  # type: ignore[misc]
            logger.info("Asset %s is retired", record.key)
        if due:
            log.counts["retired"] += len(due)
            self.approvals.delete(NEEDED)
            self.approvals.save(LATELY, lately.model_copy(update={"assets": lately.assets + len(due)}))
            self._tell("asset_retired", [record.name for record in due])

    def _mark(self, record: AssetRecord) -> None:
        update = {"absent": record.absent + 1, "absent_since": record.absent_since or self.clock()}
        self.assets.change(record.key, lambda one: one.model_copy(update=update))

    def _ask(self, due: Sequence[AssetRecord], total: int, log: RunLog) -> None:
        log.notes.append(f"{len(due)} of {total} assets would be retired; a person must approve that first.")
        before = self.approvals.load(ApprovalNeeded, NEEDED)
        if before is not None and before.assets == len(due):
            return
        needed = ApprovalNeeded(
            assets=len(due), of=total, since=self.clock(), examples=[record.name for record in due[:EXAMPLES]]
        )
        self.approvals.save(NEEDED, needed)
        logger.error("%s of %s assets would be retired; that needs approval", len(due), total)
        if self.notify.is_on:
            self.notify.send("approval_needed", approval_needed(len(due), total))

    def _tell(self, kind: str, names: Sequence[str]) -> None:
        if self.notify.is_on:
            self.notify.send(kind, assets_retired(names))

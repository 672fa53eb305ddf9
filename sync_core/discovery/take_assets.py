"""Takes assets as Purview describes them now into the state, and sends the work that follows from it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.plan import Plan, plan_assets
from sync_core.errors import ConflictError
from sync_core.jobs.job import Job
from sync_core.jobs.message import message_of
from sync_core.purview.asset import Asset, record_key, rejected_key
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.queues import WorkQueue

# How long one part of a run may take: all of them end long before the function's time-out of ten minutes, and before
# health misses a run. The next run does what is left.
PART_TIME = timedelta(minutes=1)
PRESENT = {"absent": 0, "absent_since": None, "retired_at": None}


@dataclass(frozen=True)
class TakeAssets:
    """Compares assets with their records and writes the difference."""

    assets: AssetStore
    queue: WorkQueue
    clock: Callable[[], datetime]

    def take(self, found: Sequence[Asset], log: RunLog, unindexed: Collection[str] = ()) -> None:
        """Record new, changed, rejected and returning assets and enqueue what must be provisioned. Idempotent.

        `unindexed` are guids that the index lacks: where their records stand, it is mended.
        """
        stored = self.assets.load_many([record_key(asset) for asset in found])
        self.assets.index.mend([one for one in stored.values() if one.record.guid in unindexed])
        records = {key: one.record for key, one in stored.items()}
        plan = plan_assets(found, records, now=self.clock(), run_id=log.run_id)
        self._apply(plan, log)
        if plan.new:
            self._forget_mended(found)
        written = {Count.NEW: plan.new, Count.CHANGED: plan.changed, Count.REJECTED: plan.rejected}
        log.counts.update({count: len(records) for count, records in written.items()})
        log.counts[Count.RETURNING] += len(plan.returning)

    def _apply(self, plan: Plan, log: RunLog) -> None:
        if plan.new:
            self._send(self.assets.add(plan.new, self.clock()), log)
        for record in plan.rejected:
            self.assets.add_rejected(record)
        for record in plan.changed:
            # Another worker's progress on the same record wins; the next run notes the change again.
            with suppress(ConflictError):
                self.assets.change(record.key, _with_description_of(record))
        for record in plan.returning:
            self._bring_back(record, log)

    def _bring_back(self, record: AssetRecord, log: RunLog) -> None:
        """An asset that has its group already is synced again at once; any other one is provisioned."""
        describe = _with_description_of(record)
        if record.source_id:
            back = {"status": AssetStatus.SYNCED, **PRESENT}
            self.assets.change(record.key, lambda one: describe(one).model_copy(update=back))
            return
        now = self.clock()

        def queue_again(one: AssetRecord) -> AssetRecord:
            return describe(one).queued_again(now, log.run_id).model_copy(update=PRESENT)

        job = self.assets.ask_again(record.key, queue_again, log.run_id, now)
        self._send([job] if job else [], log)

    def _forget_mended(self, found: Sequence[Asset]) -> None:
        """An asset that had no qualified name was recorded by its guid; now it has a record of its own."""
        mended = {rejected_key(asset.guid) for asset in found if asset.qualified_name}
        for key in mended & self.assets.rejected_keys():
            self.assets.forget(key)

    def _send(self, jobs: Iterable[Job], log: RunLog) -> None:
        for job in jobs:
            self.queue.send(message_of(job))
            log.counts[Count.QUEUED] += 1


def _with_description_of(seen: AssetRecord) -> Callable[[AssetRecord], AssetRecord]:
    fields = ("guid", "name", "display_text", "collection_id", "fingerprint", "refreshed_at", "reason")
    description = {field: getattr(seen, field) for field in fields}
    return lambda record: record.model_copy(update=description)

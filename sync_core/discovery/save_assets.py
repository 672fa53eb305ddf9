"""Takes assets as Purview describes them now into the state, and sends the work that follows from it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.change_records import change_each
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.plan import Plan, plan_assets
from sync_core.errors import ConflictError
from sync_core.jobs.message import Member, Message, asset_messages, message_of
from sync_core.purview.asset import Asset, record_key, rejected_key
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.queues import WorkQueue
from sync_core.telemetry.spans import current_traceparent

# How long one part of a run may take: all of them end long before the function's time-out of ten minutes, and before
# health misses a run. The next run does what is left.
PART_TIME = timedelta(minutes=1)
PRESENT = {"absent": 0, "absent_since": None, "retired_at": None}


@dataclass(frozen=True)
class SaveAssets:
    """Compares assets with their records and writes the difference."""

    assets: AssetStore
    queue: WorkQueue
    clock: Callable[[], datetime]

    def save(
        self,
        found: Sequence[Asset],
        log: RunLog,
        *,
        unindexed: Collection[str] = (),
        likely_new: Collection[str] = (),
    ) -> set[str]:
        """Record new, changed, rejected and returning assets and enqueue what must be provisioned. Idempotent.

        Return the guids of those that another worker kept from being written. `unindexed` are guids that the index
        lacks: where their records stand, it is mended. `likely_new` are guids that are inserted before anybody reads
        whether they are recorded; those that are recorded were not due for their age.
        """
        met = self._add_new([one for one in found if one.guid in likely_new], log)
        met += [one for one in found if one.guid not in likely_new]
        stored = self.assets.load_many([record_key(asset) for asset in met]) if met else {}
        records = {key: one.record for key, one in stored.items()}
        plan = plan_assets(met, records, now=self.clock(), run_id=log.run_id, ageless=likely_new)
        self.assets.index.mend([stored[one.key] for one in plan.unchanged if one.guid in unindexed])
        left = self._apply(plan, stored, log)
        self._note_added(plan.new, log)
        log.counts.update({Count.CHANGED: len(plan.changed), Count.REJECTED: len(plan.rejected)})
        log.counts[Count.RETURNING] += len(plan.returning)
        return left

    def _add_new(self, found: Sequence[Asset], log: RunLog) -> list[Asset]:
        """Insert assets as if none were recorded; return those of which some are, and those that are to be rejected."""
        plan = plan_assets(found, {}, now=self.clock(), run_id=log.run_id)
        added = list[AssetRecord]()
        self._send(asset_messages(self._adding(plan.new, added), log.run_id, current_traceparent()), log)
        self._note_added(added, log)
        keys = {record.key for record in added}
        return [one for one in found if record_key(one) not in keys]

    def _adding(self, records: Sequence[AssetRecord], added: list[AssetRecord]) -> Iterator[Member]:
        """Insert records and yield what their messages tell: the first are worked on while the last are written."""
        for chunk, members in self.assets.try_add(records, self.clock()) if records else ():
            added += chunk if members else ()
            yield from members

    def _note_added(self, added: Sequence[AssetRecord], log: RunLog) -> None:
        """An asset that had no qualified name was recorded by its guid; now it has a record of its own."""
        log.counts[Count.NEW] += len(added)
        mended = {rejected_key(record.guid) for record in added}
        for key in mended & self.assets.rejected_keys() if mended else ():
            self.assets.forget(key)

    def _apply(self, plan: Plan, stored: Mapping[str, StoredAsset], log: RunLog) -> set[str]:
        if plan.new:
            self._send(asset_messages(self.assets.add(plan.new, self.clock()), log.run_id, current_traceparent()), log)
        for record in plan.rejected:
            self.assets.add_rejected(record)
        changed = change_each(self.assets.table, [(stored[record.key], record) for record in plan.changed])
        left = {record.guid for record in changed if not self._is_changed(record)}
        for record in plan.returning:
            self._bring_back(record, log)
        return left

    def _is_changed(self, record: AssetRecord) -> bool:
        """Change what another worker was at. Its progress wins; then a later run notes the change again."""
        with suppress(ConflictError):
            self.assets.change(record.key, _with_description_of(record))
            return True
        return False

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
        self._send([message_of(job)] if job else [], log)

    def _send(self, messages: Iterable[Message], log: RunLog) -> None:
        for message in messages:
            self.queue.send(message)
            log.counts[Count.QUEUED] += len(message.sends)


def _with_description_of(seen: AssetRecord) -> Callable[[AssetRecord], AssetRecord]:
    fields = ("guid", "name", "display_text", "collection_id", "fingerprint", "refreshed_at", "reason")
    description = {field: getattr(seen, field) for field in fields}
    return lambda record: record.model_copy(update=description)

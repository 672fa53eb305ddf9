"""What changes of an asset: its record and index, its job, the news of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sync_core.assets.asset_rows import News, StoredAsset, whole_row_of
from sync_core.assets.change_records import changing
from sync_core.assets.record import AssetRecord, Origin
from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.message import Member
from sync_core.storage.table import Operation, merge
from sync_core.telemetry.spans import current_traceparent

LONGEST_REASON = 500
Change: TypeAlias = Callable[[AssetRecord], AssetRecord]
Others: TypeAlias = Callable[[], Sequence[Operation]]
"""What is done in the same transaction; asked anew for each try."""


@dataclass
class Changing:
    """A change of a record that was read; each further try is made on top of what another worker wrote meanwhile."""

    reload: Callable[[str], StoredAsset]
    stored: StoredAsset
    change: Change
    after: AssetRecord | None = None

    @property
    def changed(self) -> AssetRecord:
        """The record as the last try changed it."""
        return self.after or self.stored.record

    def operations(self) -> list[Operation]:
        """Return what changes; the record is the first.

        Raises:
            StateError: there is no such record any more.
        """
        if self.after is not None:
            self.stored = self.reload(self.stored.record.key)
        self.after = self.change(self.stored.record)
        return changing(self.stored, self.after)

    def telling(self) -> list[Operation]:
        """Return the operation that keeps the news of its end: what stood before, and was looked at only, was found."""
        is_as_before = self.changed.synced_at == self.stored.record.synced_at
        return telling(self.changed, Origin.ADOPTED if is_as_before else self.changed.group_origin)


def member_of(record: AssetRecord, job: Job, about_etag: str, job_etag: str) -> Member:
    """Return what a message tells of an asset that was just recorded."""
    return Member(
        key=record.key,
        send=job.sends,
        job=job.model_dump(mode="json", exclude_defaults=True),
        job_etag=job_etag,
        about=record.model_dump(mode="json", exclude_defaults=True),
        about_etag=about_etag,
    )


def new_job(key: str, run_id: str, now: datetime) -> Job:
    """Return the job that asks for an asset's group and source."""
    return Job(kind=JobKind.ASSET, key=key, run_id=run_id, traceparent=current_traceparent(), asked_at=now, due_at=now)


def telling(record: AssetRecord, origin: Origin | None = None, failure: str = "") -> list[Operation]:
    """Return the operation that keeps the news of an asset for the next notification; `origin` if it is synced."""
    news = News(
        key=record.key,
        guid=record.guid,
        name=record.name,
        status=record.status,
        origin=origin,
        reason=failure[:LONGEST_REASON],
    )
    return [merge(whole_row_of("news", news))]

"""Writes onto each asset in Purview how its sync stands, as business metadata of our own: what changed, and no more.

Nothing that scanners or people wrote is touched. A collection where that is refused is left alone for an hour, and only
it; the run and the doctor say what to grant. An asset that did not take it for another reason is asked again the next
day: a definition that somebody changed, or an answer that was wrong, is no word for good.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from pydantic import BaseModel, Field

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.assets.shown_status import ShownStatus
from sync_core.chunks import chunks
from sync_core.errors import ForbiddenError, NotFoundError, RejectedError, SyncError
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.record import DataSetRecord
from sync_core.parallel import AT_ONCE, in_parallel
from sync_core.purview.business_metadata import BusinessMetadataClient
from sync_core.runs.counts import Count
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.upkeep.asset_status import (
    GROUP,
    VERSION,
    group_definition,
    hash_if_not_taken,
    hash_of,
    is_settled,
    to_status,
)

CURSOR = "status-on-assets"
REGISTERED = f"status-{VERSION}"
COMPARED_AT_ONCE = 1000
COMPARED_A_RUN = 5000
WRITTEN_AT_ONCE = AT_ONCE
SAVED_AT_ONCE = 50
WRITE_TIME = timedelta(minutes=1)
REFUSED_FOR = timedelta(hours=1)
EVERYWHERE = "*"  # in place of a collection: the definition itself is refused
UNKNOWN = "(unknown)"
NAMED = 10
REMEDY = "Give the app's identity the role Data Curator there, or set PURVIEW_WRITE_STATUS=false."


Wanted = tuple[AssetRecord, dict[str, str]]
"""An asset, and what is to stand on it."""


class Progress(BaseModel):
    """Behind which key the next run goes on, and which collections refused until when."""

    after: str = ""
    refused: dict[str, datetime] = Field(default_factory=dict)

    def still(self, now: datetime) -> dict[str, datetime]:
        """Return the refusals that hold."""
        return {collection: until for collection, until in self.refused.items() if now < until}

    def explain(self) -> str:
        """Return what is refused and what to do, or nothing."""
        if not self.refused:
            return ""
        if EVERYWHERE in self.refused:
            return f"Purview refuses the app the definition of '{GROUP}' (root collection). {REMEDY}"
        named = ", ".join(sorted(self.refused)[:NAMED])
        more = f" and {len(self.refused) - NAMED} more" if len(self.refused) > NAMED else ""
        return f"Purview refuses the app to write the status onto assets of the collections {named}{more}. {REMEDY}"


class Registered(BaseModel):
    """When the definition was registered."""

    at: datetime


@dataclass
class Round:
    """What one run wrote and has not kept yet, which collections took it or refused it, and when it ends."""

    log: RunLog
    ends_at: datetime
    refused: dict[str, datetime]
    data_sets: Mapping[str, DataSetRecord]
    written: dict[str, str] = field(default_factory=dict)
    taking: set[str] = field(default_factory=set)
    is_registered_anew: bool = False


@dataclass(frozen=True)
class WriteStatus:
    """Compares some thousand assets a run with what was written onto them. Idempotent; the next run goes on."""

    client: BusinessMetadataClient
    assets: AssetStore
    shown: ShownStatus
    data_sets: DataSetStore
    cursors: Notes
    registered: Notes
    link: str
    clock: Callable[[], datetime]

    def run(self, log: RunLog) -> None:
        """Write what changed, as far as there is time.

        Raises:
            TransientError: Purview does not answer; what was written is kept.
        """
        now, before = self.clock(), self.cursors.load(Progress, CURSOR) or Progress()
        one = Round(log, log.ends_within(now, WRITE_TIME), before.still(now), self._last_data_sets())
        after = before.after
        try:
            if EVERYWHERE not in one.refused:
                after = self._write_some(one, after)
        finally:
            self._keep(one)
            progress = Progress(after=after, refused=one.refused)
            if progress != before:
                self.cursors.save(CURSOR, progress)
            if problem := progress.explain():
                log.notes.append(problem)

    def refusal(self) -> str:
        """Return what Purview refused lately and what to grant, or nothing."""
        known = self.cursors.load(Progress, CURSOR) or Progress()
        return Progress(refused=known.still(self.clock())).explain()

    def _write_some(self, one: Round, after: str) -> str:
        """Go over the records behind a key; return behind which the next run goes on, an empty one at their end."""
        for _ in range(COMPARED_A_RUN // COMPARED_AT_ONCE):
            records = list(islice(self.assets.after(after), COMPARED_AT_ONCE))
            for wanted in chunks(self._changed(records, one), WRITTEN_AT_ONCE):
                if self.clock() >= one.ends_at:
                    return after
                self._write(wanted, one)
                if EVERYWHERE in one.refused:
                    return after
                after = wanted[-1][0].key
            if len(records) < COMPARED_AT_ONCE:
                return ""
            after = records[-1].key
        return after

    def _changed(self, records: Sequence[AssetRecord], one: Round) -> list[Wanted]:
        """Return the assets on which something else is to stand than does, with that."""
        if not records:
            return []
        first, last, today = records[0].key, records[-1].key, self.clock().date()
        shown, jobs = self.shown.between(first, last), self.assets.jobs.between(first, last)
        wanted = [
            (record, to_status(record, jobs.get(record.key), one.data_sets.get(record.key), self.link))
            for record in records
        ]
        return [
            (record, values)
            for record, values in wanted
            if not is_settled(shown.get(record.key), hash_of(record.guid, values), today)
        ]

    def _write(self, wanted: Sequence[Wanted], one: Round) -> None:
        """Write onto some assets at once, but first onto one alone of each collection that did not take any yet.

        Raises:
            TransientError: Purview did not answer for one of them; the others are kept.
        """
        first = {_collection_of(each): each[0].key for each in reversed(wanted)}
        alone = {key for collection, key in first.items() if collection not in one.taking}
        self._write_at_once([each for each in wanted if each[0].key in alone], one)
        self._write_at_once([each for each in wanted if each[0].key not in alone], one)

    def _write_at_once(self, wanted: Sequence[Wanted], one: Round) -> None:
        allowed = [each for each in wanted if _collection_of(each) not in one.refused]
        if not allowed or EVERYWHERE in one.refused:
            return
        try:
            self._ensure_registered(one)
        except ForbiddenError:
            one.refused[EVERYWHERE] = self.clock() + REFUSED_FOR
            return
        failures = [self._note(each, error, one) for each, error in in_parallel(self._try, allowed)]
        if len(one.written) >= SAVED_AT_ONCE:
            self._keep(one)
        for failure in filter(None, failures):
            raise failure

    def _try(self, wanted: Wanted) -> SyncError | None:
        record, values = wanted
        try:
            self.client.put(record.guid, GROUP, values)
        except SyncError as error:
            return error
        return None

    def _note(self, wanted: Wanted, error: SyncError | None, one: Round) -> SyncError | None:
        """Keep how one ended; return what is no end of it. What is refused first may want the definition anew."""
        record, values = wanted
        kept = hash_of(record.guid, values)
        if isinstance(error, RejectedError) and not isinstance(error, NotFoundError) and not one.is_registered_anew:
            one.is_registered_anew = True
            self._register()
            error = self._try(wanted)
        match error:
            case None:
                one.taking.add(_collection_of(wanted))
                one.log.counts[Count.STATUS_WRITTEN] += 1
            case NotFoundError():  # it is gone: that is discovery's to find, and known of one that is retired
                one.log.counts[Count.STATUS_GONE] += 1
                if record.status is not AssetStatus.RETIRED:
                    kept = hash_if_not_taken(kept, self.clock().date())
            case RejectedError():
                kept = hash_if_not_taken(kept, self.clock().date())
                one.log.notes.append(f"The status of {record.name} cannot be written: {error}")
            case ForbiddenError():
                one.refused[_collection_of(wanted)] = self.clock() + REFUSED_FOR
                return None
            case _:
                return error
        one.written[record.key] = kept
        return None

    def _ensure_registered(self, one: Round) -> None:
        if one.written or one.is_registered_anew or self.registered.load(Registered, REGISTERED):
            return
        one.is_registered_anew = True
        self._register()

    def _register(self) -> None:
        self.client.register(group_definition())
        self.registered.save(REGISTERED, Registered(at=self.clock()))

    def _keep(self, one: Round) -> None:
        self.shown.save(one.written, self.clock())
        one.written.clear()

    def _last_data_sets(self) -> dict[str, DataSetRecord]:
        """Return by asset the data set that was pushed last."""
        last: dict[str, DataSetRecord] = {}
        for record in self.data_sets.after(""):
            before = last.get(record.asset_key)
            if record.pushed_at and (before is None or (before.pushed_at or record.pushed_at) <= record.pushed_at):
                last[record.asset_key] = record
        return last


def _collection_of(wanted: Wanted) -> str:
    return wanted[0].collection_id or UNKNOWN

"""Finds who is missing from a whole snapshot of the terms' lists, and retires whose grace is over.

What the store hides or does not tell, and what a paused term showed last, is not missing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_core.absence.confirm_absence import LOOKS_A_RUN, ConfirmAbsence
from sync_core.absence.look_alone import Sight
from sync_core.absence.retire import Outcome, Retire
from sync_core.absence.retirement import RETIRABLE, is_due, latest_by_guid
from sync_core.assets.asset_index import StoredEntry
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.entry import Entry, Standing, part_of, row_key
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.chunks import chunks
from sync_core.discovery.terms.read_lists import Snapshot
from sync_core.discovery.terms.resolve_terms import ResolveTerms
from sync_core.errors import SyncError
from sync_core.runs.counts import Count
from sync_core.runs.defer import Deferrals, may_be_own
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.unreadable import Unreadable

MARK_TIME = timedelta(minutes=1)
MARKED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """What a comparison leaves to the next runs: assets in their grace or not looked at yet, or a person's approval.

    `parts` are those of the lists in which somebody was not as recorded.
    """

    has_missing: bool = False
    has_asked: bool = False
    parts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FindMissing:
    """Compares a snapshot with the records."""

    terms: ResolveTerms
    assets: AssetStore
    confirm: ConfirmAbsence
    retire: Retire
    clock: Callable[[], datetime]

    def run(
        self,
        found: Snapshot,
        parts: frozenset[int],
        deferrals: Deferrals,
        log: RunLog,
        keep_alive: Callable[[], None],
    ) -> Missing | None:
        """Retire who is missing from some parts of the lists, in which all are who are known to be missing.

        Return what is left, or None where the snapshot is no proof of absence.
        """
        if found.terms.unknown or not found.is_whole:
            return None
        if not found.seen.is_steady:
            log.notes.append("The assignments moved while they were read: no asset counts as missing this time.")
            return None
        if not found.seen.is_readable:
            log.notes.append("Purview shows assignments that cannot be read: no asset counts as missing meanwhile.")
            return None
        # It must be the latest snapshot, too: whoever lost the lease meanwhile stops here, another discovery may have
        # seen more.
        keep_alive()
        named, rejected = self._changed_entries(found, parts, keep_alive)
        counted = list(self._concerned(named, keep_alive))
        missing = [one for one in counted if _is_missing(one, found)]
        # A term that is gone may answer with an empty list: before anybody counts as missing, it is looked up again.
        if (missing or rejected) and not self._has_same_terms(found, deferrals, log, keep_alive):
            return None
        self._forget(rejected, log.ends_within(self.clock(), MARK_TIME))
        left = self._compare(found, counted, missing, deferrals, log=log, keep_alive=keep_alive)
        return replace(left, parts=frozenset(part_of(record.guid) for record in counted))

    def _changed_entries(
        self, found: Snapshot, parts: frozenset[int], keep_alive: Callable[[], None]
    ) -> tuple[list[StoredEntry], list[StoredEntry]]:
        """Return what the index says of those who may be concerned, and of those rejected who are shown no more."""
        named, rejected = list[StoredEntry](), list[StoredEntry]()
        for _, entries in self.assets.index.by_part(parts, keep_alive):
            counted = [one for one in entries if one.entry.standing is Standing.COUNTS]
            times = Counter(one.entry.guid for one in counted)
            named += [one for one in counted if times[one.entry.guid] > 1 or _is_changed(one.entry, found)]
            rejected += [
                one for one in entries if one.entry.standing is Standing.REJECTED and _is_missing(one.entry, found)
            ]
        return named, rejected

    def _forget(self, rejected: Sequence[StoredEntry], ends_at: datetime) -> None:
        """Forget who was rejected and lost its term, as far as there is time: nothing of it stands in CluedIn."""
        for one in rejected:
            if self.clock() >= ends_at:
                return
            stored = self.assets.look_up(one.entry.key)
            if isinstance(stored, Unreadable):
                continue
            if stored and stored.record.status is AssetStatus.REJECTED:
                self.assets.forget(one.entry.key)
            self.assets.index.drop(row_key(one.entry), one.etag)

    def _concerned(self, named: Sequence[StoredEntry], keep_alive: Callable[[], None]) -> Iterator[AssetRecord]:
        """Yield the records of those who are missing or back, whose terms changed, or who share a guid.

        The index names them, and each record decides for itself; the index is mended where it says something else.
        """
        stored = self.assets.load_each([one.entry.key for one in named], keep_alive)
        for one in named:
            record = stored.get(one.entry.key)
            if isinstance(record, Unreadable):
                continue
            self.assets.index.settle(one, record)
            if record and record.record.guid == one.entry.guid and record.record.status in RETIRABLE:
                yield record.record

    def _has_same_terms(
        self, found: Snapshot, deferrals: Deferrals, log: RunLog, keep_alive: Callable[[], None]
    ) -> bool:
        try:
            terms = self.terms.resolve(found.selection, deferrals, keep_alive, since=found.started_at)
        except SyncError as error:
            if not may_be_own(error):
                raise
            log.notes.append(f"The terms cannot be looked up: no asset counts as missing this time. {error}")
            return False
        if terms.guids != found.terms.guids:
            log.notes.append("A term was made anew: no asset counts as missing until its list is read.")
        if set(terms.kept) - set(found.terms.kept):  # found no more since its list was read: a draft's is no proof
            log.notes.append("A term is not published any more: no asset counts as missing this time.")
            return False
        return terms.guids == found.terms.guids

    def _compare(
        self,
        found: Snapshot,
        counted: Sequence[AssetRecord],
        missing: Sequence[AssetRecord],
        deferrals: Deferrals,
        *,
        log: RunLog,
        keep_alive: Callable[[], None],
    ) -> Missing:
        log.counts[Count.MISSING] += len(missing)
        replaced = {record.key for record in counted} - {one.key for one in latest_by_guid(counted).values()}
        in_grace = [record for record in missing if not is_due(record)]
        looks = self.confirm.look(in_grace, deferrals, most=LOOKS_A_RUN, keep_alive=keep_alive)
        confirmed = looks.ids(Sight.SHOWN) | looks.ids(Sight.GONE)
        marked = list(self._mark(found, counted, confirmed, replaced, log))
        if len(marked) < len(counted):
            log.notes.append("There are more assets to mark than one run can; the next one goes on.")
            return Missing(has_missing=True)
        if looks.left:  # a large loss must not look like many small ones, each of which is free
            log.notes.append(f"{looks.left} missing assets are still to be looked up; until then none is retired.")
            return Missing(has_missing=True)
        due = [
            record
            for record in marked
            if is_due(record) and not (found.may_show(record) or deferrals.waits(Kind.ASSET, record.guid))
        ]
        outcome = self.retire.retire(due, lambda: self._count_synced(keep_alive), log, keep_alive)
        waiting = [one for one in marked if not is_due(one)]
        is_in_grace = any(one.guid in confirmed or one.key in replaced for one in waiting)
        return Missing(is_in_grace or outcome is Outcome.UNFINISHED, outcome is Outcome.ASKED)

    def _count_synced(self, keep_alive: Callable[[], None]) -> int:
        count = 0
        for _, page in self.assets.count_each():
            keep_alive()
            count += page[AssetStatus.SYNCED]
        return count

    def _mark(
        self,
        found: Snapshot,
        counted: Sequence[AssetRecord],
        confirmed: set[str],
        replaced: set[str],
        log: RunLog,
    ) -> Iterator[AssetRecord]:
        """Note what the snapshot says of each, as far as there is time: thousands may come back at once."""
        ends_at = log.ends_within(self.clock(), MARK_TIME)
        for number, part in enumerate(chunks(counted, MARKED_AT_ONCE)):
            if number and self.clock() >= ends_at:
                return
            present = {one.guid for one in part if one.guid in found.seen.entities}
            yield from self._with_terms(found, self.retire.mark(part, confirmed, present, replaced))

    def _with_terms(self, found: Snapshot, records: Iterable[AssetRecord]) -> Iterator[AssetRecord]:
        """Keep which terms show an asset: should one of them be paused, the asset counts as present."""
        for record in records:
            terms = found.terms_of(record)
            is_shown = record.guid in found.seen.entities
            if not is_shown or terms == record.terms:
                yield record
            else:
                yield self.assets.change(
                    record.key,
                    lambda one, terms=terms: one.model_copy(update={"terms": terms}),  # type: ignore[misc]
                )


def _is_changed(entry: Entry, found: Snapshot) -> bool:
    if entry.guid in found.seen.entities:
        return entry.is_absent or entry.terms != found.terms_of(entry)
    return entry.is_absent or not found.may_show(entry)


def _is_missing(one: Entry | AssetRecord, found: Snapshot) -> bool:
    return one.guid not in found.seen.entities and not found.may_show(one)

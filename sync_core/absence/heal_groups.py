"""Has groups and sources made again that are gone from CluedIn, once that is proven: see `absence/groups.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sync_core.absence import groups_gone as groups
from sync_core.absence.groups_gone import Doubt, Evidence, Verdict, judge_absence
from sync_core.absence.look_alone import Looks, Thing, look_alone
from sync_core.absence.look_alone import Sight as SightAlone
from sync_core.absence.losses import Losses
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.in_cluedin import Ours, Sight, is_expected, still_missing
from sync_core.assets.names import search_text, source_name
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.cluedin.client import CluedInClient
from sync_core.cluedin.snapshot import KnownSource
from sync_core.jobs.message import message_of
from sync_core.logs import get_logger
from sync_core.notifications.announcement import Item
from sync_core.notifications.notify import Notify
from sync_core.notifications.texts import groups_made_again, groups_missing
from sync_core.runs.counts import Count
from sync_core.runs.defer import Defer
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from sync_core.storage.notes import Notes
from sync_core.storage.queues import WorkQueue

logger = get_logger(__name__)

DOUBT = "doubt"
MADE_AGAIN = "made-again"
LOOKS_BEFORE = 2
LOOKS_PER_RUN = 50
NOT_SHOWN = "CluedIn does not show its group or source any more."


@dataclass
class Comparison:
    """What one snapshot says of all our records."""

    ours: Ours
    missing: dict[str, tuple[AssetRecord, KnownSource]] = field(default_factory=dict)
    elsewhere: list[AssetRecord] = field(default_factory=list)
    proof: groups.Sight = groups.Sight.NOT_MADE

    def evidence(self, recent: int) -> Evidence:
        """Return what counts as evidence: who was missing from two snapshots in a row."""
        absent = {
            key: datetime.fromtimestamp(source.missing_since, UTC)
            for key, (_, source) in self.missing.items()
            if source.missing_looks >= LOOKS_BEFORE
        }
        is_empty = not self.ours.shown.by_name
        return Evidence(absent, self.ours.expected, recent, is_list_empty=is_empty, proof=self.proof)


@dataclass(frozen=True)
class HealGroups:
    """Weighs what a complete snapshot lacks."""

    cluedin: CluedInClient
    assets: AssetStore
    queue: WorkQueue
    notes: Notes
    notify: Notify
    defer: Defer
    clock: Callable[[], datetime]

    def heal(self, ours: Ours, known: Mapping[str, KnownSource], log: RunLog) -> list[KnownSource]:
        """Return the sources of ours that a snapshot lacks, to be remembered; have those made again that are gone.

        `ours` is how the records compare with the snapshot, `known` are the sources that were remembered before, by
        name. Idempotent.

        Raises:
            TransientError, ConfigError: CluedIn does not answer a look at a single source.
        """
        doubt = self.notes.load(Doubt, DOUBT)
        comparison = self._compare(ours, known, doubt)
        self._queue_again(comparison.elsewhere, log)
        now = self.clock()
        losses = self._losses(ours.expected, now) if comparison.missing else Losses()
        verdict = judge_absence(doubt, comparison.evidence(losses.within_a_day(now)), now)
        shown_alone = self._act(verdict, comparison, losses, log)
        is_refuted = verdict.doubt is not None and verdict.doubt.proof in shown_alone
        self._remember(doubt, doubt if is_refuted else verdict.doubt, comparison)
        log.counts[Count.SOURCES_MISSING] += len(comparison.missing)
        return [source for key, (_, source) in comparison.missing.items() if key not in shown_alone]

    def _losses(self, recorded: int, now: datetime) -> Losses:
        """Return what was made again lately; where that cannot be read, it may have been all."""
        found = self.notes.load(Losses, MADE_AGAIN)
        age_s = self.notes.unreadable_for_s(Losses, MADE_AGAIN) if found is None else None
        lost = Losses() if age_s is None else Losses().plus(recorded, now - timedelta(seconds=age_s))
        return found or lost

    def _compare(self, ours: Ours, known: Mapping[str, KnownSource], doubt: Doubt | None) -> Comparison:
        """Compare those again that were not shown, with what their records say by now, and the proof of a doubt."""
        comparison = Comparison(ours)
        keys = {*ours.not_shown, *([doubt.proof] if doubt and doubt.proof else [])}
        stored = self.assets.load_many(sorted(keys)) if keys else {}
        for record in filter(is_expected, (one.record for one in stored.values())):
            sight = ours.sight_of(record)
            if sight is Sight.MISSING:
                source = still_missing(record, known.get(source_name(record)), ours.shown)
                comparison.missing[record.key] = (record, source)
            elif sight is Sight.ELSEWHERE and record.status is AssetStatus.SYNCED:
                comparison.elsewhere.append(record)
            if doubt is not None and record.key == doubt.proof:
                comparison.proof = _sight_of_proof(record, sight, doubt)
        return comparison

    def _act(self, verdict: Verdict, comparison: Comparison, losses: Losses, log: RunLog) -> set[str]:
        """Have made again what is gone; return who was shown when looked at alone."""
        candidates = [comparison.missing[key][0] for key in verdict.gone]
        if verdict.is_proven:
            self._make_again(candidates, log)
            return set()
        looks = self._look_alone(candidates, comparison.ours, log)
        gone_alone = looks.ids(SightAlone.GONE)
        gone = [record for record in candidates if record.key in gone_alone]
        if gone:
            self.notes.save(MADE_AGAIN, losses.plus(len(gone), self.clock()))  # first: a crash counts rather too much
            self._make_again(gone, log)
        return looks.ids(SightAlone.SHOWN)

    def _look_alone(self, records: Sequence[AssetRecord], ours: Ours, log: RunLog) -> Looks:
        things = [Thing(one.key, one.group_name, partial(self._is_gone_alone, one, ours)) for one in records]
        if not things:
            return Looks()
        return look_alone(things, Kind.GROUP, self.defer.open(log), most=LOOKS_PER_RUN, clock=self.clock)

    def _is_gone_alone(self, record: AssetRecord, ours: Ours) -> bool:
        if record.source_id in ours.anothers(record):  # its twin's now, of the same name: a look cannot tell
            return True
        if record.source_id:
            return self.cluedin.fetch_source_name(record.source_id) != source_name(record)
        found = self.cluedin.fetch_groups(search_text(record.group_name))
        is_there = any((group.id, group.name) == (record.group_id, record.group_name) for group in found)
        return not is_there and not found.unreadable  # it may be one of those

    def _make_again(self, records: Sequence[AssetRecord], log: RunLog) -> None:
        now, names = self.clock(), [record.name for record in records]
        items = [Item(record.guid, record.name, NOT_SHOWN) for record in records]
        if not names:
            return

        def ask_for_all() -> None:
            for record in records:
                logger.warning("Group %s of asset %s is gone; it is made again", record.group_id, record.key)
                self._ask_again(record, lambda one: _gone(one, now, log.run_id), log)

        self.notify.tell(groups_made_again(names).about(items), ask_for_all)
        log.counts[Count.SOURCES_GONE] += len(names)
        log.notes.append(f"{len(names)} groups or sources are gone from CluedIn and are made again.")

    def _queue_again(self, records: Iterable[AssetRecord], log: RunLog) -> None:
        """Have sources adopted that stand under another id."""
        now = self.clock()
        for record in records:
            self._ask_again(record, lambda one: one.queued_again(now, log.run_id), log)
            log.counts[Count.SOURCES_ELSEWHERE] += 1

    def _ask_again(self, record: AssetRecord, change: Callable[[AssetRecord], AssetRecord], log: RunLog) -> None:
        job = self.assets.ask_again(record.key, change, log.run_id, self.clock())
        if job:
            self.queue.send(message_of(job))

    def _remember(self, before: Doubt | None, doubt: Doubt | None, comparison: Comparison) -> None:
        if doubt is None:
            if before is not None:
                self.notes.delete(DOUBT)
            return
        if before is None:
            absent = [comparison.missing[key][0] for key in comparison.evidence(0).absent]
            items = [Item(record.guid, record.name, NOT_SHOWN) for record in absent]
            missing = groups_missing(len(absent), comparison.ours.expected).about(items)
            self.notify.tell(missing, lambda: self.notes.save(DOUBT, doubt))
        elif doubt != before:
            self.notes.save(DOUBT, doubt)


def _sight_of_proof(record: AssetRecord, sight: Sight, doubt: Doubt) -> groups.Sight:
    """What a snapshot says of the source that was made again: it must have been made, and a while ago."""
    made_at, asked_at = record.synced_at, doubt.proof_at
    is_made = (
        record.status is AssetStatus.SYNCED and made_at is not None and asked_at is not None and made_at > asked_at
    )
    if not is_made or sight is Sight.TOO_YOUNG:
        return groups.Sight.NOT_MADE
    return groups.Sight.SHOWN if sight is Sight.SHOWN else groups.Sight.NOT_SHOWN


def _gone(record: AssetRecord, now: datetime, run_id: str) -> AssetRecord:
    return record.queued_again(now, run_id).model_copy(update={"gone_at": now})

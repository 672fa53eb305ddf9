"""Every five minutes: looks for what fell through, and puts it right.

Each step is bounded, and one that fails does not keep the others from running; the run says which failed. What reads
many records, or asks a service again, is done once in a quarter of an hour.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import NamedTuple

from pydantic import BaseModel, Field

from sync_core.absence.check_existence import CheckExistence
from sync_core.assets.collection_names import CollectionNames
from sync_core.assets.count_assets import CountAssets
from sync_core.assets.list_assets import ListAssets
from sync_core.cluedin.client import CLUEDIN
from sync_core.discovery.selection import ReadSelection
from sync_core.http.failures import Service
from sync_core.jobs.dead_letters import DeadLetters
from sync_core.jobs.drain_poison_queues import DrainPoisonQueues
from sync_core.jobs.replaying import is_replay_due, replay_at, replays_a_run
from sync_core.jobs.wake_jobs import WakeJobs
from sync_core.jobs.watch_queues import WatchQueues
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.find_recreated import FindRecreated
from sync_core.lineage.look_at_cluedin import LookAtCluedIn
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.lineage.webhook.silent_webhook import SilentWebhook
from sync_core.lineage.webhook.tell_empty_bodies import TellEmptyBodies
from sync_core.notifications.notify import Notify
from sync_core.notifications.tell_refused import TellRefused
from sync_core.purview.client import PURVIEW
from sync_core.runs.action_log import ActionLog
from sync_core.runs.counts import Count
from sync_core.runs.leases import Held, Leases
from sync_core.runs.pauses import Pauses
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog, recorded_run
from sync_core.runs.run_store import RunStore
from sync_core.runtime import Runtime
from sync_core.storage.notes import Notes
from sync_core.upkeep.measure_backlog import MeasureBacklog
from sync_core.upkeep.mend_index import MendIndex
from sync_core.upkeep.write_status import WriteStatus

LEASE = "reconcile"
LEASE_S = 600
REPLAYED = "replayed-letters"
THOROUGH = "thorough-reconciliation"
THOROUGH_EVERY = timedelta(minutes=15)
EARLY = timedelta(minutes=1)  # a timer comes a little early or late
RUNS_KEPT = timedelta(days=30)
ACTIONS_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=30)
DATA_SETS_KEPT = timedelta(days=30)  # unknown and foreign ones
LEASES_KEPT = timedelta(days=1)
REPLAY_TIME = timedelta(minutes=1)
DROP_TIME = timedelta(seconds=15)  # of each kind


class Step(NamedTuple):
    """One thing to do; `is_thorough` says that it is done by the thorough runs only."""

    name: str
    do: Callable[[RunLog], object]
    is_thorough: bool = False


class Replayed(BaseModel):
    """The dead letters that the last run replayed."""

    dead_letters: list[str]


class ThoroughRun(BaseModel):
    """When the last run of all steps began; `left` are the steps that the last run had no time for."""

    began_at: datetime
    left: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Heal:
    """The steps that need our own state and queues only."""

    receipts: ReceiptStore
    data_sets: DataSetStore
    dead_letters: DeadLetters
    leases: Leases
    runs: RunStore
    actions: ActionLog
    cursors: Notes
    clock: Callable[[], datetime]

    def replay_dead_letters(self, log: RunLog) -> None:
        """Try dead letters again whose cause may be gone, those first that wait the longest."""
        now = self.clock()
        last = self.cursors.load(Replayed, REPLAYED) or Replayed(dead_letters=[])
        many = replays_a_run(last.dead_letters, self.dead_letters.unsettled() if last.dead_letters else ())
        waiting = (dead_letter for dead_letter in self.dead_letters.all() if is_replay_due(dead_letter, now))
        due = nsmallest(many, waiting, key=lambda dead_letter: replay_at(dead_letter) or now)
        self.cursors.save(REPLAYED, Replayed(dead_letters=[dead_letter.id for dead_letter in due]))
        ends_at = log.ends_within(now, REPLAY_TIME)
        count, refused = self.dead_letters.replay_each(due, lambda: self.clock() < ends_at)
        if (tried := count + len(refused)) < len(due):  # the others have not failed
            self.cursors.save(REPLAYED, Replayed(dead_letters=[dead_letter.id for dead_letter in due[:tried]]))
        log.counts[Count.DEAD_LETTERS_REPLAYED] += count
        log.notes += refused

    def tidy(self, log: RunLog) -> None:
        """Drop what no one asks for any more: old runs, actions, receipts, strangers' data sets, leases.

        Each kind has its share of the time: much of one keeps no other from being dropped. The next run goes on.
        """
        now = self.clock()

        def in_time() -> Callable[[], bool]:
            ends_at = log.ends_within(self.clock(), DROP_TIME)
            return lambda: self.clock() < ends_at

        for kind in RunKind:
            log.counts[Count.RUNS_DROPPED] += self.runs.forget_before(kind, now - RUNS_KEPT, in_time())
        log.counts[Count.ACTIONS_DROPPED] += self.actions.forget_before(now - ACTIONS_KEPT, in_time())
        log.counts[Count.DATA_SETS_DROPPED] += self.data_sets.forget_left_before(now - DATA_SETS_KEPT, in_time())
        log.counts[Count.DELIVERIES_DROPPED] += self.receipts.forget_before(now - DELIVERIES_KEPT, in_time())
        log.counts[Count.LEASES_DROPPED] += self.leases.forget_ended_before(now - LEASES_KEPT, in_time())


@dataclass(frozen=True)
class Reconcile:
    """One reconciliation. Idempotent; two at once do the work once."""

    heal: Heal
    count_assets: CountAssets
    list_assets: ListAssets
    collection_names: CollectionNames
    measure_backlog: MeasureBacklog
    mend_index: MendIndex
    look_at_cluedin: LookAtCluedIn
    find_recreated: FindRecreated
    check_existence: CheckExistence
    selection: ReadSelection
    drain_poison_queues: DrainPoisonQueues
    wake: Sequence[WakeJobs]
    tell_empty_bodies: TellEmptyBodies
    silent_webhook: SilentWebhook
    watch_queues: WatchQueues
    leases: Leases
    pauses: Pauses
    runs: RunStore
    cursors: Notes
    notify: Notify
    tell_refused: TellRefused
    write_status: WriteStatus | None
    is_lineage_on: bool
    runtime: Runtime

    def run(self) -> None:
        """Run the steps that are due.

        Raises:
            Exception: the first failure of a step, after all of them ran.
        """
        with recorded_run(self.runs, RunKind.RECONCILE, self.runtime.new_id(), self.runtime.now) as log:
            lease = self.leases.acquire(LEASE, log.run_id, LEASE_S)
            if isinstance(lease, Held):
                log.skip(f"Another reconciliation is running ({lease.owner}).")
                return
            try:
                self._run_steps(log)
            finally:
                lease.release()

    def _run_steps(self, log: RunLog) -> None:
        last = self.cursors.load(ThoroughRun, THOROUGH)
        left_before = last.left if last else []
        is_thorough = self._begin_thorough(last, log.started_at)
        log.counts[Count.THOROUGH] = int(is_thorough)
        due = [step for step in self._steps() if is_thorough or not step.is_thorough or step.name in left_before]
        due.sort(key=lambda step: step.name not in left_before)  # those that there was no time for come first
        failures, left = self._run_all(due, log)
        if left or left_before:
            began_at = log.started_at if is_thorough or last is None else last.began_at
            self.cursors.save(THOROUGH, ThoroughRun(began_at=began_at, left=left))
        for error in failures:
            self.pauses.heed(error)
            self.tell_refused.heed(error)
        if failures:
            raise failures[0]

    def _steps(self) -> Iterator[Step]:
        yield Step("take poison messages", self.drain_poison_queues.run)
        for wake in self.wake:
            yield Step("wake jobs", wake.run)
        yield Step("watch queues", self.watch_queues.run)
        yield Step("tell of empty bodies", self.tell_empty_bodies.tell)
        yield Step("tell of a silent webhook", self.silent_webhook.tell)
        yield Step("send kept notifications", self.notify.send_kept)
        yield Step("count assets", self.count_assets.run)
        yield Step("list assets", self.list_assets.run)
        yield Step("measure the backlog", self.measure_backlog.run)
        yield Step("replay dead letters", self.heal.replay_dead_letters, is_thorough=True)
        yield Step("tidy", self.heal.tidy, is_thorough=True)
        yield Step("mend the index", self.mend_index.run, is_thorough=True)
        names = self._unless_paused(PURVIEW, self.collection_names.run)
        yield Step("read the names of collections", names, is_thorough=True)
        if self.is_lineage_on:
            yield Step("find re-created assets", self.find_recreated.run, is_thorough=True)
        yield Step("look at CluedIn", self._unless_paused(CLUEDIN, self.look_at_cluedin.run))
        if self.write_status is not None:
            yield Step("write the status onto assets", self._unless_paused(PURVIEW, self.write_status.run))
        yield Step("check existence", self._unless_paused(PURVIEW, self._check_existence), is_thorough=True)

    def _run_all(self, steps: Sequence[Step], log: RunLog) -> tuple[list[Exception], list[str]]:
        """Run the steps that there is time for; return what failed, and the names of those that there was none for."""
        failures, left = list[Exception](), list[str]()
        for step in steps:
            if not log.has_time(self.runtime.now()):
                left.append(step.name)
                continue
            try:
                step.do(log)
            except Exception as error:  # noqa: BLE001  # also a bug in one step must not keep the others from healing
                failures.append(error)
                log.notes.append(f"Step '{step.name}' failed: {type(error).__name__}: {error}")
        if left:
            log.notes.append(f"There was no time for these steps; they come first in the next run: {', '.join(left)}.")
        return failures, left

    def _unless_paused(self, service: Service, do: Callable[[RunLog], object]) -> Callable[[RunLog], object]:
        def run(log: RunLog) -> None:
            pause_s = self.pauses.wait_s(service.name)
            if pause_s:
                log.notes.append(f"{service.title} asked to be left alone for {pause_s:.0f} s more; it is not asked.")
            else:
                do(log)

        return run

    def _begin_thorough(self, last: ThoroughRun | None, now: datetime) -> bool:
        """Whether all steps are due. Noted first: a run that dies of one of them must not do so every five minutes."""
        if last is not None and timedelta(0) <= now - last.began_at < THOROUGH_EVERY - EARLY:
            return False
        self.cursors.save(THOROUGH, ThoroughRun(began_at=now))
        return True

    def _check_existence(self, log: RunLog) -> None:
        """Only with `*`: with a term, each complete snapshot of its assignments says who is missing."""
        selection = self.selection.read(log)
        if selection is not None and selection.is_all:
            self.check_existence.run(log)

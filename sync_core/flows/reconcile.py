"""Every five minutes: looks for what fell through, and puts it right.

Each step is bounded, and one that fails does not keep the others from running; the run says which failed. What reads
many records, or asks a service again, is done once in a quarter of an hour.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from itertools import islice

from pydantic import BaseModel

from sync_core.clients.cluedin import CLUEDIN
from sync_core.clients.failures import Service
from sync_core.clients.purview import PURVIEW
from sync_core.domain.message import DataSetMessage
from sync_core.domain.run import RunKind
from sync_core.flows.check_existence import CheckExistence
from sync_core.flows.empty_bodies import EmptyBodies
from sync_core.flows.find_recreated import FindRecreated
from sync_core.flows.look_at_cluedin import LookAtCluedIn
from sync_core.flows.look_now import LookNow
from sync_core.flows.look_through import LookThrough
from sync_core.flows.notify import Notify
from sync_core.flows.pauses import Pauses
from sync_core.flows.push_lineage import SEND_AGAIN_AFTER
from sync_core.flows.replay import Replay
from sync_core.flows.run_log import RunLog, recorded_run
from sync_core.flows.selection import ReadSelection
from sync_core.flows.take_assets import TakeAssets
from sync_core.flows.take_poison import TakePoison
from sync_core.flows.watch_queues import WatchQueues
from sync_core.mapping.replaying import is_replay_due, replay_at, replays_a_run
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.leases import Held, Leases
from sync_core.state.notes import Notes
from sync_core.state.queues import WorkQueue
from sync_core.state.runs import RunStore

LEASE = "reconcile"
LEASE_S = 600
DELIVERIES_A_RUN = 500
REPLAYED = "replayed-letters"
THOROUGH = "thorough-reconciliation"
THOROUGH_EVERY = timedelta(minutes=15)
EARLY = timedelta(minutes=1)  # a timer comes a little early or late
RUNS_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=30)
LEASES_KEPT = timedelta(days=1)
UNKNOWN_ASSETS_KEPT = timedelta(days=1)  # every tick of that day would have recorded the asset, were it tagged
Step = tuple[str, Callable[[RunLog], object]]


class Replayed(BaseModel):
    """The letters that the last run replayed."""

    letters: list[str]


class ThoroughRun(BaseModel):
    """When the last run of all steps began."""

    began_at: datetime


@dataclass(frozen=True)
class Heal:
    """The steps that need our own state and queues only."""

    deliveries: DeliveryStore
    letters: DeadLetterStore
    replay: Replay
    lineage_queue: WorkQueue
    look_now: LookNow
    leases: Leases
    runs: RunStore
    cursors: Notes
    clock: Callable[[], datetime]

    def resend_deliveries(self, log: RunLog) -> None:
        """Enqueue deliveries again that are open and whose message did not come for long, or is surely gone."""
        now = self.clock()
        is_gone = self.lineage_queue.is_empty()
        lost = (
            one
            for one in self.deliveries.open()
            if is_gone or now >= (one.due_at or one.received_at + SEND_AGAIN_AFTER)
        )
        for delivery in islice(lost, DELIVERIES_A_RUN):
            if delivery.names_nothing:
                self.look_now.ask()
                continue
            self.lineage_queue.send(DataSetMessage(data_set_id=delivery.data_set_id, delivery_key=delivery.key))
            self.deliveries.postpone(delivery.key, now + SEND_AGAIN_AFTER)
            log.counts["deliveries_resent"] += 1

    def replay_letters(self, log: RunLog) -> None:
        """Try dead letters again whose cause may be gone, those first that wait the longest."""
        now = self.clock()
        last = self.cursors.load(Replayed, REPLAYED) or Replayed(letters=[])
        many = replays_a_run(last.letters, self.letters.ids() if last.letters else ())
        waiting = (letter for letter in self.letters.all() if is_replay_due(letter, now))
        due = nsmallest(many, waiting, key=lambda letter: replay_at(letter) or now)
        self.cursors.save(REPLAYED, Replayed(letters=[letter.letter_id for letter in due]))
        count, refused = self.replay.replay_each(due)
        log.counts["letters_replayed"] += count
        log.notes += refused

    def tidy(self, log: RunLog) -> None:
        """Drop what no one asks for any more.

        That is old runs, old deliveries, leases of workers long dead, and letters of assets that lost their term.
        """
        now = self.clock()
        for kind in RunKind:
            log.counts["runs_dropped"] += self.runs.forget_before(kind, now - RUNS_KEPT)
        log.counts["deliveries_dropped"] += self.deliveries.forget_done_before(now - DELIVERIES_KEPT)
        log.counts["leases_dropped"] += self.leases.forget_ended_before(now - LEASES_KEPT)
        log.counts["letters_dropped"] += self.letters.forget_unknown_assets_before(now - UNKNOWN_ASSETS_KEPT)


@dataclass(frozen=True)
class Reconcile:
    """One reconciliation. Idempotent; two at once do the work once."""

    heal: Heal
    look_through: LookThrough
    look_at_cluedin: LookAtCluedIn
    find_recreated: FindRecreated
    check_existence: CheckExistence
    selection: ReadSelection
    take_assets: TakeAssets
    take_poison: TakePoison
    empty_bodies: EmptyBodies
    watch_queues: WatchQueues
    leases: Leases
    pauses: Pauses
    runs: RunStore
    cursors: Notes
    notify: Notify
    is_lineage_on: bool
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def run(self) -> None:
        """Run the steps that are due.

        Raises:
            Exception: the first failure of a step, after all of them ran.
        """
        with recorded_run(self.runs, RunKind.RECONCILE, self.new_id(), self.clock) as log:
            lease = self.leases.acquire(LEASE, log.run_id, LEASE_S)
            if isinstance(lease, Held):
                log.skip(f"Another reconciliation is running ({lease.owner}).")
                return
            try:
                self._run_steps(log)
            finally:
                lease.release()

    def _run_steps(self, log: RunLog) -> None:
        is_thorough = self._begin_thorough(log.started_at)
        log.counts["thorough"] = int(is_thorough)
        steps = self._steps(is_thorough=is_thorough)
        _run_all([*steps, *self._steps_that_ask_services(log, is_thorough=is_thorough)], log)

    def _steps(self, *, is_thorough: bool) -> Iterator[Step]:
        yield "take poison messages of assets", self.take_poison.take_assets
        yield "take poison messages of data sets", self.take_poison.take_data_sets
        yield "watch queues", self.watch_queues.run
        if is_thorough:
            yield "look through assets", self.look_through.look_at_assets
            yield "look through data sets", self.look_through.look_at_data_sets
        yield "resend assets", self.take_assets.send_lost
        yield "resend deliveries", self.heal.resend_deliveries
        yield "tell of empty bodies", self.empty_bodies.tell
        yield "send kept notifications", self.notify.send_kept
        if is_thorough:
            yield "replay dead letters", self.heal.replay_letters
            yield "tidy", self.heal.tidy
            if self.is_lineage_on:
                yield "find re-created assets", self.find_recreated.run

    def _steps_that_ask_services(self, log: RunLog, *, is_thorough: bool) -> Iterator[Step]:
        if not self._is_paused(CLUEDIN, log):
            yield "look at CluedIn", self.look_at_cluedin.run
        if is_thorough and not self._is_paused(PURVIEW, log):
            yield "check existence", self._check_existence

    def _is_paused(self, service: Service, log: RunLog) -> bool:
        pause_s = self.pauses.wait_s(service.name)
        if pause_s:
            log.notes.append(f"{service.title} asked to be left alone for {pause_s:.0f} s more; it is not asked.")
        return pause_s > 0

    def _begin_thorough(self, now: datetime) -> bool:
        """Whether all steps are due. Noted first: a run that dies of one of them must not do so every five minutes."""
        last = self.cursors.load(ThoroughRun, THOROUGH)
        if last is not None and timedelta(0) <= now - last.began_at < THOROUGH_EVERY - EARLY:
            return False
        self.cursors.save(THOROUGH, ThoroughRun(began_at=now))
        return True

    def _check_existence(self, log: RunLog) -> None:
        """Only with `*`: with a term, each complete snapshot of its assignments says who is missing."""
        selection = self.selection.read(log)
        if selection is not None and selection.is_all:
            self.check_existence.run(log)


def _run_all(steps: Sequence[Step], log: RunLog) -> None:
    failures: list[Exception] = []
    for name, step in steps:
        try:
            step(log)
        except Exception as error:  # noqa: BLE001  # also a bug in one step must not keep the others from healing
            failures.append(error)
            log.notes.append(f"Step '{name}' failed: {type(error).__name__}: {error}")
    if failures:
        raise failures[0]

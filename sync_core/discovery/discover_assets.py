"""The minute tick: find tagged assets, record them, enqueue what must be provisioned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync_core.cluedin.client import CLUEDIN
from sync_core.discovery.discover_all import DiscoverAll
from sync_core.discovery.discover_by_term import DiscoverByTerm
from sync_core.discovery.selection import ReadSelection
from sync_core.discovery.terms.keywords import Selection
from sync_core.each_request import before_each_request
from sync_core.errors import SyncError
from sync_core.jobs.wake_jobs import WakeJobs
from sync_core.notifications.tell_refused import TellRefused
from sync_core.provisioning.announce_assets import Announce
from sync_core.purview.client import PURVIEW
from sync_core.runs.leases import Held, Lease, Leases
from sync_core.runs.pauses import Pauses
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog, recorded_run
from sync_core.runs.run_store import RunStore
from sync_core.runtime import Runtime

LEASE = "discovery"
LEASE_S = 45  # longer than any single request can take, before each of which it is renewed
RENEW_AFTER_S = 10.0
LOOK_EVERY_S = 2.0


@dataclass(frozen=True)
class DiscoverAssets:
    """One discovery. Idempotent: a tick that comes twice finds nothing new the second time."""

    selection: ReadSelection
    by_term: DiscoverByTerm
    all_assets: DiscoverAll
    wake: Sequence[WakeJobs]
    announce: Announce
    leases: Leases
    runs: RunStore
    runtime: Runtime
    pauses: Pauses
    tell_refused: TellRefused

    def run(self) -> None:
        """Run one tick.

        Raises:
            SyncError: it failed; the run's record says why, nothing was retired or lost.
        """
        with recorded_run(self.runs, RunKind.DISCOVER, self.runtime.new_id(), self.runtime.now) as log:
            # Work that is known goes out first: it must not wait for Purview to answer, nor for a longer discovery.
            for wake in self.wake:
                wake.run(log)
            lease = self._acquire_lease(log.run_id)
            if isinstance(lease, Held):
                log.skip(f"Another discovery is running ({lease.owner}).")
                return
            try:
                with before_each_request(lambda: lease.renew_if_older_than(RENEW_AFTER_S)):
                    self._discover(lease, log)
            except SyncError as error:
                self.pauses.heed(error)
                self.tell_refused.heed(error)
                raise
            finally:
                lease.release()

    def _discover(self, lease: Lease, log: RunLog) -> None:
        def keep_alive() -> None:
            lease.renew_if_older_than(RENEW_AFTER_S)

        for service in (CLUEDIN, PURVIEW) if self.selection.asks_cluedin else (PURVIEW,):
            pause_s = self.pauses.wait_s(service.name)
            if pause_s:
                log.skip(f"{service.title} asked to be left alone for {pause_s:.0f} s more.")
                return
        selection = self.selection.read(log)
        try:
            if selection is not None:
                self._enumerate(selection, log, keep_alive)
        finally:  # one keyword that names no term keeps nobody from hearing of the others
            self.announce.if_done(log)

    def _enumerate(self, selection: Selection, log: RunLog, keep_alive: Callable[[], None]) -> None:
        if selection.is_all:
            self.all_assets.run(log, keep_alive=keep_alive)
        else:
            self.by_term.run(selection, log, keep_alive=keep_alive)

    def _acquire_lease(self, owner: str) -> Lease | Held:
        """A worker that died leaves its lease behind: wait for its end, unless its owner shows that it is alive."""
        first = held = self.leases.acquire(LEASE, owner, LEASE_S)
        while isinstance(held, Held) and isinstance(first, Held):
            if held.term != first.term or held.owner != first.owner:
                return held
            self.runtime.sleep(LOOK_EVERY_S)
            held = self.leases.acquire(LEASE, owner, LEASE_S)
        return held

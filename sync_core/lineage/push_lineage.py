"""The work that a message of the lineage queue asks for: a data set's lineage in Purview, or a look for data sets.

The job is the data set's, however many deliveries asked for it: what is written is what CluedIn says now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.cluedin.client import CLUEDIN
from sync_core.errors import StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import LOOK_KEY, Job, JobKind, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import Message, read_lineage_message
from sync_core.lineage.announce_data_sets import AnnounceDataSets
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.look_now import LookNow
from sync_core.lineage.push_data_set import PushDataSet
from sync_core.purview.client import PURVIEW
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Operation


@dataclass(frozen=True)
class PushLineage:
    """Pushes the lineage of the data set that a job names; see `Work`."""

    push: PushDataSet
    look: LookNow
    store: DataSetStore
    queue: WorkQueue
    announce: AnnounceDataSets
    is_enabled: bool
    clock: Callable[[], datetime]
    services: Sequence[str] = (CLUEDIN.name, PURVIEW.name)

    @property
    def jobs(self) -> JobStore:
        """The jobs of data sets."""
        return self.store.jobs

    def is_on(self) -> bool:
        """Whether lineage is switched on."""
        return self.is_enabled

    def read(self, body: bytes) -> Message:
        """Read a message of the lineage queue."""
        return read_lineage_message(body)

    def do(self, claim: Claim) -> None:
        """Push the lineage, or look for what was processed."""
        if claim.job.kind is JobKind.LOOK:
            self.look.look(claim)
        else:
            self.push.push(claim)

    def subject(self, key: str) -> str:
        """Return the data set's name."""
        if key == LOOK_KEY:
            return "a look for processed data sets"
        try:
            record = self.store.load(key)
        except StateError:
            return ""
        return record.name if record else ""

    def failing(self, job: Job, *, is_news: bool) -> list[Operation]:
        """A data set that waits for its next try is recorded; one that is given up has failed."""
        if job.kind is JobKind.LOOK:
            return []
        if job.state is JobState.PENDING:
            return self.store.queuing(job.key, self.clock())
        announce = self.announce.is_on and is_news
        return self.store.failing(job.key, job.last_error, self.clock(), announce=announce)

    def requeuing(self, job: Job) -> list[Operation]:
        """A data set whose job is replayed is queued again."""
        return [] if job.kind is JobKind.LOOK else self.store.queuing(job.key, self.clock())

    def when_done(self) -> None:
        """Tell people, once nothing is outstanding."""
        self.announce.if_done()

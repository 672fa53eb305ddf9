"""The work that a message of the asset queue asks for: an asset's group and source in CluedIn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetStatus
from sync_core.cluedin.client import CLUEDIN
from sync_core.errors import StateError
from sync_core.jobs.claims import Claim
from sync_core.jobs.job import Job, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import AssetMessage
from sync_core.provisioning.announce_assets import Announce
from sync_core.provisioning.provision import Provision
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Operation


@dataclass(frozen=True)
class CreateDataSourceGroup:
    """Makes or adopts the group and source of the asset that a job names; see `Work`."""

    provision: Provision
    assets: AssetStore
    queue: WorkQueue
    announce: Announce
    is_enabled: Callable[[], bool]
    services: Sequence[str] = (CLUEDIN.name,)

    @property
    def jobs(self) -> JobStore:
        """The jobs of assets."""
        return self.assets.jobs

    def is_on(self) -> bool:
        """Whether the sync is switched on."""
        return self.is_enabled()

    def read(self, body: bytes) -> AssetMessage:
        """Read a message of the asset queue."""
        return AssetMessage.from_json(body)

    def do(self, claim: Claim) -> None:
        """Provision the asset, unless there is nothing to do: it was retired or forgotten meanwhile."""
        stored = self.assets.load(claim.job.key)
        if stored is None or stored.record.status is not AssetStatus.QUEUED:
            claim.done()
        else:
            self.provision.provision(stored, claim)

    def subject(self, key: str) -> str:
        """Return the asset's qualified name."""
        try:
            stored = self.assets.load(key)
        except StateError:
            return ""
        return stored.record.qualified_name if stored else ""

    def failing(self, job: Job, *, is_news: bool) -> list[Operation]:
        """An asset that is given up has failed."""
        if job.state is JobState.PENDING:
            return []
        return self.assets.failing(job.key, job.last_error, announce=self.announce.is_on and is_news)

    def requeuing(self, job: Job) -> list[Operation]:
        """An asset whose job is replayed is queued again."""
        return self.assets.requeuing(job.key)

    def when_done(self) -> None:
        """Tell people, once nothing is outstanding."""
        self.announce.if_done()

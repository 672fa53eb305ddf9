"""Which instances ask a service for much at present: they divide the pace that it publishes.

Who asks for little costs nothing and is not counted. When each was here is told by the storage service's clock alone.
"""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from sync_core.errors import SyncError
from sync_core.http.pace import SHARED_FOR_S
from sync_core.logs import get_logger
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

FORGOTTEN_AFTER = timedelta(minutes=10)


class Sharer(BaseModel):
    """An instance that asks a service for much."""

    model_config = ConfigDict(frozen=True)

    service: str
    instance: str


@dataclass(frozen=True)
class Sharing:
    """Tells the others of this instance, and counts them."""

    notes: Notes
    instance: str

    def count(self, service: str) -> int | None:
        """Return how many instances ask a service for much, this one among them; None where storage does not tell."""
        try:
            return self._count(service)
        except SyncError as error:
            logger.info("Which other instances ask %s for much is not known: %s", service, error)
            return None

    def _count(self, service: str) -> int | None:
        own = f"{service}.{self.instance}"
        self.notes.save(own, Sharer(service=service, instance=self.instance))
        written_at = self.notes.written_at()
        now = written_at.get(own)
        if now is None:
            return None
        for name, at in written_at.items():
            if now - at >= FORGOTTEN_AFTER:
                self.notes.delete(name)
        present = [name for name, at in written_at.items() if now - at < timedelta(seconds=SHARED_FOR_S)]
        return sum(name.startswith(f"{service}.") for name in present)

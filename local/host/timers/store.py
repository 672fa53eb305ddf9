"""What hosts of one id share about a timer, in blobs: its status, and the lock that only one of them holds.

Source: azure-webjobs-sdk-extensions StorageScheduleMonitor.cs; azure-webjobs-sdk SingletonManager.cs.
"""

import json
import logging
from typing import Protocol

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobLeaseClient, BlobServiceClient

from local.host.timers.payload import ScheduleStatus, format_status, parse_status

CONTAINER = "azure-webjobs-hosts"
_log = logging.getLogger("host")


class TimerStore(Protocol):
    """Where the status and the lock of one timer are."""

    def load(self) -> ScheduleStatus | None:
        """Return the status that was saved last."""

    def save(self, status: ScheduleStatus) -> None:
        """Keep a status."""

    def hold(self) -> bool:
        """Take the lock, or keep it; False when another host has it."""

    def release(self) -> None:
        """Give the lock back."""


class MemoryTimerStore:
    """For an app without storage: nothing is shared, nothing outlives the host."""

    def __init__(self) -> None:
        self._status: ScheduleStatus | None = None

    def load(self) -> ScheduleStatus | None:
        """Return what was saved."""
        return self._status

    def save(self, status: ScheduleStatus) -> None:
        """Keep it."""
        self._status = status

    def hold(self) -> bool:
        """Nobody else is there."""
        return True

    def release(self) -> None:
        """Nothing is held."""


class BlobTimerStore:
    """One timer's two blobs."""

    def __init__(self, service: BlobServiceClient, host_id: str, function: str, lock_s: int) -> None:
        self._container = service.get_container_client(CONTAINER)
        self._status = self._container.get_blob_client(f"timers/{host_id}/Host.Functions.{function}/status")
        self._locked = self._container.get_blob_client(f"locks/{host_id}/Host.Functions.{function}.Listener")
        self._lock_s = lock_s
        self._lease: BlobLeaseClient | None = None

    def load(self) -> ScheduleStatus | None:
        """Return the status; None before the first one."""
        try:
            return parse_status(json.loads(self._status.download_blob().readall()))
        except ResourceNotFoundError:
            return None

    def save(self, status: ScheduleStatus) -> None:
        """Write the status."""
        self._status.upload_blob(json.dumps(format_status(status)), overwrite=True)

    def hold(self) -> bool:
        """Renew the lease, or take it; it ends by itself where the host that had it is dead."""
        try:
            if self._lease is None:
                self._make_blob(self._locked)
                self._lease = self._locked.acquire_lease(self._lock_s)
            else:
                self._lease.renew()
        except HttpResponseError:
            self._lease = None
            return False
        return True

    def release(self) -> None:
        """Let the next host have it at once."""
        if self._lease is None:
            return
        try:
            self._lease.release()
        except AzureError as error:
            _log.warning("The lock of a timer could not be released and ends by itself: %s", error)

    def _make_blob(self, blob: BlobClient) -> None:
        try:
            blob.upload_blob(b"", overwrite=False)
        except ResourceExistsError:
            return
        except ResourceNotFoundError:
            self._container.create_container()
            blob.upload_blob(b"", overwrite=False)

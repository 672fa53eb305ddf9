"""Asks Purview's store for one asset that a list leaves out: is it gone, there, or only hidden from the app?

A list may leave out what the app may not read (open-metadata/OpenMetadata#15923 deleted assets for that).
"""

from dataclasses import dataclass
from enum import Enum

from sync_core.clients.purview import PurviewClient
from sync_core.domain.asset import AssetRecord
from sync_core.errors import ConfigError, RejectedError
from sync_core.flows.run_log import RunLog

LOOKS_A_RUN = 100  # each is a request


class Sight(Enum):
    """What the store says of one asset."""

    SHOWN = "shown"
    GONE = "gone"
    HIDDEN = "hidden"  # it refuses to tell


@dataclass(frozen=True)
class ConfirmAbsence:
    """Looks for single assets."""

    purview: PurviewClient

    def look(self, record: AssetRecord, log: RunLog) -> Sight:
        """Look for one asset; the run notes the first one that is hidden, with the reason, and counts them."""
        try:
            is_gone = self.purview.is_gone(record.guid)
        except (ConfigError, RejectedError) as error:
            if not log.counts["hidden"]:
                log.notes.append(f"Purview does not tell whether {record.qualified_name} is gone: {error}")
            log.counts["hidden"] += 1
            return Sight.HIDDEN
        return Sight.GONE if is_gone else Sight.SHOWN

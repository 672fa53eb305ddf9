"""Asks Purview's store for one asset that a list leaves out: is it gone, there, or only hidden from the app?

A list may leave out what the app may not read (open-metadata/OpenMetadata#15923 deleted assets for that).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sync_core.absence.look_alone import Looks, Thing, look_alone
from sync_core.assets.record import AssetRecord
from sync_core.purview.client import PurviewClient
from sync_core.runs.defer import Deferrals
from sync_core.runs.deferred import Kind

LOOKS_A_RUN = 100  # each is a request


@dataclass(frozen=True)
class ConfirmAbsence:
    """Looks for single assets."""

    purview: PurviewClient
    clock: Callable[[], datetime]

    def look(
        self,
        records: Sequence[AssetRecord],
        deferrals: Deferrals,
        *,
        most: int,
        keep_alive: Callable[[], None] = lambda: None,
    ) -> Looks:
        """Look for each; the sights are by guid. Errors are those of `look_alone`."""
        things = [Thing(one.guid, one.qualified_name, partial(self.purview.is_gone, one.guid)) for one in records]
        return look_alone(things, Kind.ASSET, deferrals, most=most, clock=self.clock, keep_alive=keep_alive)

"""Reads whether the app is at work, and what Purview's store tells of one asset."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sync_core.catalog.wire import CATALOG
from sync_core.cluedin.client import CLUEDIN
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.selection import ReadSelection
from sync_core.errors import ForbiddenError, NotFoundError, SyncError
from sync_core.operations.explain.evidence import InPurview, Sight, Work
from sync_core.operations.well_being import is_discovery_well
from sync_core.purview.asset import Asset
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.wire import Details
from sync_core.runs.defer import unremembered
from sync_core.runs.pauses import Pauses
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog
from sync_core.runs.run_store import RunStore
from sync_core.settings import Settings

SERVICES = (PURVIEW, CATALOG, CLUEDIN)


@dataclass(frozen=True)
class LookAtWork:
    """Reads the switches, the last discovery and the pauses."""

    settings: Settings
    selection: ReadSelection
    runs: RunStore
    pauses: Pauses
    clock: Callable[[], datetime]

    def look(self) -> Work:
        """Return how the app is at work; settings that cannot be read are told."""
        latest = next(iter(self.runs.latest(RunKind.DISCOVER, 1)), None)
        error, off_in, selected = "", "", None
        try:
            selected = self.selection.look()
            off_in = "" if selected else self.selection.switch
            selected = selected or self.selection.look_anyhow()
        except SyncError as failure:
            error = str(failure)
        pauses = {service.title: self.pauses.wait_s(service.name) for service in SERVICES}
        return Work(
            is_on=not off_in,
            off_in=off_in,
            keywords=selected.keywords if selected else (),
            setting=selected.setting if selected else "SYNC_TERM",
            store=self.settings.sync_term_store,
            error=error,
            is_discovery_well=is_discovery_well(latest, self.clock()),
            discovery_error=latest.error if latest else "",
            pauses={title: seconds for title, seconds in pauses.items() if seconds > 0},
            asks_purview=not pauses[PURVIEW.title],
            asks_cluedin=not pauses[CLUEDIN.title],
            is_lineage_on=self.settings.lineage_enabled,
        )


@dataclass(frozen=True)
class LookAtPurview:
    """Reads one asset."""

    purview: PurviewClient
    types: AssetTypes
    own_collection: Callable[[], str]
    new_log: Callable[[], RunLog]

    def look(self, guid: str, work: Work) -> InPurview:
        """Return what the store says of an asset; with `*`, also whether the search finds it."""
        if not work.asks_purview:
            return InPurview(guid, Sight.UNTOLD, "It is not asked, as it wants to be left alone.")
        try:
            details = self.purview.fetch_details(guid)
        except NotFoundError as error:
            return InPurview(guid, Sight.GONE, str(error))
        except ForbiddenError as error:
            return InPurview(guid, Sight.HIDDEN, str(error))
        except SyncError as error:
            return InPurview(guid, Sight.UNTOLD, str(error))
        if details.is_deleted:
            return InPurview(guid, Sight.GONE, "Purview keeps it as deleted.", details.asset)
        return InPurview(
            guid,
            asset=details.asset,
            left_out=self._left_out(details.asset.type_name),
            terms=details.terms or {},
            is_found=self._is_found(guid) if work.is_all and not work.error else None,
            is_in_own_collection=work.is_all and self._is_in_own_collection(details.asset),
            changed_at=_moment(details),
        )

    def _left_out(self, type_name: str) -> str | None:
        with suppress(SyncError):
            return self.types.why_left_out(type_name, unremembered(self.new_log()))
        return None

    def _is_found(self, guid: str) -> bool | None:
        with suppress(SyncError):
            return any(hit.guid == guid for hit in self.purview.search({"id": guid}, limit=10).assets)
        return None

    def _is_in_own_collection(self, asset: Asset) -> bool:
        with suppress(SyncError):
            own = self.own_collection()
            return bool(own) and asset.collection_id == own
        return False


def _moment(details: Details) -> datetime | None:
    try:
        return datetime.fromtimestamp(details.changed_ms / 1000, UTC) if details.changed_ms else None
    except (ValueError, OverflowError, OSError):
        return None

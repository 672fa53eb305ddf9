"""Reads what a term or data product of the Unified Catalog is linked with, as rows of the Data Map.

Where a link leads never changes, so it is remembered. What stands there is read anew every few minutes, by whichever
process is at work then. One link or one entity that cannot be read keeps no other from being read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync_core.catalog.client import ASSETS_A_CALL, CatalogClient
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.terms.link_details import Details, KeepDetails
from sync_core.discovery.terms.term_memory import TermMemory
from sync_core.errors import SyncError
from sync_core.purview.asset import Asset
from sync_core.purview.client import PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.defer import Deferrals, is_own_failure

ANY_TYPE = "DataSet"
KNOWN_ASKED = 3


@dataclass(frozen=True, slots=True)
class Linked:
    """The rows of a list of links; `nowhere` are those that lead to nothing that the catalog shows."""

    rows: list[AssignedEntity]
    nowhere: frozenset[str]
    without_asset: int


@dataclass(frozen=True)
class ReadLinks:
    """Reads the rows."""

    purview: PurviewClient
    catalog: CatalogClient
    memory: TermMemory
    details: KeepDetails

    def read(self, key: str, ids: Sequence[str], deferrals: Deferrals) -> Linked:
        """Return the entities of the Data Map that the links lead to.

        Raises:
            SyncError: nothing of it can be read.
        """
        details = self.details.of(key)
        has_asked = self._follow(key, ids, details)
        guids = self._guids(key, ids, details)
        has_read = self._describe(list(dict.fromkeys(guid for guid in guids.values() if guid)), details, deferrals)
        if has_asked or has_read:
            self.details.save(key, guids.values())
        rows = [
            AssignedEntity(guid, known.type_name, known.display_text, catalog_id)
            for catalog_id, guid in guids.items()
            if (known := details.entities.get(guid))
        ]
        return Linked(rows, frozenset(ids) - guids.keys(), len(ids) - len(rows))

    # Where links lead

    def _follow(self, key: str, ids: Sequence[str], details: Details) -> bool:
        """Ask for the links of which nothing is known; return whether there was any."""
        known = self.memory.guids(key)
        unknown = [catalog_id for catalog_id in ids if catalog_id not in known and catalog_id not in details.asked]
        for start in range(0, len(unknown), ASSETS_A_CALL):
            self._learn(key, unknown[start : start + ASSETS_A_CALL], details)
        return bool(unknown)

    def _guids(self, key: str, ids: Sequence[str], details: Details) -> dict[str, str]:
        """Return the guids of those that lead to something; a guid is empty where that is no asset of the Data Map."""
        known = {**dict.fromkeys(details.elsewhere, ""), **self.memory.guids(key)}
        return {catalog_id: known[catalog_id] for catalog_id in ids if catalog_id in known}

    def _learn(self, key: str, ids: Sequence[str], details: Details) -> None:
        """Ask where links lead; what one call told is kept, whatever the next one does."""
        try:
            shown = {asset.id: asset.guid for asset in self.catalog.fetch_assets(ids)}
        except SyncError as error:
            if not is_own_failure(error) or len(ids) == 1:
                raise
            self._learn_apart(key, ids, details, error)
            return
        learned = {catalog_id: guid for catalog_id, guid in shown.items() if guid}
        details.asked |= set(ids) - learned.keys()
        details.elsewhere.difference_update(ids)
        details.elsewhere |= shown.keys() - learned.keys()
        if learned:
            self.memory.learn(key, learned)

    def _learn_apart(self, key: str, ids: Sequence[str], details: Details, error: SyncError) -> None:
        """Halve what failed; where both halves fail it is the catalog.

        Raises:
            SyncError: not one of them can be read.
        """
        half, failures = len(ids) // 2, list[SyncError]()
        parts = (ids[:half], ids[half:])
        for part in parts:
            try:
                self._learn(key, part, details)
            except SyncError as failure:
                if not is_own_failure(failure):
                    raise
                failures.append(failure)
        if len(failures) == len(parts):
            raise error

    # What stands there

    def _describe(self, guids: Sequence[str], details: Details, deferrals: Deferrals) -> bool:
        """Read the entities that are not known, or not of late; return whether there was any.

        What cannot be read, and what the store leaves out without saying that it is gone, is there as far as anybody
        knows: it stays as it was, or what it is will be asked when it is read.
        """
        to_read = [
            guid
            for guid in guids
            if guid not in details.gone and (guid not in details.entities or guid in details.is_old)
        ]
        if not to_read:
            return False
        for guid, asset in self._read(to_read, details, deferrals).items():
            if asset is not None:
                details.entities[guid] = AssignedEntity(guid, asset.type_name, asset.name, "")
            elif self._is_gone(guid):
                details.entities.pop(guid, None)
                details.gone.add(guid)
        details.is_old.difference_update(to_read)
        for guid in set(to_read) - details.gone:
            details.entities.setdefault(guid, AssignedEntity(guid, ANY_TYPE, "", ""))
        return True

    def _read(self, guids: Sequence[str], details: Details, deferrals: Deferrals) -> dict[str, Asset | None]:
        """Return what the store has of these guids, None where it has nothing; what it does not tell is left out."""
        known = [guid for guid in details.entities if guid not in guids][:KNOWN_ASKED]
        reading = ReadAssets(self.purview).begin(deferrals, known, lambda: True)
        found: dict[str, Asset | None] = {}
        for group in reading.groups(guids):
            for part in reading.read(group):
                found.update(dict.fromkeys(part.guids) if part.is_read else {})
                found.update((asset.guid, asset) for asset in part.assets)
        return found

    def _is_gone(self, guid: str) -> bool:
        try:
            return self.purview.is_gone(guid)
        except SyncError as error:
            if not is_own_failure(error):
                raise
            return False

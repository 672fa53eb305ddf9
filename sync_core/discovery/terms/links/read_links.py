"""Reads what a term or data product of the Unified Catalog is linked with, as rows of the Data Map.

Where a link leads never changes, so it is remembered. What stands there is read anew every few minutes, by whichever
process is at work then. One link or one entity that cannot be read keeps no other from being read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sync_core.catalog.client import ASSETS_A_CALL, CatalogClient
from sync_core.chunks import chunks
from sync_core.discovery.read_assets import FAILURES_WITHOUT_SUCCESS, REFUSALS_A_RUN, Part, ReadAssets
from sync_core.discovery.terms.links.link_details import Details, KeepDetails
from sync_core.discovery.terms.paused import BusyError
from sync_core.discovery.terms.term_memory import TermMemory
from sync_core.each_request import about_one_thing
from sync_core.errors import OutOfTimeError, SyncError
from sync_core.purview.client import PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.defer import Deferrals, is_own_failure, may_be_own
from sync_core.runs.deferred import Kind

ANY_TYPE = "DataSet"
KNOWN_ASKED = 3


@dataclass(frozen=True, slots=True)
class Linked:
    """The rows of a list of links; `nowhere` are those that lead to nothing that the catalog shows.

    `unread` are those of which the catalog does not tell where they lead: each may be an asset.
    """

    rows: list[AssignedEntity]
    nowhere: frozenset[str]
    without_asset: int
    unread: frozenset[str]


@dataclass
class _Look:
    """One look at the links of a target; `has_time` says whether there is time for one more call."""

    key: str
    details: Details
    deferrals: Deferrals
    has_time: Callable[[], bool]
    has_asked: bool = False
    has_answer: bool = False
    refusals: int = 0
    failures: dict[str, SyncError] = field(default_factory=dict)

    def ask(self) -> None:
        """Note that something is asked.

        Raises:
            OutOfTimeError: there is no time for it.
        """
        if not self.has_time():
            raise OutOfTimeError(
                f"There was no time to learn where all links of {self.key} lead; the next run goes on."
            )
        self.has_asked = True


@dataclass(frozen=True)
class ReadLinks:
    """Reads the rows."""

    purview: PurviewClient
    catalog: CatalogClient
    memory: TermMemory
    details: KeepDetails

    def read(self, key: str, ids: Sequence[str], deferrals: Deferrals, has_time: Callable[[], bool]) -> Linked:
        """Return the entities of the Data Map that the links lead to.

        Raises:
            OutOfTimeError: there was no time for all; what was learned is kept.
            SyncError: nothing of it can be read.
        """
        look = _Look(key, self.details.of(key), deferrals, has_time)
        try:
            self._follow(ids, look)
            self._describe(list(dict.fromkeys(guid for guid in self._guids(ids, look).values() if guid)), look)
        finally:
            guids = self._guids(ids, look)
            if look.has_asked:
                self.details.save(key, guids.values())
        unread = frozenset(each for each in set(ids) - guids.keys() if deferrals.find(Kind.ASSET, each))
        rows = [
            AssignedEntity(guid, known.type_name, known.display_text, catalog_id)
            for catalog_id, guid in guids.items()
            if (known := look.details.entities.get(guid))
        ]
        return Linked(rows, frozenset(ids) - guids.keys() - unread, len(ids) - len(rows), unread)

    # Where links lead

    def _follow(self, ids: Sequence[str], look: _Look) -> None:
        """Ask for the links of which nothing is known; one that was not told is asked for alone, after its pause.

        Raises:
            SyncError: of several that were never asked for none is told: then it is the catalog.
        """
        known, find = self.memory.guids(look.key), look.deferrals.find
        unknown = [each for each in ids if each not in known and each not in look.details.asked]
        others = [each for each in unknown if not find(Kind.ASSET, each)]
        for chunk in chunks(others, ASSETS_A_CALL):
            self._learn(chunk, look)
        if look.failures and not look.has_answer and len(others) > 1:
            raise next(iter(look.failures.values()))
        look.has_answer = True
        for catalog_id in [each for each in unknown if each not in set(others)]:
            if not look.deferrals.waits(Kind.ASSET, catalog_id):
                self._learn([catalog_id], look)
        for catalog_id, error in look.failures.items():
            look.deferrals.failed(Kind.ASSET, catalog_id, error)

    def _guids(self, ids: Sequence[str], look: _Look) -> dict[str, str]:
        """Return the guids of those that lead to something; a guid is empty where that is no asset of the Data Map."""
        known = {**dict.fromkeys(look.details.elsewhere, ""), **self.memory.guids(look.key)}
        return {catalog_id: known[catalog_id] for catalog_id in ids if catalog_id in known}

    def _learn(self, ids: Sequence[str], look: _Look) -> None:
        """Ask where links lead; what one call told is kept, whatever the next one does. What fails is halved."""
        look.ask()
        try:
            with about_one_thing():  # whether a request to slow down is one to all of us, `_doubt` finds out
                assets = list(self.catalog.fetch_assets(ids))
            self._keep(ids, {asset.id: asset.guid for asset in assets}, look)
        except SyncError as error:
            is_refusal = not is_own_failure(error)
            if is_refusal:
                self._doubt(error, look)
            if len(ids) == 1 and is_refusal:  # the catalog is well: kept at once, as the next refusal may be the last
                look.deferrals.failed(Kind.ASSET, ids[0], error)
            elif len(ids) == 1:
                look.failures[ids[0]] = error
            if not look.has_answer and len(look.failures) >= FAILURES_WITHOUT_SUCCESS:
                raise
            half = len(ids) // 2
            for part in (ids[:half], ids[half:]) if half else ():
                self._learn(part, look)

    def _doubt(self, error: SyncError, look: _Look) -> None:
        """Find out whose a 401 or 429 is: the whole catalog's, unless it answers another question.

        Raises:
            BusyError: there were too many of them for one look; the next one goes on.
            SyncError: it is the catalog's, or a failure of our own.
        """
        look.refusals += 1
        if not may_be_own(error):
            raise error
        if look.refusals > REFUSALS_A_RUN:
            raise BusyError(f"Too many of its links are refused for one look; the next one goes on. {error}") from error
        look.ask()
        try:
            self.catalog.check()
        except SyncError as doubt:
            raise error from doubt

    def _keep(self, ids: Sequence[str], shown: Mapping[str, str], look: _Look) -> None:
        learned = {catalog_id: guid for catalog_id, guid in shown.items() if guid}
        look.details.learned(set(ids) - shown.keys(), shown.keys() - learned.keys(), self.details.clock())
        if learned:
            self.memory.learn(look.key, learned)
        look.has_answer = True
        look.deferrals.succeeded(Kind.ASSET, ids)

    # What stands there

    def _describe(self, guids: Sequence[str], look: _Look) -> None:
        """Read the entities that are not known, or not of late.

        What cannot be read, and what the store leaves out without saying that it is gone, is there as far as anybody
        knows: it stays as it was, or what it is will be asked when it is read.
        """
        details = look.details
        to_read = [
            guid
            for guid in guids
            if guid not in details.gone and (guid not in details.entities or guid in details.is_old)
        ]
        known = [guid for guid in details.entities if guid not in to_read][:KNOWN_ASKED]
        reading = ReadAssets(self.purview).begin(look.deferrals, known, look.has_time)
        for group in reading.groups(to_read):
            look.ask()
            for part in reading.read(group):
                self._note(part, details)
        details.is_old.difference_update(to_read)
        for guid in set(to_read) - details.gone:
            details.entities.setdefault(guid, AssignedEntity(guid, ANY_TYPE, "", ""))

    def _note(self, part: Part, details: Details) -> None:
        """Keep what the store told of some: what follows may end with its time."""
        shown = {asset.guid: asset for asset in part.assets}
        for guid in part.guids:
            if asset := shown.get(guid):
                details.entities[guid] = AssignedEntity(guid, asset.type_name, asset.name, "")
            elif part.is_read and self._is_gone(guid):
                details.entities.pop(guid, None)
                details.gone.add(guid)
        details.is_old.difference_update(part.guids)

    def _is_gone(self, guid: str) -> bool:
        try:
            return self.purview.is_gone(guid)
        except SyncError as error:
            if not may_be_own(error):
                raise
            return False

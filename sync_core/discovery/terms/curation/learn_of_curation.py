"""Learns that a tenant has enabled asset curation, keeps that, and takes it back. The rules are in `curation.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from sync_core.catalog.client import CatalogClient
from sync_core.discovery.terms.curation.signs import SEARCH_EVERY, is_missing_for_long, is_search_due
from sync_core.discovery.terms.standing import SEVERAL, Look, Memory, is_frozen_no_more
from sync_core.errors import SyncError
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.search_filters import Filter, everything_but_own
from sync_core.runs.defer import may_be_own
from sync_core.storage.notes import Notes

NOTE = "curation"
ANY_ASSET: Filter = {"and": everything_but_own("")}


class CurationNote(BaseModel):
    """This tenant has enabled asset curation: since when that is known, and by which term."""

    since: datetime
    term: str


@dataclass
class LearnOfCuration:
    """Looks at what classic terms showed. `asks_catalog`: else nothing can be concluded."""

    purview: PurviewClient
    catalog: CatalogClient
    notes: Notes
    clock: Callable[[], datetime]
    asks_catalog: bool
    _known: CurationNote | None = None
    _read_at: datetime | None = None

    def known(self) -> CurationNote | None:
        """Return what is known, an hour old at most; only a list that was no frozen one ends it."""
        now = self.clock()
        if self._known is None and (self._read_at is None or now - self._read_at > SEARCH_EVERY):
            self._known, self._read_at = self.notes.load(CurationNote, NOTE), now
        return self._known

    def learn(
        self,
        memories: dict[str, Memory],
        looks: Mapping[str, Look],
        names: Mapping[str, str],
        has_time: Callable[[], bool],
    ) -> None:
        """Conclude it from looks at classic terms, or take it back; `memories` learn when the search was asked.

        `names` are what people call each term. Without time nothing is asked: the next run does.
        """
        if self.known() is not None:
            if any(is_frozen_no_more(memories[key], look) for key, look in looks.items()):
                self._revoke()
            return
        for key, look in looks.items() if self.asks_catalog else ():
            if not has_time():
                return
            is_shown = is_missing_for_long(memories[key], look, self.clock())
            if (is_shown or self._is_unsearchable(memories, look, key)) and self._catalog_answers():
                self._conclude(names[key])
                return

    def _conclude(self, name: str) -> None:
        self._known = CurationNote(since=self.clock(), term=name)
        self.notes.save(NOTE, self._known)

    def _revoke(self) -> None:
        """It was concluded from what only looked like it."""
        self._known = None
        self.notes.delete(NOTE)

    def _is_unsearchable(self, memories: dict[str, Memory], look: Look, key: str) -> bool:
        now = self.clock()
        if not is_search_due(memories[key], look, now):
            return False
        memories[key] = memories[key].model_copy(update={"searched_at": now})
        try:
            is_found = self._finds({"termGuid": key}) or self._finds({"termGuid": key})
            return not is_found and self._has_index(look)
        except SyncError as error:
            if not may_be_own(error):
                raise
            return False

    def _has_index(self, look: Look) -> bool:
        """Whether the search finds anything; a single asset may just have lost its place: the search must find it."""
        if len(look.assets) >= SEVERAL:
            return self._finds(ANY_ASSET)
        asset = next(iter(self.purview.fetch_few(list(look.assets))), None)
        if asset is None:
            return False
        page = self.purview.search({"entityType": asset.type_name}, limit=PAGE_SIZE, keywords=asset.name)
        return asset.guid in {hit.guid for hit in page.assets}

    def _finds(self, wanted: Filter) -> bool:
        """Whether the search finds anything; one empty answer may be an odd one, and an empty index finds nothing."""
        return self.purview.search(wanted, limit=1).count > 0

    def _catalog_answers(self) -> bool:
        try:
            self.catalog.fetch_domains()
        except SyncError as error:
            if not may_be_own(error):
                raise
            return False
        return True

"""Finds the asset that a person means: by guid, portal address, qualified name, name, or the key of its record."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sync_core.absence.retirement import latest_by_guid
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.names import shorten
from sync_core.assets.record import AssetRecord
from sync_core.errors import NotFoundError, RejectedError
from sync_core.guids import to_guid
from sync_core.operations.explain.asked import guid_in

KEY = re.compile(r"(rejected-)?[0-9a-f]{32}")
EXAMPLES = 5


@dataclass(frozen=True)
class FindAsset:
    """Looks into our own state only."""

    assets: AssetStore

    def find(self, text: str, has_time: Callable[[], bool]) -> AssetRecord:
        """Return the record of the one asset that a text names.

        Raises:
            NotFoundError: none is called so.
            RejectedError: several are, or there are too many assets to look for a name in time.
        """
        found = self._by_key(text) or self._by_guid(guid_in(text)) or self._by_name(text, has_time)
        if not found:
            raise NotFoundError(f"The app has no asset '{shorten(text)}': is it among those that the keywords select?")
        if len(found) > 1:
            raise RejectedError(_several(text, found))
        return found[0]

    def by_id(self, text: str) -> AssetRecord | None:
        """Return the record of that key or guid, or None; reads two rows at most, and those of the guid."""
        return next(iter(self._by_key(text) or self._by_guid(to_guid(text))), None)

    def _by_key(self, text: str) -> list[AssetRecord]:
        stored = self.assets.load(text) if KEY.fullmatch(text) else None
        return [stored.record] if stored else []

    def _by_guid(self, guid: str) -> list[AssetRecord]:
        keys = self.assets.index.keys_of(guid) if guid else []
        records = [one.record for one in self.assets.load_many(keys).values()]
        return list(latest_by_guid(one for one in records if one.guid == guid).values())

    def _by_name(self, text: str, has_time: Callable[[], bool]) -> list[AssetRecord]:
        """Whoever bears it as qualified name is meant, whatever others are called; a replaced record is nobody."""
        found = list[AssetRecord]()
        for page in self.assets.pages_called(text):
            found += page
            if not has_time():
                raise RejectedError("There are too many assets to look for a name in time: give the asset's guid.")
        records = list(latest_by_guid(found).values())
        return [one for one in records if one.qualified_name == text] or records


def _several(text: str, found: Iterable[AssetRecord]) -> str:
    each = [f"{shorten(one.qualified_name)} ({one.type_name}, guid {one.guid})" for one in found]
    more = f" and {len(each) - EXAMPLES} more" if len(each) > EXAMPLES else ""
    shown = "; ".join(each[:EXAMPLES])
    return f"{len(each)} assets are called '{shorten(text)}': {shown}{more}. Name one by its guid."

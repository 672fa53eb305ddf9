"""Who owns which CluedIn group: rows that only one asset can insert.

own:{group id}              the asset that owns the group
name:{hash of the name}     the asset that may call its group by its plain name
made:{source id}            the asset for which a source was made or adopted
source:{hash}:{group id}    a source that stood in CluedIn when it was read as a whole, by the source's name
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from sync_core.errors import ConflictError
from sync_core.state.rows import from_row, readable, to_row
from sync_core.state.table import KEYS_BETWEEN, OPERATIONS_A_TRANSACTION, Table, merge

PARTITION = "groups"


class Owner(BaseModel):
    """The asset to which a group or a name belongs."""

    asset_key: str


class KnownSource(BaseModel):
    """A data source as it stood in CluedIn when the inventory was taken."""

    source_name: str
    group_id: str
    group_name: str


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class GroupStore:
    """Ownership of groups and names, each decided by one atomic insert."""

    table: Table

    def claim_group(self, group_id: str, asset_key: str) -> bool:
        """Make the asset the group's owner, once; return whether it is the owner now."""
        return self._claim(f"own:{group_id}", asset_key)

    def claim_new_group(self, group_id: str, asset_key: str, age_s: float) -> bool:
        """Make the asset the owner of a group that CluedIn made within the last `age_s` seconds.

        An older owner of its id is one of another time: CluedIn was set up anew, or restored, and counts ids again.
        """
        if self.claim_group(group_id, asset_key):
            return True
        found = self.table.get(PARTITION, f"own:{group_id}")
        if found is None or (found.read_at - found.written_at).total_seconds() <= age_s:
            return False
        try:
            self.table.update(to_row(PARTITION, f"own:{group_id}", Owner(asset_key=asset_key)), found.etag)
        except ConflictError:
            return False
        return True

    def owner(self, group_id: str) -> str:
        """Return the key of the asset that owns a group, empty where none does."""
        found = self.table.get(PARTITION, f"own:{group_id}")
        return from_row(Owner, found.values).asset_key if found else ""

    def disown_group(self, group_id: str) -> None:
        """Forget the owner of a group that is gone from CluedIn."""
        self.table.delete(PARTITION, f"own:{group_id}")

    def bind_source(self, source_id: str, asset_key: str) -> None:
        """Note for which asset a source stands."""
        self.table.merge(to_row(PARTITION, f"made:{source_id}", Owner(asset_key=asset_key)))

    def asset_of_source(self, source_id: str) -> str:
        """Return the key of the asset for which a source stands, empty where we made it for none."""
        found = self.table.get(PARTITION, f"made:{source_id}")
        return from_row(Owner, found.values).asset_key if found else ""

    def claim_name(self, group_name: str, asset_key: str) -> bool:
        """Make the asset the one that uses this group name; return whether it is that one now."""
        return self._claim(f"name:{_hash(group_name)}", asset_key)

    def save_inventory(self, sources: Sequence[KnownSource]) -> None:
        """Keep what stood in CluedIn; the mark that it was read lies with the assets, see `AssetStore`."""
        rows = {
            key: to_row(PARTITION, key, source)
            for source in sources
            for key in [f"source:{_hash(source.source_name)}:{source.group_id}"]
        }
        operations = [merge(row) for row in rows.values()]
        for start in range(0, len(operations), OPERATIONS_A_TRANSACTION):
            self.table.transact(operations[start : start + OPERATIONS_A_TRANSACTION])

    def known_sources(self, source_name: str) -> Iterator[KnownSource]:
        """Yield the sources of that name which stood in CluedIn when the inventory was taken."""
        prefix = f"source:{_hash(source_name)}"
        # ';' is the character after ':'
        bounds = {"partition": PARTITION, "first": f"{prefix}:", "last": f"{prefix};"}
        return readable(KnownSource, self.table.rows(KEYS_BETWEEN, bounds))

    def _claim(self, row_key: str, asset_key: str) -> bool:
        row = to_row(PARTITION, row_key, Owner(asset_key=asset_key))
        if self.table.insert(row) is not None:
            return True
        found = self.table.get(PARTITION, row_key)
        return found is not None and found.values.get("asset_key") == asset_key

"""Who owns which CluedIn group: rows that only one asset can insert.

They lie in the partition of the records, so that a record and what it owns change in one transaction.

own:{group id}              the asset that owns the group
name:{hash of the name}     the asset that may call its group by its plain name
made:{source id}            the asset for which a source was made or adopted
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from pydantic import BaseModel

from sync_core.assets.asset_rows import PARTITION
from sync_core.errors import ConflictError, TransientError
from sync_core.storage.rows import Row, readable, to_row
from sync_core.storage.table import Operation, Table, insert, merge, update

UNREADABLE = "unreadable"  # no asset has this key: something is somebody's, and its row does not tell whose


class Owner(BaseModel):
    """The asset to which a group or a name belongs."""

    asset_key: str


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class GroupStore:
    """Ownership of groups and names, each decided by one atomic insert."""

    table: Table

    def claim_group(self, group_id: str, asset_key: str) -> bool:
        """Make the asset the group's owner, once; return whether it is the owner now."""
        return self._claim(f"own:{group_id}", asset_key)

    def owning_new_group(self, group_id: str, asset_key: str) -> Operation:
        """Return the operation that makes an asset the owner of a group of which nobody is."""
        return insert(to_row(PARTITION, f"own:{group_id}", Owner(asset_key=asset_key)))

    def taking_new_group(self, group_id: str, asset_key: str, age_s: float) -> list[Operation]:
        """Return what makes an asset the owner of a group that CluedIn made within the last `age_s` seconds.

        An older owner of its id is one of another time: CluedIn was set up anew, or restored, and counts ids again.

        Raises:
            TransientError: another asset was faster.
        """
        row = to_row(PARTITION, f"own:{group_id}", Owner(asset_key=asset_key))
        found = self.table.get(PARTITION, row["RowKey"])
        if found is None:
            return [insert(row)]
        if found.values.get("asset_key") == asset_key:
            return []
        if found.age_s <= age_s:
            raise TransientError(f"Another asset claimed group {group_id} that was made for asset {asset_key}.")
        return [update(row, found.etag)]

    def owner(self, group_id: str) -> str:
        """Return the key of the asset that owns a group, empty where none does, `UNREADABLE` where its row is."""
        return self._owner(f"own:{group_id}")

    def disown_group(self, group_id: str, asset_key: str) -> None:
        """Forget that an asset owns a group that is gone from CluedIn; its id may be another asset's by now."""
        found = self.table.get(PARTITION, f"own:{group_id}")
        if found is not None and _key_in(found.values) in {asset_key, UNREADABLE}:
            with suppress(ConflictError):  # whoever changed it owns it now
                self.table.delete(PARTITION, f"own:{group_id}", found.etag)

    def bind_source(self, source_id: str, asset_key: str) -> None:
        """Note for which asset a source stands."""
        self.table.transact([self.binding_source(source_id, asset_key)])

    def binding_source(self, source_id: str, asset_key: str) -> Operation:
        """Return the operation that notes for which asset a source stands."""
        return merge(to_row(PARTITION, f"made:{source_id}", Owner(asset_key=asset_key)))

    def asset_of_source(self, source_id: str) -> str:
        """Return the key of the asset for which a source stands, empty where we made it for none, or `UNREADABLE`."""
        return self._owner(f"made:{source_id}")

    def claim_name(self, group_name: str, asset_key: str) -> bool:
        """Make the asset the one that uses this group name; return whether it is that one now."""
        return self._claim(f"name:{_hash(group_name)}", asset_key)

    def naming(self, group_name: str, asset_key: str) -> Operation:
        """Return the operation that makes an asset the one that uses a name which nobody does."""
        return insert(to_row(PARTITION, f"name:{_hash(group_name)}", Owner(asset_key=asset_key)))

    def owner_of_name(self, group_name: str) -> str:
        """Return the key of the asset that may call its group so, empty where none does yet, or `UNREADABLE`."""
        return self._owner(f"name:{_hash(group_name)}")

    def change_owner(self, group_id: str, former: str, asset_key: str) -> bool:
        """Make the asset the owner in place of a former one; return whether it is, or another worker was faster."""
        found = self.table.get(PARTITION, f"own:{group_id}")
        if found is None:
            return self.claim_group(group_id, asset_key)
        if _key_in(found.values) != former:
            return False
        try:
            self.table.update(to_row(PARTITION, f"own:{group_id}", Owner(asset_key=asset_key)), found.etag)
        except ConflictError:
            return False
        return True

    def _owner(self, row_key: str) -> str:
        found = self.table.get(PARTITION, row_key)
        return _key_in(found.values) if found else ""

    def _claim(self, row_key: str, asset_key: str) -> bool:
        row = to_row(PARTITION, row_key, Owner(asset_key=asset_key))
        if self.table.insert(row) is not None:
            return True
        found = self.table.get(PARTITION, row_key)
        return found is not None and found.values.get("asset_key") == asset_key


def _key_in(row: Row) -> str:
    owner = next(readable(Owner, [row]), None)
    return UNREADABLE if owner is None else owner.asset_key

"""Which of the changes since a fixed moment were compared with their records, so that each is compared once.

The search index shows changes late and in no certain order: all of them are listed again whenever there is one more.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from pydantic import BaseModel, Field, field_validator

from sync_core.assets.entry import part_of
from sync_core.chunks import chunks
from sync_core.purview.asset import Asset
from sync_core.storage.notes import Notes

NOTES = 16
ASSETS_A_NOTE = 5000  # of more, those that were compared first are compared again
HASH_BYTES = 6


class ComparedNote(BaseModel):
    """Some of the assets that were compared: pairs of hashes, of the guid and of the description."""

    number: int = Field(ge=0, lt=NOTES)
    pairs: str

    @field_validator("pairs")
    @classmethod
    def _is_packed(cls, pairs: str) -> str:
        b64decode(pairs)
        return pairs


@dataclass
class Compared:
    """What was compared, by the hash of the guid: of each asset its latest description."""

    pairs: list[dict[bytes, bytes]] = field(default_factory=lambda: [{} for _ in range(NOTES)])
    changed: set[int] = field(default_factory=set)

    def shows(self, asset: Asset) -> bool:
        """Whether an asset was compared just as it is."""
        return self.pairs[_number(asset)].get(_key(asset)) == _hash(f"{asset.key} {asset.fingerprint}")

    def add(self, assets: Iterable[Asset]) -> None:
        """Note that these were compared."""
        for asset in assets:
            number, guid = _number(asset), _key(asset)
            self.pairs[number].pop(guid, None)  # so that it becomes the last one
            self.pairs[number][guid] = _hash(f"{asset.key} {asset.fingerprint}")
            self.changed.add(number)


@dataclass(frozen=True)
class ComparedChanges:
    """Keeps what was compared."""

    notes: Notes

    def load(self) -> Compared:
        """Return what is kept."""
        found = Compared()
        for _, note in self.notes.all(ComparedNote):
            pairs = chunks(b64decode(note.pairs), 2 * HASH_BYTES)
            found.pairs[note.number] = {pair[:HASH_BYTES]: pair[HASH_BYTES:] for pair in pairs}
        return found

    def save(self, compared: Compared) -> None:
        """Keep what was added."""
        for number in sorted(compared.changed):
            pairs = compared.pairs[number]
            latest = islice(pairs.items(), max(len(pairs) - ASSETS_A_NOTE, 0), None)
            packed = b"".join(guid + description for guid, description in latest)
            self.notes.save(f"{number}", ComparedNote(number=number, pairs=b64encode(packed).decode()))
        compared.changed.clear()

    def forget(self) -> None:
        """Drop all of it: what changed is compared with the records again."""
        for name, _ in list(self.notes.all(ComparedNote)):
            self.notes.delete(name)


def _number(asset: Asset) -> int:
    return part_of(asset.guid) % NOTES


def _key(asset: Asset) -> bytes:
    return _hash(asset.guid)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=HASH_BYTES).digest()

"""An asset as Purview describes it, and what identifies it in our state."""

import hashlib
from dataclasses import dataclass

REJECTED_KEY_PREFIX = "rejected-"


@dataclass(frozen=True, slots=True)
class Asset:
    """A data asset as Purview describes it.

    `display_text` is the name under which an assignment lists it: when that changes, the asset is read again. `terms`
    are the guids of the selected terms that it carries.
    """

    guid: str
    type_name: str
    name: str
    qualified_name: str
    display_text: str = ""
    collection_id: str = ""
    terms: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The asset's identity in our state."""
        return asset_key(self.type_name, self.qualified_name)

    @property
    def fingerprint(self) -> str:
        """A hash of what may change of an asset: equal fingerprints are nothing new."""
        described = (self.guid, self.name, self.display_text, self.collection_id)
        return hashlib.sha256("\n".join(described).encode()).hexdigest()[:32]


def asset_key(type_name: str, qualified_name: str) -> str:
    """Identify an asset by what stays when it is deleted and scanned again: its guid changes, its qualified name not.

    Purview keeps a qualified name unique within its type, so the type belongs to the identity.
    """
    return hashlib.sha256(f"{type_name}\n{qualified_name}".encode()).hexdigest()[:32]


def rejected_key(guid: str) -> str:
    """Identify an asset that has no qualified name, so that its rejection can be recorded."""
    return REJECTED_KEY_PREFIX + hashlib.sha256(guid.encode()).hexdigest()[:32]


def record_key(asset: Asset) -> str:
    """Return the key under which an asset is recorded, also one that has no qualified name: a blank one is none."""
    has_name = asset.qualified_name.strip()
    return asset_key(asset.type_name, asset.qualified_name) if has_name else rejected_key(asset.guid)

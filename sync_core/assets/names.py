"""What things are called in CluedIn, derived from the asset alone so that the same asset always gets the same names.

Group name = asset name; source name = qualified name, the identity that survives in CluedIn. Where another asset's
group has the plain name, the group is called `{name} : {qualified name}`, CluedIn's own older convention.
Source: docs/vendors/cluedin.md, 5.1.
"""

import hashlib
import re
from typing import Protocol

from sync_core.assets.record import AssetRecord

# CluedIn publishes no column sizes; 255 is likely.
LONGEST_NAME = 200
HASH_CHARACTERS = 16
JOINER = "~"
SEARCHED_CHARACTERS = 100
# The search is likely a SQL LIKE: these characters could be taken for patterns, quotes or escapes.
PATTERN_CHARACTERS = re.compile(r"""[%_\[\]^\\'"]""")


def shorten(name: str) -> str:
    """Return a name that fits: one over 200 characters becomes a readable head plus a hash of the whole.

    An emoji of one code point is one character.
    """
    return name if len(name) <= LONGEST_NAME else _with_hash(name, name)


def _with_hash(name: str, hashed: str) -> str:
    tail = JOINER + hashlib.sha256(hashed.encode()).hexdigest()[:HASH_CHARACTERS]
    return name[: LONGEST_NAME - len(tail)] + tail


class Named(Protocol):
    """What has the two names of an asset."""

    @property
    def name(self) -> str:
        """What a steward calls it."""

    @property
    def qualified_name(self) -> str:
        """What nothing else of its type is called."""


def plain_group_name(asset: Named) -> str:
    """Return the group's name as a steward expects it: the asset's name."""
    return shorten(asset.name)


def full_group_name(asset: Named) -> str:
    """Return the group's name where another asset's group has the plain one."""
    return shorten(f"{asset.name} : {asset.qualified_name}")


def unmistakable_group_name(asset: AssetRecord) -> str:
    """Return the group's name where another asset has the full one, too, but for the case of letters or its type."""
    name = f"{asset.name} : {asset.qualified_name}"
    return _with_hash(name, f"{asset.type_name}\n{name}")


def own_names_head(asset: AssetRecord) -> str:
    """Return with what both names begin that no other asset's group bears."""
    return full_group_name(asset)[: LONGEST_NAME - HASH_CHARACTERS - len(JOINER)]


def source_name(asset: AssetRecord) -> str:
    """Return the data source's name: the asset's qualified name."""
    return shorten(asset.qualified_name)


def search_text(name: str, *, longest: bool = False) -> str:
    """Return a text that every name beginning like this one contains, and that a search cannot take for a pattern.

    Longer texts find fewer groups: `longest` is for a whole name, which no other name begins with. An empty text, which
    finds all groups, is left where the name has nothing else.
    """
    parts = PATTERN_CHARACTERS.split(name if longest else name[:SEARCHED_CHARACTERS])
    return max((part.strip() for part in parts), key=len, default="")

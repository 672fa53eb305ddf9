"""Which groups a look-up for an asset shows, and which empty ones it may take; pure.

`FindGroup` looks up by it, and a plan foretells by it what `FindGroup` will find.
"""

from collections.abc import Sequence

from sync_core.assets.names import full_group_name, plain_group_name, search_text, unmistakable_group_name
from sync_core.assets.record import AssetRecord
from sync_core.cluedin.snapshot import KnownSource


def texts_to_search(record: AssetRecord) -> list[str]:
    """Return what is searched for: the asset's name, and what its group was to be called if that is another one."""
    texts = [search_text(record.name)]
    if record.group_name and texts[0] not in record.group_name:  # renamed since an earlier try
        texts.append(search_text(record.group_name))
    return texts


def is_shown(record: AssetRecord, known: Sequence[KnownSource] | None, group_id: str, group_name: str) -> bool:
    """Whether a look-up shows a group: a search by its name, or by the name that the latest snapshot knows.

    `known` are the snapshot's sources of the asset's name; None where there is no snapshot: then CluedIn is read as a
    whole before anything is made.
    """
    by_snapshot = (search_text(one.group_name) for one in known or () if one.group_id == group_id)
    texts = [*texts_to_search(record), *by_snapshot]
    return known is None or any(text.casefold() in group_name.casefold() for text in texts)


def names_to_take(record: AssetRecord) -> list[tuple[str, bool]]:
    """Return the names under which an empty group may become the asset's own, the surest first.

    The second value says that only the asset which was first to use the name may. Under the first an earlier try meant
    to make it; the next two are this asset's alone; the plain one is that asset's which was first to use it.
    """
    last, full, plain = unmistakable_group_name(record), full_group_name(record), plain_group_name(record)
    return [(record.group_name, True), (last, False), (full, False), (plain, True)]

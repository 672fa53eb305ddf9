"""Finds the Purview collection that PURVIEW_COLLECTION names: by its 6-letter name, or by its friendly path."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sync_core.errors import AddressError, ConfigError
from sync_core.logs import get_logger
from sync_core.purview.client import PurviewClient
from sync_core.purview.wire import Collection
from sync_core.spelling import normalized

logger = get_logger(__name__)

CANDIDATES_SHOWN = 20
COLLECTION_NAME = re.compile("[a-z0-9]{6}")  # as Purview generates them
UNKNOWN_PARENT = "unknown"  # only the root has none, and the root is not called so


@dataclass(frozen=True)
class ResolveCollection:
    """Resolves the setting; `PurviewClient` caches nothing, so the caller keeps the result."""

    purview: PurviewClient
    setting: str

    def resolve(self) -> Collection:
        """Return the collection.

        Raises:
            ConfigError: no collection has that name or path, or several do; the message lists what there is.
        """
        try:
            collections = {collection.name: collection for collection in self.purview.fetch_collections()}
        except AddressError:  # whatever answers there knows nothing of collections
            raise
        except ConfigError as error:
            if not COLLECTION_NAME.fullmatch(self.setting):
                raise
            # An identity that may not list collections may still write to one: Purview itself will tell.
            logger.warning("The collections cannot be listed, '%s' is taken as a name: %s", self.setting, error)
            return Collection(self.setting, self.setting, parent=UNKNOWN_PARENT)
        return find_collection(self.setting, collections)


def find_collection(wanted: str, collections: Mapping[str, Collection]) -> Collection:
    """Find a collection by name or friendly path among all collections by name. Raises as `resolve`."""
    if wanted in collections:
        return collections[wanted]
    paths = {name: friendly_path(collection, collections) for name, collection in collections.items()}
    path = _as_compared(wanted.strip("/"))
    matches = [name for name, found in paths.items() if _as_compared(found) == path]
    if len(matches) == 1:
        return collections[matches[0]]
    found = "several collections have" if matches else "no collection has"
    raise ConfigError(
        f"PURVIEW_COLLECTION is '{wanted}', but {found} that name or path; expected one of: "
        f"{_listed(paths, matches or paths)}. Set the 6-letter name, and give the app's identity a role there."
    )


def friendly_path(collection: Collection, collections: Mapping[str, Collection]) -> str:
    """Return the friendly names from the root down, joined by slashes."""
    names = [collection.friendly_name]
    seen = {collection.name}
    while collection.parent in collections and collection.parent not in seen:
        collection = collections[collection.parent]
        seen.add(collection.name)
        names.append(collection.friendly_name)
    return "/".join(reversed(names))


def _as_compared(path: str) -> str:
    return "/".join(normalized(name).casefold() for name in path.split("/"))


def _listed(paths: Mapping[str, str], names: Iterable[str]) -> str:
    shown = sorted(f"{name} ({paths[name]})" for name in names)
    more = f" and {len(shown) - CANDIDATES_SHOWN} more" if len(shown) > CANDIDATES_SHOWN else ""
    return ", ".join(shown[:CANDIDATES_SHOWN]) + more if shown else "(the app sees none)"

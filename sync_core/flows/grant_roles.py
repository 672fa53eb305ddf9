"""Gives the app's identity the roles that it needs in Purview's collections. Idempotent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync_core.clients.purview import PurviewClient
from sync_core.clients.purview_policies import PurviewPolicies
from sync_core.clients.purview_wire import Collection
from sync_core.errors import ConfigError
from sync_core.flows.resolve_collection import find_collection
from sync_core.mapping.role_policy import DATA_CURATOR, DATA_READER, with_member


@dataclass(frozen=True, slots=True)
class Grant:
    """One role on one collection, and whether it had to be given."""

    role: str
    collection: str
    why: str
    is_new: bool


@dataclass(frozen=True)
class GrantRoles:
    """Grants roles as a Collection Admin."""

    purview: PurviewClient
    policies: PurviewPolicies

    def grant(self, principal: str, target: str, *, dry_run: bool) -> Iterator[Grant]:
        """Yield each role that the principal (an object id, not a client id) has now, or would have.

        `target` is the collection for CluedIn's assets, by name or friendly path.

        Raises:
            ConfigError: the caller may not change the policy, or the collection does not exist.
        """
        collections = {collection.name: collection for collection in self.purview.fetch_collections()}
        root = _root(collections.values())
        writable = find_collection(target, collections)
        for role, collection, why in (
            (DATA_READER, root.name, "reads the glossary and all assets"),
            (DATA_CURATOR, writable.name, "writes CluedIn's assets and their lineage"),
        ):
            policy, is_new = with_member(self.policies.fetch(collection), collection, role, principal)
            if is_new and not dry_run:
                self.policies.save(policy)
            yield Grant(role, collection, why, is_new)


def _root(collections: Iterable[Collection]) -> Collection:
    root = next((one for one in collections if not one.parent), None)
    if root is None:
        raise ConfigError("Purview shows no root collection: sign in as a Collection Admin of the root.")
    return root

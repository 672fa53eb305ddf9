"""Gives the app's identity the roles that it needs in Purview's collections. Idempotent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from infra.roles.collection_policies import PurviewPolicies
from infra.roles.role_policy import DATA_CURATOR, DATA_READER, has_member, to_object_id, with_member
from infra.roles.save_policy import save_policy
from sync_core.errors import ConfigError, TransientError
from sync_core.purview.client import PurviewClient
from sync_core.purview.resolve_collection import find_collection
from sync_core.purview.wire import Collection


@dataclass(frozen=True, slots=True)
class Grant:
    """One role, on a collection or in the Unified Catalog, and whether it had to be given."""

    role: str
    where: str
    why: str
    is_new: bool


@dataclass(frozen=True)
class GrantRoles:
    """Grants roles as a Collection Admin."""

    purview: PurviewClient
    policies: PurviewPolicies

    def grant(self, principal: str, target: str, *, dry_run: bool, types_on_root: bool = False) -> Iterator[Grant]:
        """Yield each role that the principal (an object id, not a client id) has now, or would have.

        `target` is the collection for CluedIn's assets, by name or friendly path. `types_on_root` gives Data Curator on
        the root too: which collection the registration of types needs is not published.

        Raises:
            ConfigError: the caller may not change the policy, the collection does not exist, or the id is none.
            TransientError: Purview took a policy and does not show it.
        """
        member = read_object_id(principal)
        collections = {collection.name: collection for collection in self.purview.fetch_collections()}
        root = _root(collections.values()).name
        wanted = [
            (DATA_READER, root, "reads the glossary and all assets"),
            (DATA_CURATOR, find_collection(target, collections).name, "writes CluedIn's assets and their lineage"),
        ]
        if types_on_root:
            wanted.append((DATA_CURATOR, root, "registers the type definitions"))
        for role, collection, why in wanted:
            yield Grant(role, collection, why, is_new=self._give(role, collection, member, dry_run=dry_run))

    def _give(self, role: str, collection: str, member: str, *, dry_run: bool) -> bool:
        policy = self.policies.fetch(collection)
        if has_member(policy, collection, role, member):
            return False
        if dry_run or save_policy(
            policy,
            lambda: self.policies.fetch(collection),
            lambda read: self.policies.save(with_member(read, collection, role, member)),
            lambda read: has_member(read, collection, role, member),
        ):
            return True
        raise TransientError(
            f"Purview took {role} on {collection} for {member} and does not show it, or others save the same policy. "
            "Look at the collection's role assignments in the portal, and run this again.",
            service="purview",
        )


def read_object_id(given: str) -> str:
    """Return an object id as Purview writes it.

    Raises:
        ConfigError: it is none.
    """
    try:
        return to_object_id(given)
    except ValueError as error:
        raise ConfigError(
            f"'{given}' is no object id. Expected a GUID, the template's output APP_IDENTITY_PRINCIPAL_ID."
        ) from error


def _root(collections: Iterable[Collection]) -> Collection:
    root = next((one for one in collections if not one.parent), None)
    if root is None:
        raise ConfigError("Purview shows no root collection: sign in as a Collection Admin of the root.")
    return root

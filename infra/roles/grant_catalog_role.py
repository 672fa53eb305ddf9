"""Gives the app's identity its role in the Unified Catalog. Idempotent."""

from dataclasses import dataclass

from infra.roles.catalog_policies import APP, CatalogPolicies, Policy
from infra.roles.grant_collection_roles import Grant, read_object_id
from infra.roles.role_policy import GLOBAL_CATALOG_READER, OF_CATALOG, has_member, with_member
from infra.roles.save_policy import save_policy
from sync_core.errors import ConfigError, TransientError

CATALOG = "the Unified Catalog"
WHY = "reads published terms, data products and their links"


@dataclass(frozen=True)
class GrantCatalogRole:
    """Grants the role as a Data Governance Administrator."""

    policies: CatalogPolicies

    def grant(self, principal: str, *, dry_run: bool) -> Grant:
        """Return the role that the principal (an object id, not a client id) has now, or would have.

        Raises:
            ConfigError: the caller may not change the policy, or the id is none.
            TransientError: Purview took the policy and does not show it, or others save it again and again.
        """
        member = read_object_id(principal)
        policy = self._fetch()
        is_new = not _has(policy, member)
        if is_new and not dry_run:
            self._give(policy, member)
        return Grant(GLOBAL_CATALOG_READER, CATALOG, WHY, is_new=is_new)

    def _give(self, policy: Policy, member: str) -> None:
        def save(read: Policy) -> None:
            self.policies.save(read, _with(read, member))

        if not save_policy(policy, self._fetch, save, lambda read: _has(read, member)):
            raise TransientError(
                f"Purview took {GLOBAL_CATALOG_READER} for {member} and does not show it, or others save the same "
                "policy. Look at Unified Catalog > Roles and permissions in the portal, and run this again.",
                service="catalog",
            )

    def _fetch(self) -> Policy:
        found = next((policy for policy in self.policies.fetch_all() if policy.scope_type == APP), None)
        if found is None:
            raise ConfigError(
                "The Unified Catalog shows no policy of the tenant: sign in as a Data Governance Administrator "
                "(Purview portal, Settings > Solution settings > Unified Catalog > Roles and permissions)."
            )
        return found


def _has(policy: Policy, member: str) -> bool:
    return has_member(dict(policy.document), policy.scope_id, GLOBAL_CATALOG_READER, member, OF_CATALOG)


def _with(policy: Policy, member: str) -> dict[str, object]:
    return with_member(dict(policy.document), policy.scope_id, GLOBAL_CATALOG_READER, member, OF_CATALOG)

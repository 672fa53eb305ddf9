"""The Unified Catalog's policies, which hold the role assignments of the tenant and of each domain.

Source: docs/vendors/unified-catalog.md, section 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sync_core.catalog.client import API_VERSION, BASE
from sync_core.catalog.paging import Parameters, follow
from sync_core.http.client import Call, HttpClient
from sync_core.http.json_reading import integer, text

APP = "DataGovernanceAppReference"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: what it is about, its current version, and the whole document, which goes back as it came."""

    id: str
    scope_type: str
    scope_id: str
    version: int
    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class CatalogPolicies:
    """Reads and writes policies. The caller must be a Data Governance Administrator, or own the domain."""

    http: HttpClient

    def fetch_all(self) -> list[Policy]:
        """Return all policies that the caller may change."""
        items = follow(self._ask, "fetch_policies", items="values")
        return [policy for item in items if (policy := _parse(item)).id]

    def save(self, policy: Policy, document: Mapping[str, Any]) -> None:
        """Replace a policy as a whole; `document` has the version that was read.

        Raises:
            AlreadyExistsError, OvertakenError: somebody else saved it meanwhile: 409 or 412, it is not published which.
        """
        path = f"{BASE}/policies/{quote(policy.id, safe='')}"
        call = Call("PUT", path, {"api-version": API_VERSION}, json=dict(document), operation="save_policy")
        self.http.send(call)

    def _ask(self, following: Parameters) -> Any:
        params = {**following, "api-version": API_VERSION}
        return self.http.send(Call("GET", f"{BASE}/policies", params, operation="fetch_policies")).json()


def _parse(item: Mapping[str, Any]) -> Policy:
    return Policy(
        id=text(item, "id"),
        scope_type=text(item, "properties", "entity", "type"),
        scope_id=text(item, "properties", "entity", "referenceName"),
        version=integer(item, "version") or 0,
        document=item,
    )

"""Purview's metadata policies, which hold the role assignments of collections.

Source: Microsoft's tutorial on the metadata policy API of collections.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.http.client import Call, HttpClient
from sync_core.http.failures import to_shape_error
from sync_core.http.json_reading import text
from sync_core.http.services import PURVIEW

API_VERSION = {"api-version": "2021-07-01"}


@dataclass(frozen=True)
class PurviewPolicies:
    """Reads and writes policies. The caller must be Collection Admin of the collection."""

    http: HttpClient

    def fetch(self, collection: str) -> dict[str, Any]:
        """Return a collection's whole policy."""
        path = f"/policystore/collections/{quote(collection, safe='')}/metadataPolicy"
        policy = self.http.send(Call("GET", path, API_VERSION, operation="fetch_policy")).json()
        if not isinstance(policy, dict) or not text(policy, "id"):
            raise to_shape_error(PURVIEW, f"the policy of collection {collection}", policy)
        return policy

    def save(self, policy: dict[str, Any]) -> None:
        """Replace a policy as a whole, with the version that was read.

        Raises:
            AlreadyExistsError, OvertakenError: somebody else saved it meanwhile: 409 or 412, it is not published which.
        """
        path = f"/policystore/metadataPolicies/{quote(text(policy, 'id'), safe='')}"
        self.http.send(Call("PUT", path, API_VERSION, json=policy, operation="save_policy"))

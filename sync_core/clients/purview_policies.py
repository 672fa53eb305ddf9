"""Purview's metadata policies, which hold the role assignments of collections.

Source: Microsoft's tutorial on the metadata policy API of collections.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.clients.http import Call, HttpDoor
from sync_core.clients.json_reading import text
from sync_core.errors import TransientError

API_VERSION = {"api-version": "2021-07-01"}


@dataclass(frozen=True)
class PurviewPolicies:
    """Reads and writes policies. The caller must be Collection Admin of the collection."""

    door: HttpDoor

    def fetch(self, collection: str) -> dict[str, Any]:
        """Return a collection's whole policy."""
        path = f"/policystore/collections/{quote(collection, safe='')}/metadataPolicy"
        policy = self.door.send(Call("GET", path, API_VERSION, operation="fetch_policy")).json()
        if not isinstance(policy, dict) or not text(policy, "id"):
            raise TransientError(f"Purview's answer is no policy of collection {collection}.", service="purview")
        return policy

    def save(self, policy: dict[str, Any]) -> None:
        """Replace a policy as a whole."""
        path = f"/policystore/metadataPolicies/{quote(text(policy, 'id'), safe='')}"
        self.door.send(Call("PUT", path, API_VERSION, json=policy, operation="save_policy"))

"""The published limits: requests per sliding window. Source: docs/vendors/unified-catalog.md, section 1."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=20)
PAUSE_S = 5
LIMITS = {
    "BusinessDomain_Enumerate": 500,
    "BusinessDomain_Get": 2000,
    "BusinessDomain_Create": 200,
    "BusinessDomain_Update": 150,
    "BusinessDomain_Delete": 80,
    "Terms_List": 100,
    "Terms_Query": 800,
    "Terms_Get": 1500,
    "Terms_Count": 200,
    "Terms_ListHierarchy": 200,
    "Terms_ListRelatedEntities": 1500,
    "Terms_AddRelatedEntity": 600,
    "Terms_DeleteRelated": 80,
    "DataProducts_List": 100,
    "DataProducts_Query": 800,
    "DataProducts_Get": 1500,
    "DataProducts_ListRelationships": 1500,
    "DataProducts_CreateRelationship": 600,
    "DataProducts_DeleteRelationship": 80,
    "DataAssets_List": 150,
    "DataAssets_Query": 800,
    "DataAssets_GetById": 1000,
    "DataAssets_Create": 500,
    "DataAssets_ListRelationships": 1500,
    "Policies_List": 100,
    "Policies_Update": 200,
}


class RateLimits:
    """Counts per operation, for all callers together."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: dict[str, deque[datetime]] = {}

    def admit(self, operation: str) -> bool:
        """Whether this request is within the limit of its operation; a refused one does not count."""
        limit, now = LIMITS.get(operation), self._now()
        seen = self._seen.setdefault(operation, deque())
        while seen and now - seen[0] >= WINDOW:
            seen.popleft()
        if limit is not None and len(seen) >= limit:
            return False
        seen.append(now)
        return True

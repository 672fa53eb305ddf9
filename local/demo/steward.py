"""What people do in the Unified Catalog, by the simulator's admin routes."""

from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_S = 30
READER = "global-catalog-reader"


@dataclass(frozen=True)
class CatalogSteward:
    """A steward, and whoever may enable asset curation."""

    url: str

    def prepare(self, domain: str) -> None:
        """A tenant before the switch: a governance domain, and the app only reads what is published.

        Once curation is enabled, classic terms show no asset at all: the harshest of what is unconfirmed.
        """
        self._send("PATCH", "switches", classic_list_after="empty")
        self._send("POST", "domains", name=domain)
        self._send("POST", "catalog/roles", roles=[READER])

    def curate(self, phase: str, **more: str) -> None:
        """Enable asset curation, or go on with the migration."""
        self._send("POST", "curation", phase=phase, **more)

    def link(self, term: str, asset: str) -> None:
        """Link a term with an asset, from the asset's page."""
        self._send("POST", "links", term=term, assets=[asset])

    def _send(self, method: str, path: str, **body: Any) -> None:
        url = f"{self.url}/_simulator/{path}"
        requests.request(method, url, json=body, timeout=TIMEOUT_S).raise_for_status()

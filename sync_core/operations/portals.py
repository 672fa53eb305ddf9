"""Addresses of the vendors' own pages: an asset in Purview's portal, data sources and data sets in CluedIn. Pure.

Source: docs/vendors/purview.md, "The portal", and docs/vendors/cluedin.md, 1.5.
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sync_core.guids import is_guid

NEW_PORTAL = "https://purview.microsoft.com/datacatalog/governance"
CLASSIC_PORTAL = "https://web.purview.azure.com/resource"
CLASSIC_DOMAIN = ".purview.azure.com"
DATA_SOURCES = "admin/inbound/datasourceset"
DATA_SET = f"{DATA_SOURCES}/dataset/detail"


@dataclass(frozen=True, slots=True)
class Portals:
    """Where people see what the app works on. `purview` is the endpoint, `cluedin` the organization's address."""

    purview: str
    cluedin: str

    def asset(self, guid: str) -> str:
        """Return the address of an asset; empty where its guid is none."""
        return f"{self._portal()}/main/catalog/entity?{urlencode({'guid': guid})}" if is_guid(guid) else ""

    def data_sources(self) -> str:
        """Return the address of the list of all data source groups: no address of a single one is known."""
        return f"{self.cluedin.rstrip('/')}/{DATA_SOURCES}"

    def data_set(self, data_set_id: str) -> str:
        """Return the address of a data set; empty where its id is no guid."""
        return f"{self.cluedin.rstrip('/')}/{DATA_SET}/{data_set_id.upper()}" if is_guid(data_set_id) else ""

    def _portal(self) -> str:
        host = urlsplit(self.purview).hostname or ""
        account = host.removesuffix(CLASSIC_DOMAIN).partition(".")[0]
        return f"{CLASSIC_PORTAL}/{account}" if host.endswith(CLASSIC_DOMAIN) else NEW_PORTAL

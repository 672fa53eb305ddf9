"""The services, each built when it is first needed."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sync_core.app.identity import new_azure_credential
from sync_core.app.stores import Stores
from sync_core.assets.collection_names import CollectionNames
from sync_core.catalog.client import CatalogClient
from sync_core.catalog.wire import CATALOG
from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.discovery.known_types import AssetTypes
from sync_core.http.client import HttpClient, TokenSource
from sync_core.http.failures import Service
from sync_core.http.tokens import AzureTokens, GivenToken, PasswordTokens
from sync_core.notifications.notify import Notify
from sync_core.notifications.pages import Pages
from sync_core.notifications.receivers import new_receivers
from sync_core.notifications.tell_refused import TellRefused
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.purview.resolve_collection import ResolveCollection
from sync_core.purview.wire import Collection
from sync_core.runs.pauses import Pauses
from sync_core.runs.sharing import Sharing
from sync_core.single_flight import Once


@dataclass(frozen=True)
class Services(Stores):
    """Whom the app talks to: Purview, CluedIn, and the people who are notified."""

    @cached_property
    def purview(self) -> PurviewClient:
        """Purview, as the app's own identity."""
        return PurviewClient(self._http(PURVIEW, self.settings.purview_endpoint, tokens=self.azure_tokens))

    @cached_property
    def catalog(self) -> CatalogClient:
        """Purview's Unified Catalog, as the app's own identity."""
        client = self.catalog_at(self.settings.purview_catalog_endpoint)
        return replace(client, wait_s=lambda: self.pauses.wait_s(CATALOG.name))

    def catalog_at(self, url: str) -> CatalogClient:
        """Return a client of the catalog at some host."""
        return CatalogClient(self._http(CATALOG, url, tokens=self.azure_tokens))

    @cached_property
    def cluedin(self) -> CluedInClient:
        """CluedIn, as the service account."""
        url, tokens = self.settings.cluedin_url, self._cluedin_tokens()
        return CluedInClient(self._http(CLUEDIN, url, tokens=tokens, is_refused=is_refused))

    @cached_property
    def azure_tokens(self) -> AzureTokens:
        """One sign-in for the Data Map and the Unified Catalog: both take the same token."""
        return AzureTokens(new_azure_credential, on_throttled=self.pauses.note)

    def _cluedin_tokens(self) -> TokenSource:
        settings = self.settings
        if settings.cluedin_access_token:
            return GivenToken(settings.cluedin_access_token.get_secret_value())
        password = settings.cluedin_password.get_secret_value() if settings.cluedin_password else ""
        return PasswordTokens(
            self._http(CLUEDIN, settings.cluedin_url), settings.organization, settings.cluedin_username, password
        )

    def _http(self, service: Service, url: str, **signing: Any) -> HttpClient:
        pauses = self.pauses
        return HttpClient(
            service, url, on_throttled=pauses.note, sleep=self.runtime.sleep, pace=pauses.pace(service), **signing
        )

    @cached_property
    def pauses(self) -> Pauses:
        return Pauses(self.notes("throttle"), self.runtime, Sharing(self.notes("sharer"), self.runtime.new_id()))

    @cached_property
    def notify(self) -> Notify:
        receivers = new_receivers(self.settings.notify_urls)
        pages = Pages(self.settings.dashboard_url)
        return Notify(receivers, self.notes("notification"), self.notes("outbox"), self.runtime, pages)

    @cached_property
    def tell_refused(self) -> TellRefused:
        return TellRefused(self.notify, self.cursors, self.runtime.now)

    @cached_property
    def known_types(self) -> AssetTypes:
        return AssetTypes(DefinitionsAhead(self.purview.fetch_entity_type), self.notes("type"), self.runtime.now)

    @cached_property
    def collection(self) -> Once[Collection]:
        return Once(ResolveCollection(self.purview, self.settings.purview_collection).resolve)

    @cached_property
    def collection_names(self) -> CollectionNames:
        return CollectionNames(self.purview.fetch_collections, self.cursors, self.runtime.now)

    def own_collection(self) -> str:
        """The collection that lineage goes to; empty if it is the root, which holds everyone's assets."""
        collection = self.collection.get()
        return collection.name if collection.parent else ""

    @cached_property
    def purview_lineage(self) -> PurviewLineageClient:
        return PurviewLineageClient(self.purview.http)

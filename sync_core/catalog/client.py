"""The Unified Catalog's REST API, as far as discovery needs it: domains, terms, data products, links, data assets.

Source: docs/vendors/unified-catalog.md (2026-03-20-preview).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sync_core.catalog.paging import PAGE_SIZE, Parameters, follow, skip_through
from sync_core.catalog.values import Concept, DataAsset, Domain, Kind, Links
from sync_core.catalog.wire import CATALOG, NO_ID, parse_asset, parse_concept, parse_domain, parse_link, parse_one
from sync_core.chunks import chunks
from sync_core.each_request import about_the_service
from sync_core.errors import ForbiddenError, RejectedError, ThrottledError
from sync_core.http.client import Call, HttpClient
from sync_core.spelling import normalized

API_VERSION = "2026-03-20-preview"  # the first with data assets, and a superset of the one before
BASE = "/datagovernance/catalog"
ASSETS_A_CALL = 50  # neither a maximum nor paging is documented
DATA_ASSET = "DATAASSET"
LINKED_AS = {Kind.TERM: "TERM", Kind.PRODUCT: "DATAPRODUCT"}


@dataclass(frozen=True)
class CatalogClient:
    """Typed calls on one tenant's catalog. All errors are those of `HttpClient.send`, and these two.

    `AddressError`: an answer is no list where one is expected. `TransientError`: a list could not be read to its end.
    `wait_s` says for how long the service asked to be left alone: meanwhile each call raises `ThrottledError` unasked.
    """

    http: HttpClient
    wait_s: Callable[[], float] = lambda: 0.0

    def fetch_domains(self) -> list[Domain]:
        """Return the governance domains that the app's identity may see."""
        pages = follow(lambda following: self._get("/businessdomains", following, "fetch_domains"), "fetch_domains")
        return [domain for item in pages if (domain := parse_domain(item)).id]

    def find_concepts(self, kind: Kind, name: str) -> list[Concept]:
        """Return the terms or data products of exactly that name, in any domain and any status that is shown.

        What the service takes for a match is not documented, and neither is the case of a status in a query: both are
        checked here.
        """

        def ask(skip: int, following: Parameters) -> Any:
            body = {"nameKeyword": name, "skip": skip, "top": PAGE_SIZE}
            return self._post(f"/{kind}/query", body, following, "find_concepts")

        concepts = (parse_concept(item, kind) for item in skip_through(ask, "find_concepts"))
        return [concept for concept in concepts if normalized(concept.name) == normalized(name)]

    def fetch_concept(self, kind: Kind, concept_id: str) -> Concept:
        """Return one term or data product.

        Raises:
            NotFoundError: the service shows none; a draft may look the same.
        """
        return parse_one(self._get(_path(kind, concept_id), {}, "fetch_concept"), kind, concept_id)

    def fetch_links(self, kind: Kind, concept_id: str) -> Links:
        """Return the ids of the catalog's data assets that a term or data product is linked with.

        One request, unless the service pages. The list says nothing of the status: a draft's may be half edited.
        """
        path, asked = f"{_path(kind, concept_id)}/relationships", {"entityType": DATA_ASSET}
        items = follow(lambda following: self._get(path, {**asked, **following}, "fetch_links"), "fetch_links")
        found = [parse_link(item) for item in items]
        return Links(tuple(dict.fromkeys(each for each in found if each not in {"", NO_ID})), found.count(""))

    def fetch_assets(self, ids: Sequence[str]) -> Iterator[DataAsset]:
        """Yield the data assets of these catalog ids, in chunks; one that the catalog does not show is left out."""
        for chunk in chunks([each.lower() for each in ids], ASSETS_A_CALL):
            yield from (asset for asset in self._query_assets({"ids": [*chunk]}) if asset.id in chunk)

    def fetch_assets_of(self, guids: Sequence[str]) -> Iterator[DataAsset]:
        """Yield the data assets of these guids of the Data Map; one that is not registered is left out."""
        for chunk in chunks([each.lower() for each in guids], ASSETS_A_CALL):
            yield from (asset for asset in self._query_assets({"sourceAssetIds": [*chunk]}) if asset.guid in chunk)

    def fetch_concepts_of(self, kind: Kind, asset_id: str) -> list[str]:
        """Return the ids of the terms or data products that a data asset is linked with, as the asset tells.

        Those that the app's identity may not see are left out, or their ids lead to nothing.
        """
        path, asked = f"/dataAssets/{quote(asset_id, safe='')}/relationships", {"entityType": LINKED_AS[kind]}
        items = follow(lambda following: self._get(path, {**asked, **following}, "fetch_links"), "fetch_links")
        return [each for each in dict.fromkeys(map(parse_link, items)) if each not in {"", NO_ID}]

    def check(self) -> None:
        """Ask for an asset that nobody has: who answers that is well, whatever becomes of other questions.

        Raises:
            SyncError: the service does not answer at all, or none of us.
        """
        with about_the_service(), suppress(RejectedError, ForbiddenError):
            list(self._query_assets({"ids": [NO_ID]}))

    def _query_assets(self, wanted: dict[str, list[str]]) -> Iterator[DataAsset]:
        body = {**wanted, "includingOrphans": True}
        pages = follow(
            lambda following: self._post("/dataAssets/query", body, following, "fetch_assets"), "fetch_assets"
        )
        return (parse_asset(item) for item in pages)

    def _get(self, path: str, params: Parameters, operation: str) -> Any:
        return self._send(Call("GET", BASE + path, {**params, "api-version": API_VERSION}, operation=operation))

    def _post(self, path: str, body: Any, params: Parameters, operation: str) -> Any:
        versioned = {**params, "api-version": API_VERSION}
        return self._send(Call("POST", BASE + path, versioned, json=body, operation=operation))

    def _send(self, call: Call) -> Any:
        if pause_s := self.wait_s():
            raise ThrottledError(
                f"{CATALOG.title} asked to be left alone for {pause_s:.0f} s more.",
                retry_after_s=pause_s,
                service=CATALOG.name,
            )
        return self.http.send(call).json()


def _path(kind: Kind, concept_id: str) -> str:
    return f"/{kind}/{quote(concept_id, safe='')}"

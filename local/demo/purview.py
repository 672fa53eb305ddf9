"""What a data steward sees and does in Purview, over its public API, and what a tester reads from the simulator."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import requests

from local.identity import IDENTITY_HEADER_VALUE
from local.identity.app import TOKEN_PATH
from local.identity.endpoint import API_VERSION

ATLAS = "/datamap/api/atlas/v2"
DATA_MAP_VERSION = "2023-09-01"
_ACCOUNT_VERSION = "2019-11-01-preview"
_BULK_SIZE = 50
_TIMEOUT_S = 30


@dataclass(frozen=True)
class TaggedAsset:
    """An asset with the term."""

    guid: str
    type_name: str
    name: str
    qualified_name: str


class Purview:
    """The steward's and the tester's view."""

    def __init__(self, url: str, identity_url: str) -> None:
        self._url = url
        self._session = requests.Session()
        answer = self._session.get(
            identity_url + TOKEN_PATH,
            params={"api-version": API_VERSION, "resource": "https://purview.azure.net"},
            headers={"X-IDENTITY-HEADER": IDENTITY_HEADER_VALUE},
            timeout=_TIMEOUT_S,
        )
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def fetch_term_guid(self, qualified_name: str) -> str:
        """Return the guid of `Term@Glossary`."""
        found = self.get(
            f"{ATLAS}/entity/uniqueAttribute/type/AtlasGlossaryTerm", **{"attr:qualifiedName": qualified_name}
        )
        return str(found["entity"]["guid"])

    def fetch_tagged_assets(self, term_guid: str) -> list[TaggedAsset]:
        """Return the data assets that have the term; columns can have it too, but are no assets."""
        headers = self.get(f"{ATLAS}/glossary/terms/{term_guid}/assignedEntities", limit=-1, offset=0)
        guids = [header["guid"] for header in headers if "column" not in header["typeName"]]
        return sorted(self.fetch_assets(guids), key=lambda asset: asset.qualified_name)

    def fetch_assets(self, guids: list[str]) -> list[TaggedAsset]:
        """Read assets by guid."""
        return [_to_asset(entity) for entity in self.fetch_entities(guids)]

    def fetch_entities(self, guids: list[str]) -> list[dict[str, Any]]:
        """Read entities by guid, as Purview tells them: {guid, typeName, attributes, relationshipAttributes, ...}."""
        entities: list[dict[str, Any]] = []
        for start in range(0, len(guids), _BULK_SIZE):
            chunk = guids[start : start + _BULK_SIZE]
            entities += self.get(f"{ATLAS}/entity/bulk", guid=chunk, minExtInfo="true")["entities"]
        return entities

    def search_untagged_asset(self, term_guid: str) -> TaggedAsset:
        """Find some data asset that does not have the term."""
        tagged = {asset.guid for asset in self.fetch_tagged_assets(term_guid)}
        return next(asset for asset in self.search_tables() if asset.guid not in tagged)

    def search_tables(self) -> list[TaggedAsset]:
        """Find tables, tagged or not."""
        body = {"keywords": None, "limit": 100, "filter": {"objectType": "Tables"}}
        answer = self._session.post(
            f"{self._url}/datamap/api/search/query",
            json=body,
            params={"api-version": DATA_MAP_VERSION},
            timeout=_TIMEOUT_S,
        )
        answer.raise_for_status()
        return self.fetch_assets([found["id"] for found in answer.json()["value"]])

    def tag(self, term_guid: str, asset: TaggedAsset) -> None:
        """Give an asset the term."""
        path = f"{self._url}{ATLAS}/glossary/terms/{term_guid}/assignedEntities"
        self._session.post(path, json=[{"guid": asset.guid}], timeout=_TIMEOUT_S).raise_for_status()

    def fetch_collection_path(self, name: str) -> str:
        """Return what people call a collection, with those above it: `Root/Sub`."""
        version = {"api-version": _ACCOUNT_VERSION}
        found = self.get(f"/account/collections/{name}", **version)
        above = self.get(f"/account/collections/{name}/getCollectionPath", **version)["parentFriendlyNameChain"]
        return "/".join([*above, found["friendlyName"]])

    def count_entities(self) -> dict[str, int]:
        """Count what stands in the account, by type."""
        counts: dict[str, int] = self.get("/_simulator/state")["counts"]
        return counts

    def count_collections(self, type_prefix: str) -> dict[str, int]:
        """Count the entities of some types by the collection that they are in."""
        found = self.get("/_simulator/state")["entities"]
        return Counter(each["collectionId"] for each in found if each["typeName"].startswith(type_prefix))

    def delay_search_index(self, seconds: float) -> None:
        """Make search results lag, as the real index does."""
        path = f"{self._url}/_simulator/switches"
        self._session.patch(path, json={"index_lag_s": seconds}, timeout=_TIMEOUT_S).raise_for_status()

    def get(self, path: str, **query: Any) -> Any:
        """Ask one question of the API."""
        encoded = urlencode({"api-version": DATA_MAP_VERSION, **query}, doseq=True, quote_via=quote)
        answer = self._session.get(f"{self._url}{path}", params=encoded, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()


def _to_asset(entity: dict[str, Any]) -> TaggedAsset:
    attributes = entity["attributes"]
    name = attributes.get("name") or attributes["qualifiedName"]
    return TaggedAsset(entity["guid"], entity["typeName"], str(name), str(attributes["qualifiedName"]))

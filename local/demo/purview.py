"""What a data steward sees and does in Purview, over its public API, and what a tester reads from the simulator."""

from dataclasses import dataclass
from typing import Any

import requests

from local.identity import IDENTITY_HEADER_VALUE
from local.identity.app import TOKEN_PATH
from local.identity.endpoint import API_VERSION

_ATLAS = "/datamap/api/atlas/v2"
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
        found = self._get(
            f"{_ATLAS}/entity/uniqueAttribute/type/AtlasGlossaryTerm", **{"attr:qualifiedName": qualified_name}
        )
        return str(found["entity"]["guid"])

    def fetch_tagged_assets(self, term_guid: str) -> list[TaggedAsset]:
        """Return the data assets that have the term; columns can have it too, but are no assets."""
        headers = self._get(f"{_ATLAS}/glossary/terms/{term_guid}/assignedEntities", limit=-1, offset=0)
        guids = [header["guid"] for header in headers if "column" not in header["typeName"]]
        return sorted(self.fetch_assets(guids), key=lambda asset: asset.qualified_name)

    def fetch_assets(self, guids: list[str]) -> list[TaggedAsset]:
        """Read assets by guid."""
        assets: list[TaggedAsset] = []
        for start in range(0, len(guids), _BULK_SIZE):
            chunk = guids[start : start + _BULK_SIZE]
            found = self._get(f"{_ATLAS}/entity/bulk", guid=chunk, minExtInfo="true", ignoreRelationships="true")
            assets += [_to_asset(entity) for entity in found["entities"]]
        return assets

    def search_untagged_asset(self, term_guid: str) -> TaggedAsset:
        """Find some data asset that does not have the term."""
        tagged = {asset.guid for asset in self.fetch_tagged_assets(term_guid)}
        body = {"keywords": None, "limit": 100, "filter": {"objectType": "Tables"}}
        answer = self._session.post(
            f"{self._url}/datamap/api/search/query", json=body, params={"api-version": "2023-09-01"}, timeout=_TIMEOUT_S
        )
        answer.raise_for_status()
        guid = next(found["id"] for found in answer.json()["value"] if found["id"] not in tagged)
        return self.fetch_assets([guid])[0]

    def tag(self, term_guid: str, asset: TaggedAsset) -> None:
        """Give an asset the term."""
        path = f"{self._url}{_ATLAS}/glossary/terms/{term_guid}/assignedEntities"
        self._session.post(path, json=[{"guid": asset.guid}], timeout=_TIMEOUT_S).raise_for_status()

    def delay_search_index(self, seconds: float) -> None:
        """Make search results lag, as the real index does."""
        path = f"{self._url}/_simulator/switches"
        self._session.patch(path, json={"index_lag_s": seconds}, timeout=_TIMEOUT_S).raise_for_status()

    def _get(self, path: str, **query: Any) -> Any:
        answer = self._session.get(f"{self._url}{path}", params=query, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        return answer.json()


def _to_asset(entity: dict[str, Any]) -> TaggedAsset:
    attributes = entity["attributes"]
    name = attributes.get("name") or attributes["qualifiedName"]
    return TaggedAsset(entity["guid"], entity["typeName"], str(name), str(attributes["qualifiedName"]))

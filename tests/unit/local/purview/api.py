"""A small client for the simulator, and bodies to send with it."""

from typing import Any
from urllib.parse import quote, urlencode

import requests

ATLAS = "/datamap/api/atlas/v2"
SQL = "mssql://contoso-sql.database.windows.net/crm/dbo"
LAKE = "https://contosolake.dfs.core.windows.net"
SYNC_TERM = "Sync to CluedIn@Glossary"


class Api:
    """Sends requests as an app would: Atlas paths without their prefix, other paths after a "!"."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.token: str | None = "a-token"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        url = self.base_url + (path.removeprefix("!") if path.startswith("!") else ATLAS + path)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        query = urlencode(options.pop("params", {}), doseq=True, quote_via=quote)  # a `+` would be taken for itself
        return requests.request(method, url, params=query, headers=headers, timeout=30, **options)

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.request("GET", path, params=params)

    def post(self, path: str, body: Any = None, **params: Any) -> requests.Response:
        return self.request("POST", path, json=body, params=params)

    def put(self, path: str, body: Any = None, **params: Any) -> requests.Response:
        return self.request("PUT", path, json=body, params=params)

    def delete(self, path: str, body: Any = None, **params: Any) -> requests.Response:
        return self.request("DELETE", path, json=body, params=params)

    def admin(self, path: str, **body: Any) -> Any:
        answer = self.post(f"!/_simulator/{path}", body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def named(self, type_name: str, qualified_name: str) -> Any:
        answer = self.get(f"/entity/uniqueAttribute/type/{type_name}", **{"attr:qualifiedName": qualified_name})
        answer.raise_for_status()
        return answer.json()["entity"]

    def query(self, **body: Any) -> requests.Response:
        return self.post("!/datamap/api/search/query", body)

    def search(self, **body: Any) -> Any:
        answer = self.query(**body)
        answer.raise_for_status()
        return answer.json()

    def write(self, *entities: dict[str, Any], **params: Any) -> Any:
        answer = self.post("/entity/bulk", {"entities": list(entities)}, **params)
        answer.raise_for_status()
        return answer.json()

    def sync_term(self) -> str:
        return str(self.named("AtlasGlossaryTerm", SYNC_TERM)["guid"])

    def assigned(self, term: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/glossary/terms/{term}/assignedEntities", **params).json()
        return found


def entity(type_name: str, name: str, guid: str | None = None, **attributes: Any) -> dict[str, Any]:
    """A body for a write; its qualified name is `demo://{name}`."""
    body = {"typeName": type_name, "attributes": {"name": name, "qualifiedName": f"demo://{name}", **attributes}}
    return body | ({"guid": guid} if guid else {})


def reference(type_name: str, qualified_name: str) -> dict[str, Any]:
    return {"typeName": type_name, "uniqueAttributes": {"qualifiedName": qualified_name}}


def error_code(answer: requests.Response) -> tuple[int, str]:
    """Status and Atlas error code without its prefix."""
    return answer.status_code, str(answer.json()["errorCode"]).removeprefix("ATLAS-")

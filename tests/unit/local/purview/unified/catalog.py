"""A small client for the Unified Catalog of the simulator."""

from typing import Any

import requests

from tests.unit.local.purview.api import Api


class Catalog:
    """Sends requests, and does what stewards do in the portal."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def request(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        return self.api.request(method, f"!/datagovernance/catalog{path}", json=body, params=params)

    def get(self, path: str, **params: Any) -> Any:
        return self.answer("GET", path, **params)

    def post(self, path: str, body: Any, **params: Any) -> Any:
        return self.answer("POST", path, body, **params)

    def put(self, path: str, body: Any) -> Any:
        return self.answer("PUT", path, body)

    def answer(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        answer = self.request(method, path, body, **params)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **params: Any) -> tuple[int, str]:
        """Status and code of a refusal."""
        answer = self.request(method, path, body, **params)
        code = answer.json()["error"]["code"] if answer.content else ""
        assert answer.headers.get("x-ms-error-code", "") == code
        return answer.status_code, code

    def names(self, path: str, body: Any = None, **params: Any) -> list[str]:
        found = self.get(path, **params) if body is None else self.post(path, body, **params)
        return [each["name"] for each in found["value"]]

    def links(self, path: str, **params: Any) -> list[str]:
        found = self.get(f"{path}/relationships", **{"entityType": "DATAASSET", **params})
        return [each["entityId"] for each in found["value"]]

    def admin(self, path: str, **body: Any) -> Any:
        return self.api.admin(path, **body)

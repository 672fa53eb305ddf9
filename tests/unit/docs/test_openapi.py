"""The OpenAPI file names the routes that there are, with their methods and who may ask."""

from typing import Any

import yaml

from tests.unit.docs.tables import DOCS
from tests.unit.test_function_app import ROUTES

DESCRIBED: dict[str, dict[str, Any]] = yaml.safe_load((DOCS / "openapi.yaml").read_text(encoding="utf-8"))["paths"]


def test_each_route_is_described_with_its_methods_and_nothing_else_is() -> None:
    described = {path.lstrip("/"): {method.upper() for method in methods} for path, methods in DESCRIBED.items()}
    assert described == {route: methods for route, methods, _ in ROUTES.values()}


def test_a_route_without_a_key_says_so() -> None:
    open_to_all = {path.lstrip("/") for path, methods in DESCRIBED.items() if methods.get("get", {}).get("security")}
    assert open_to_all == {route for route, _, level in ROUTES.values() if level == "anonymous"}

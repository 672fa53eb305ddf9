"""One authenticated request on its way through a handler."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from local.purview.behaviour.access import Caller, Right, forbidden
from local.purview.errors import PurviewError, atlas_error, gateway_error
from local.purview.model import Entity, Json
from local.purview.simulator import Purview


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets."""

    purview: Purview
    caller: Caller
    path: dict[str, Any]
    query: QueryParams
    base_url: str
    body: bytes
    url: str = ""
    """Where the request went, without its query."""

    @property
    def by(self) -> str:
        """Who is written down as author."""
        return self.caller.object_id or "ExampleCreator"

    def text(self, name: str) -> str | None:
        """A query parameter."""
        return self.query.get(name)

    def flag(self, name: str) -> bool:
        """A boolean query parameter, in any spelling of case."""
        return (self.query.get(name) or "").lower() == "true"

    def number(self, name: str, default: int) -> int:
        """A whole number from the query."""
        value = self.query.get(name)
        try:
            return default if value is None else int(value)
        except ValueError as error:
            raise atlas_error("400-00-01A", f"{name}: {value}") from error

    def object(self) -> Json:
        """The body as an object."""
        body = self.value()
        if not isinstance(body, dict):
            raise atlas_error("400-00-029", "the body must be a JSON object")
        return body

    def objects(self) -> list[Json]:
        """The body as a list of objects."""
        body = self.value()
        if not isinstance(body, list) or not all(isinstance(each, dict) for each in body):
            raise atlas_error("400-00-029", "the body must be a JSON array of objects")
        return body

    def value(self) -> Any:
        """The body as any JSON value."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise atlas_error("400-00-029", f"the body is not JSON: {error}") from error

    def require(self, right: Right, collection: str | None = None) -> None:
        """Refuse the call unless the caller has the right; without a collection: on the root."""
        purview = self.purview
        if not purview.access.may(self.caller, right, collection or purview.collections.root.name):
            raise forbidden(purview.switches, self.caller, str(right))

    def require_on(self, right: Right, entity: Entity) -> Entity:
        """Refuse the call unless the caller has the right on the entity's collection."""
        self.require(right, entity.collection_id)
        return entity


@dataclass(frozen=True, slots=True)
class Created:
    """What is answered with 201."""

    body: Any


Handler = Callable[[Call], Any]
"""Answers JSON for 200, Created for 201, None for 204; raises PurviewError to refuse."""


def answer(purview: Purview, request: Request, body: bytes, handler: Handler) -> Response:
    """Authenticate, run the handler, hand its changes to the search index, and format what comes out."""
    try:
        caller = _authenticate(purview, request)
        base_url = str(request.base_url).rstrip("/")
        query, url = _read_query(purview, request), base_url + request.url.path
        call = Call(purview, caller, request.path_params, query, base_url, body, url)
        result = _with_nulls(handler(call), purview.switches.unreadable_rows)
    except PurviewError as error:
        return _format_error(error)
    finally:
        purview.submit_changes()
    if result is None:
        return Response(status_code=204)
    return _json_response(201, result.body) if isinstance(result, Created) else _json_response(200, result)


def _with_nulls(result: Any, names: tuple[str, ...]) -> Any:
    """Put null in the place of rows of these names, in a list or in the list `value`."""
    rows = result.get("value") if isinstance(result, dict) else result
    if not names or not isinstance(rows, list):
        return result
    shown = [
        None if isinstance(row, dict) and {row.get("displayText"), row.get("name")} & {*names} else row for row in rows
    ]
    return {**result, "value": shown} if isinstance(result, dict) else shown


def _read_query(purview: Purview, request: Request) -> QueryParams:
    """The parameters of the URL; whether a `+` stands for a space in them is a switch."""
    if purview.switches.plus_in_query == "space":
        return request.query_params
    return QueryParams(request.url.query.replace("+", "%2B"))


def _authenticate(purview: Purview, request: Request) -> Caller:
    caller = purview.tokens.accept(request.headers.get("authorization"))
    match purview.switches.access:
        case "gateway_403":
            raise gateway_error(403, "Unauthorized", "Not authorized to access account")
        case "atlas_403":
            raise atlas_error("403-00-001", "caller", "data/read")
        case "granted" if caller is not None:
            return caller
        case _:
            raise PurviewError(401)


def _format_error(error: PurviewError) -> Response:
    if error.body is None:
        return Response(status_code=error.status, headers=error.headers)
    if isinstance(error.body, str):
        return Response(error.body, status_code=error.status, media_type="text/html")
    return _json_response(error.status, error.body, error.headers)


def _json_response(status: int, content: Any, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text.encode(errors="surrogatepass"), status_code=status, headers=headers, media_type="application/json"
    )

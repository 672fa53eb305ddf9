"""The simulator's own routes under `/_simulator`; the kit's are described in `local/simulation/admin.py`.

| route | body | answer |
|---|---|---|
| POST /tokens/revoke | | `{revoked}` |
| POST /groups | `NewGroup` | `{id, source_ids}` |
| POST /groups/delete | `GroupAddress` | `{id}` |
| POST /set-up-anew | none | `{}` |
| POST /sources | `AddedSource` | `{id}` |
| POST /data-sets/load | `LoadedDataSet` | `{data_set_id, annotation_id, submission_id}` |
| POST /data-sets/map | `Remapping` | the same |
| POST /data-sets/unmap | `DataSetAddress` | the same |
| POST /data-sets/process | `Processing` | the same |
| GET, PUT /webhook | `WebhookTarget` | `WebhookTarget` |
| POST /webhook/test | | the HEAD attempt |
| POST /webhook/send | `SentEvent` | `{delivery_ids}` |
| GET /deliveries | | `{deliveries: [...]}` |
| POST /deliveries/wait | `Wait` | `{idle, deliveries}` |
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cluedin.admin import actions, bodies
from local.cluedin.behaviour.webhook import WebhookTarget
from local.cluedin.errors import ServiceError
from local.simulation.admin import read_json_object, refuse_bad_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from local.cluedin.simulator import CluedIn

Body = TypeVar("Body", bound=bodies.Body)


def admin_routes(cluedin: CluedIn) -> list[Route]:
    """The routes over one organization."""
    return [
        _act(cluedin, "/groups", bodies.NewGroup, actions.add_group),
        _act(cluedin, "/groups/delete", bodies.GroupAddress, actions.delete_group),
        _act(cluedin, "/set-up-anew", bodies.Body, actions.set_up_anew),
        _act(cluedin, "/sources", bodies.AddedSource, actions.add_source),
        _act(cluedin, "/data-sets/load", bodies.LoadedDataSet, actions.load_data_set),
        _act(cluedin, "/data-sets/map", bodies.Remapping, actions.remap_data_set),
        _act(cluedin, "/data-sets/unmap", bodies.DataSetAddress, actions.unmap_data_set),
        _act(cluedin, "/data-sets/process", bodies.Processing, actions.process_data_set),
        _act(cluedin, "/webhook/send", bodies.SentEvent, actions.send_event),
        *_Webhooks(cluedin).routes(),
    ]


def _act(
    cluedin: CluedIn,
    path: str,
    body_type: type[Body],
    action: Callable[[CluedIn, Body], dict[str, Any]],
) -> Route:
    """Make a route of an action: read the body, hold the lock, answer what the action returns."""

    async def act(request: Request) -> Response:
        body = body_type.model_validate(await read_json_object(request))
        with cluedin.store.lock:
            return JSONResponse(action(cluedin, body))

    return _post(path, act)


def _post(path: str, handler: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(path, _refuse(handler), methods=["POST"])


def _refuse(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Answer what CluedIn itself would refuse with 400 and its reason."""

    async def guarded(request: Request) -> Response:
        try:
            return await refuse_bad_input(handler)(request)
        except ServiceError as error:
            return JSONResponse({"error": f"{error}: {error.body}"}, HTTPStatus.BAD_REQUEST)

    return guarded


class _Webhooks:
    """Routes about tokens and the webhook, which need no lock."""

    def __init__(self, cluedin: CluedIn) -> None:
        self._cluedin = cluedin

    def routes(self) -> list[Route]:
        return [
            _post("/tokens/revoke", self.revoke_tokens),
            Route("/webhook", self.read_target),
            Route("/webhook", _refuse(self.change_target), methods=["PUT"]),
            _post("/webhook/test", self.connect),
            Route("/deliveries", self.read_deliveries),
            _post("/deliveries/wait", self.wait),
        ]

    async def revoke_tokens(self, _: Request) -> Response:
        return JSONResponse({"revoked": self._cluedin.tokens.revoke_all()})

    async def read_target(self, _: Request) -> Response:
        return JSONResponse(self._cluedin.webhook.target.model_dump(mode="json"))

    async def change_target(self, request: Request) -> Response:
        target = WebhookTarget.model_validate(await read_json_object(request))
        self._cluedin.webhook.target = target
        return await self.read_target(request)

    async def connect(self, _: Request) -> Response:
        return JSONResponse(vars(await run_in_threadpool(self._cluedin.webhook.test_connection)))

    async def read_deliveries(self, _: Request) -> Response:
        return JSONResponse({"deliveries": [delivery.dump() for delivery in self._cluedin.webhook.deliveries]})

    async def wait(self, request: Request) -> Response:
        body = bodies.Wait.model_validate(await read_json_object(request))
        idle = await run_in_threadpool(self._cluedin.webhook.wait_until_idle, body.timeout_s)
        return JSONResponse({"idle": idle, "deliveries": [item.dump() for item in self._cluedin.webhook.deliveries]})

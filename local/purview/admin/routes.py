"""Admin routes of this simulator, under `/_simulator/`. The README has an example body for each."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.purview.admin import actions, unified
from local.purview.admin.generation import generate
from local.purview.errors import PurviewError
from local.purview.model import Entity, Json
from local.purview.simulator import Purview
from local.simulation.admin import Handler, read_json_object, refuse_bad_input

Action = Callable[[Purview, Json], Any]
"""Takes the body; answers an entity, or JSON, or nothing."""


def _revoke_tokens(purview: Purview, _: Json) -> None:
    purview.tokens.revoke_all()


def _flush_index(purview: Purview, _: Json) -> Json:
    purview.submit_changes()
    purview.flush_index()
    return {"indexed": len(purview.index)}


ACTIONS: dict[str, Action] = {
    "/tag": actions.tag,
    "/untag": actions.untag,
    "/rename": actions.rename,
    "/delete": actions.delete,
    "/recreate": actions.recreate,
    "/assets": actions.add_asset,
    "/generate": generate,
    "/roles": actions.set_roles,
    "/tokens/revoke": _revoke_tokens,
    "/index/flush": _flush_index,
    "/domains": unified.add_domain,
    "/concepts": unified.add_concept,
    "/status": unified.set_status,
    "/concepts/rename": unified.rename,
    "/concepts/move": unified.move,
    "/concepts/delete": unified.delete,
    "/links": unified.link,
    "/links/delete": unified.unlink,
    "/links/any": unified.link_id,
    "/curation": unified.curate,
    "/catalog/roles": unified.set_roles,
}


def admin_routes(purview: Purview) -> Sequence[BaseRoute]:
    """All of them are POST."""
    return [Route(path, _endpoint(purview, action), methods=["POST"]) for path, action in ACTIONS.items()]


def _endpoint(purview: Purview, action: Action) -> Handler:
    async def endpoint(request: Request) -> Response:
        body = await read_json_object(request)
        try:
            result = action(purview, body)
        except PurviewError as error:
            raise ValueError(f"the account refused it: {error}") from error
        finally:
            purview.submit_changes()
        if result is None:
            return Response(status_code=204)
        return JSONResponse(actions.brief([result])[0] if isinstance(result, Entity) else result)

    return refuse_bad_input(endpoint)

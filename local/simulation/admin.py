"""The admin routes of every simulator, under `/_simulator/`. They are never logged and never faulted.

| route | does |
|---|---|
| POST reset | empty state, log and faults; first switches; real time |
| POST seed `{...}` | the simulator's `seed(options)`; answers its summary |
| GET requests`?since=seq` | `{"last_seq": n, "requests": [...]}` |
| DELETE requests | forget them |
| GET faults | each with id, matched, fired |
| POST faults `{...}` or `[{...}]` | add; answers `{"ids": [...]}` |
| DELETE faults`?id=n` | lift one or all |
| GET, PATCH switches | the values; PATCH takes some of them and answers all |
| GET, POST clock `{"advance_s": 600}` | `{"now": ISO 8601, "offset_s": seconds ahead of the machine's clock}` |
| GET state | the simulator's `dump()` |
"""

from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.simulation.faults import Fault
from local.simulation.request_log import format_records
from local.simulation.simulator import Simulator, SwitchSet

Handler = Callable[[Request], Awaitable[Response]]


class Admin:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator[SwitchSet]) -> None:
        self._simulator = simulator

    def routes(self) -> list[BaseRoute]:
        """To be mounted under the admin prefix."""
        table: list[tuple[str, str, Handler]] = [
            ("POST", "/reset", self.reset),
            ("POST", "/seed", self.seed),
            ("GET", "/requests", self.read_requests),
            ("DELETE", "/requests", self.delete_requests),
            ("GET", "/faults", self.read_faults),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.delete_faults),
            ("GET", "/switches", self.read_switches),
            ("PATCH", "/switches", self.patch_switches),
            ("GET", "/clock", self.read_clock),
            ("POST", "/clock", self.advance_clock),
            ("GET", "/state", self.read_state),
        ]
        return [Route(path, refuse_bad_input(handler), methods=[method]) for method, path, handler in table]

    async def reset(self, _: Request) -> Response:
        """Start anew."""
        self._simulator.reset_all()
        return Response(status_code=204)

    async def seed(self, request: Request) -> Response:
        """Fill the state."""
        return JSONResponse(self._simulator.seed(await read_json_object(request)))

    async def read_requests(self, request: Request) -> Response:
        """What was asked."""
        log = self._simulator.log
        since = int(request.query_params.get("since", 0))
        return JSONResponse({"last_seq": log.last_seq, "requests": format_records(log.since(since))})

    async def delete_requests(self, _: Request) -> Response:
        """Forget what was asked."""
        self._simulator.log.clear()
        return Response(status_code=204)

    async def read_faults(self, _: Request) -> Response:
        """The faults in force."""
        return JSONResponse(self._simulator.faults.dump())

    async def add_faults(self, request: Request) -> Response:
        """One fault or a list of them."""
        body = await request.json()
        faults = [Fault.model_validate(item) for item in (body if isinstance(body, list) else [body])]
        return JSONResponse({"ids": [self._simulator.faults.add(fault) for fault in faults]}, status_code=201)

    async def delete_faults(self, request: Request) -> Response:
        """Lift one fault or all."""
        fault_id = request.query_params.get("id")
        self._simulator.faults.clear(None if fault_id is None else int(fault_id))
        return Response(status_code=204)

    async def read_switches(self, _: Request) -> Response:
        """All switches."""
        return JSONResponse(self._simulator.switches.model_dump(mode="json"))

    async def patch_switches(self, request: Request) -> Response:
        """Change some switches."""
        self._simulator.patch_switches(await read_json_object(request))
        return await self.read_switches(request)

    async def read_clock(self, _: Request) -> Response:
        """The simulator's time."""
        clock = self._simulator.clock
        return JSONResponse({"now": clock.now().isoformat(), "offset_s": clock.offset_s})

    async def advance_clock(self, request: Request) -> Response:
        """Let time pass."""
        body = await read_json_object(request)
        self._simulator.clock.advance(float(body["advance_s"]))
        return await self.read_clock(request)

    async def read_state(self, _: Request) -> Response:
        """The whole state."""
        return JSONResponse(self._simulator.dump())


async def read_json_object(request: Request) -> dict[str, Any]:
    """The body as an object; an empty body is an empty object.

    Raises:
        ValueError: when it is JSON but no object, or no JSON at all.
    """
    if not await request.body():
        return {}
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError(f"expected a JSON object, got {type(body).__name__}")  # noqa: TRY004 - answered as 400
    return body


def refuse_bad_input(handler: Handler) -> Handler:
    """Answer 400 and the reason where a handler raises ValueError or KeyError; for own admin routes too."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except JSONDecodeError as error:
            return JSONResponse({"error": f"the body is not JSON: {error}"}, status_code=400)
        except KeyError as error:
            return JSONResponse({"error": f"missing or unknown: {error.args[0]}"}, status_code=400)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)

    return guarded

"""A tiny simulated service: a counter that can be raised, so that "was it executed?" is visible."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.simulation import ConnectionLostError, Simulator, SwitchSet, make_app, serve, set_operation


class CounterSwitches(SwitchSet):
    step: int = 1


class Counter(Simulator[CounterSwitches]):
    name = "counter"
    value = 0

    def reset(self) -> None:
        self.value = 0

    def seed(self, options: Mapping[str, Any]) -> dict[str, int]:
        if "value" not in options:
            raise ValueError("value is needed")
        self.value = int(options["value"])
        return {"value": self.value}

    def dump(self) -> dict[str, int]:
        return {"value": self.value}

    async def increase(self, request: Request) -> Response:
        if request.query_params.get("as"):
            set_operation(request, request.query_params["as"])
        self.value += self.switches.step
        return JSONResponse({"value": self.value, "got": (await request.body()).decode()})

    async def lose(self, _: Request) -> Response:
        raise ConnectionLostError("the line is cut")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/count", self.increase, methods=["POST"], name="Counter_Increase"),
            Route("/lost", self.lose, name="Counter_Lose"),
            Route("/other/{name}", self.increase, methods=["POST"], name="Counter_Other"),
        ]


@pytest.fixture
def counter() -> Counter:
    return Counter(CounterSwitches())


@pytest.fixture
def base_url(counter: Counter) -> Iterator[str]:
    with serve(make_app(counter.routes(), counter)) as url:
        yield url

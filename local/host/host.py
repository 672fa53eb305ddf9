"""The host as a whole: indexes the app, starts its listeners and its HTTP server, stops them in good order."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from local.host.admin import Admin
from local.host.config import HostConfig
from local.host.host_json import HostOptions, load_host_options
from local.host.http_front import HttpFront
from local.host.indexing import IndexedFunction, index_app
from local.host.invoker import Invoker
from local.host.triggers import Triggers
from local.host.worker_loop import WorkerLoop
from local.simulation import serve

_log = logging.getLogger("host")


@dataclass(frozen=True)
class RunningHost:
    """Where the app can be reached, and what is in it."""

    url: str
    functions: Sequence[IndexedFunction]


@contextmanager
def run_host(config: HostConfig) -> Iterator[RunningHost]:
    """Run an app in this process for as long as the block lasts.

    Raises:
        IndexingError: the app has no functions.
        HostJsonError, ScheduleError, SettingError, RouteError: Azure's host would not start a function.
    """
    options = load_host_options(config.app_dir, config.settings)
    with closing(WorkerLoop()) as loop, closing(Invoker(loop)) as invoker:
        functions = loop.call(partial(index_app, config.app_dir))
        with closing(Triggers(functions, config, options.queues, invoker)) as triggers:
            app = _make_app(functions, config, options, triggers, invoker)
            with serve(app, config.port) as url, _listening(triggers, invoker, config.grace_s):
                _log.info("Host started on %s with %s", url, ", ".join(function.name for function in functions))
                yield RunningHost(url, functions)


@contextmanager
def _listening(triggers: Triggers, invoker: Invoker, grace_s: float) -> Iterator[None]:
    listeners = triggers.active()
    for listener in listeners:
        listener.start()
    try:
        yield
    finally:
        deadline = time.monotonic() + grace_s
        for listener in listeners:
            listener.stop()
        if not invoker.wait_for_all(grace_s):
            _log.warning("Invocations did not end within %s s and are cut off", grace_s)
        for listener in listeners:
            listener.join(max(0.1, deadline - time.monotonic()))


def _make_app(
    functions: Sequence[IndexedFunction], config: HostConfig, options: HostOptions, triggers: Triggers, invoker: Invoker
) -> Starlette:
    http = [function for function in functions if function.trigger["type"] == "httpTrigger"]
    front = HttpFront(http, options.route_prefix, invoker, config.keys)
    admin = Admin({function.name: function for function in functions}, triggers.manual_runs(), config.keys)
    return Starlette(routes=[*admin.routes(), Route("/", _say_hello, methods=["GET"]), Mount("/", app=front)])


async def _say_hello(_: Request) -> Response:
    return PlainTextResponse("Your functions are up and running.\n")

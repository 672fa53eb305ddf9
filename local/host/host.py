"""The host as a whole: starts the worker, the listeners and the HTTP server, stops them in good order."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from local.host.config import HostConfig
from local.host.dispatcher import Dispatcher
from local.host.function_timeout import FunctionTimeout
from local.host.host_json import STORAGE_CATEGORY, HostOptions, load_host_options
from local.host.http.admin import Admin
from local.host.http.front import HttpFront
from local.host.lifetime import Lifetime
from local.host.triggers import Triggers
from local.host.worker.messages import FunctionMetadata
from local.host.worker_process import WorkerProcess
from local.server import serve

_log = logging.getLogger("host")


@dataclass(frozen=True)
class RunningHost:
    """Where the app can be reached, and what is in it."""

    url: str
    functions: Sequence[FunctionMetadata]
    triggers: Triggers
    dispatcher: Dispatcher
    grace_s: float

    def end(self) -> None:
        """Receive and fire nothing more, and wait for what runs."""
        deadline = time.monotonic() + self.grace_s
        self.triggers.stop()
        if not self.dispatcher.wait_for_all(self.grace_s):
            _log.warning("Invocations did not end within %s s and are cut off", self.grace_s)
        for listener in self.triggers.listeners:
            listener.join(max(0.1, deadline - time.monotonic()))


@contextmanager
def run_host(config: HostConfig, lifetime: Lifetime) -> Iterator[RunningHost]:
    """Run an app; at the end of the block its worker is killed, whatever runs in it.

    Raises:
        IndexingError: the app has no functions.
        HostJsonError, RouteError: Azure's host would not start at all.
    """
    options = load_host_options(config.app_dir, config.settings)
    logging.getLogger(STORAGE_CATEGORY).setLevel(options.storage_log_level)
    with ExitStack() as parts:
        dispatcher = Dispatcher(lambda: WorkerProcess(config.app_dir, config.log_format), lifetime.recycle)
        parts.callback(dispatcher.close)
        functions = dispatcher.start()
        if config.function_timeout and options.function_timeout_s is not None:
            parts.enter_context(closing(FunctionTimeout(dispatcher, options.function_timeout_s)))
        triggers = Triggers(functions, config, options.queues, dispatcher, lifetime)
        parts.enter_context(closing(triggers))
        url = parts.enter_context(serve(_make_app(functions, config, options, triggers, dispatcher), config.port))
        host = RunningHost(url, functions, triggers, dispatcher, config.grace_s)
        for listener in triggers.listeners:
            listener.start()
        _log.info("Host started on %s with %s", url, ", ".join(function.name for function in functions))
        yield host


def _make_app(
    functions: Sequence[FunctionMetadata],
    config: HostConfig,
    options: HostOptions,
    triggers: Triggers,
    dispatcher: Dispatcher,
) -> Starlette:
    front = HttpFront(
        list(triggers.http.values()),
        options.route_prefix,
        dispatcher,
        config.keys,
        passes_chunked_bodies=config.chunked_bodies == "pass",
    )
    by_name = {function.name: function for function in functions}
    admin = Admin(by_name, triggers.errors, triggers.manual_runs, config.keys, triggers.stop)
    return Starlette(routes=[*admin.routes(), Route("/", _say_hello, methods=["GET"]), Mount("/", app=front)])


async def _say_hello(_: Request) -> Response:
    return PlainTextResponse("Your functions are up and running.\n")

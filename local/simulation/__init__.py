"""The kit that every simulator in `local/` is built with: request log, faults, switches, admin routes, server.

A simulator is a `Simulator` (state and behaviour) plus ordinary Starlette routes (the wire format)::

    class Switches(SwitchSet):
        empty_as_null: bool = False

    class Library(Simulator[Switches]):
        name = "library"
        ...  # reset(), seed(options), dump()

    library = Library(Switches())
    app = make_app([Route("/books", list_books, name="Book_List")], library)
    with serve(app) as base_url:  # a real server on a free port of 127.0.0.1
        requests.get(f"{base_url}/books", timeout=5)
        requests.get(f"{base_url}/_simulator/requests", timeout=5)  # what was asked, how it was answered

`/_simulator/` offers reset, seed, requests, faults, switches, clock and state: see `admin.py`.
"""

from local.server import run, serve
from local.simulation.app import make_app
from local.simulation.clock import Clock
from local.simulation.faults import Effect, Fault, FaultBook, Match
from local.simulation.middleware import ConnectionLostError
from local.simulation.operation import set_operation
from local.simulation.request_log import RequestLog, RequestRecord
from local.simulation.simulator import Simulator, SwitchSet

__all__ = [
    "Clock",
    "ConnectionLostError",
    "Effect",
    "Fault",
    "FaultBook",
    "Match",
    "RequestLog",
    "RequestRecord",
    "Simulator",
    "SwitchSet",
    "make_app",
    "run",
    "serve",
    "set_operation",
]

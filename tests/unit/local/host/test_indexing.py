"""One mistake and the app has no functions at all: the worker's rules."""

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from local.host.worker.indexing import IndexedFunction
from local.host.worker.indexing import index_app as index_here
from local.host.worker.loop import WorkerLoop
from local.host.worker.messages import IndexingError

GOOD = """
    @app.timer_trigger(schedule="0 * * * * *", arg_name="timer")
    def tick(timer: func.TimerRequest, context: func.Context) -> None: ...

    @app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage")
    async def work(msg: func.QueueMessage) -> None: ...

    @app.route("things/{id}", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
    def things(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse()
"""

WriteApp = Callable[[str], Path]


def index_app(folder: Path) -> list[IndexedFunction]:
    with closing(WorkerLoop()) as loop:  # the worker imports the app inside its running event loop
        return loop.call(lambda: index_here(folder))


def test_all_functions_of_a_good_app_are_found(write_app: WriteApp) -> None:
    functions = {function.name: function for function in index_app(write_app(GOOD))}
    assert list(functions) == ["tick", "work", "things"]
    assert functions["tick"].trigger["schedule"] == "0 * * * * *"
    assert functions["tick"].signature.wants_context
    assert functions["work"].is_async
    assert functions["things"].trigger["authLevel"] == "ANONYMOUS"
    assert functions["things"].signature.returns


TIMER = '@app.timer_trigger(schedule="0 * * * * *", arg_name="timer")\n'
ROUTE = '@app.route("x")\n'
MISTAKES = {
    "importing": "import does_not_exist",
    "missing setting": "import os\nos.environ['NOT_SET_ANYWHERE']",
    "event loop": "import asyncio\nasync def nothing() -> None: ...\ncoroutine = nothing()\n"
    "try:\n    asyncio.run(coroutine)\nfinally:\n    coroutine.close()",
    "alias": f"{TIMER}def tick(timer: func.TimerRequest) -> None: ...\nalias = app",
    "unbound": f"{TIMER}def tick(timer: func.TimerRequest, other: int) -> None: ...",
    "default": f"{TIMER}def tick(timer: func.TimerRequest, retries: int = 3) -> None: ...",
    "star": f"{TIMER}def tick(timer: func.TimerRequest, *args: int) -> None: ...",
    "no parameter": f"{TIMER}def tick() -> None: ...",
    "wrong annotation": f"{TIMER}def tick(timer: func.QueueMessage) -> None: ...",
    "optional": f"{TIMER}def tick(timer: func.TimerRequest | None) -> None: ...",
    "binding name": '@app.timer_trigger(schedule="0 * * * * *", arg_name="the_timer")\n'
    "def tick(the_timer: func.TimerRequest) -> None: ...",
    "function name": f'@app.function_name("1st")\n{TIMER}def tick(timer: func.TimerRequest) -> None: ...',
    "same name": "".join(f"{TIMER}def tick(timer: func.TimerRequest) -> None: ...\n" for _ in range(2)),
    "no trigger": '@app.function_name("tick")\ndef tick() -> None: ...',
    "context type": f"{TIMER}def tick(timer: func.TimerRequest, context: str) -> None: ...",
    "return none": f"{ROUTE}def x(req: func.HttpRequest) -> None: ...",
    "return dict": f"{ROUTE}def x(req: func.HttpRequest) -> dict: ...",
    "return optional": f"{ROUTE}def x(req: func.HttpRequest) -> func.HttpResponse | None: ...",
    "other binding": '@app.blob_trigger(arg_name="blob", path="a/b", connection="C")\ndef x(blob: bytes) -> None: ...',
}


@pytest.mark.parametrize("code", MISTAKES.values(), ids=MISTAKES.keys())
def test_one_mistake_leaves_the_app_without_functions(write_app: WriteApp, code: str) -> None:
    good = '@app.route("good")\ndef good(req: func.HttpRequest) -> str:\n    return ""\n\n'
    with pytest.raises(IndexingError):
        index_app(write_app(good + code))


def test_the_message_names_function_and_rule(write_app: WriteApp) -> None:
    with pytest.raises(IndexingError, match=r"tick: the parameters \['retries'\] are declared but not bound"):
        index_app(write_app(MISTAKES["default"]))


def test_a_folder_without_the_script_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="there is no"):
        index_app(tmp_path)


def test_a_script_named_like_an_installed_package_is_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pytest.py").touch()
    monkeypatch.setenv("PYTHON_SCRIPT_FILE_NAME", "pytest.py")
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(IndexingError, match="is never imported"):
        index_app(tmp_path)


# These are the real host's rules, which the worker library never sees; blobs the library knows and we do not.
HOST_RULES = ("binding name", "function name", "other binding")
WORKER_RULES = {name: code for name, code in MISTAKES.items() if name not in HOST_RULES}


@pytest.mark.parametrize("code", WORKER_RULES.values(), ids=WORKER_RULES.keys())
def test_microsofts_library_refuses_the_same(write_app: WriteApp, code: str) -> None:
    pytest.importorskip("azure_functions_runtime", reason="Microsoft's worker library needs Python 3.13")
    from local.host.worker_library import WorkerRefusedError, start_worker  # noqa: PLC0415 - only where it can be

    with pytest.raises(WorkerRefusedError), start_worker(write_app(code)):
        pass

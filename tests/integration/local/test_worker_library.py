"""Apps indexed and invoked by Microsoft's own worker library: the sample app here, and the repository's app."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy

from local.cluedin.app import make_app as make_cluedin
from local.demo.cluedin import fetch_groups
from local.host.http.payload import HttpCall
from local.identity import serve_identity
from local.purview import Purview
from local.purview import make_app as make_purview
from local.simulation import serve
from local.stack import make_environment
from sync_core.app import triggers
from tests.unit.infra.package import FUNCTIONS

pytest.importorskip("azure_functions_runtime", reason="Microsoft's worker library needs Python 3.13")

from local.host.worker_library import WorkerRefusedError, start_worker

REPOSITORY = Path(__file__).parents[3]
WriteApp = Callable[[str], Path]
APP = """
    import json

    @app.timer_trigger(schedule="0 * * * * *", arg_name="timer")
    def tick(timer: func.TimerRequest, context: func.Context) -> None:
        assert timer.schedule_status["Next"] and context.function_name == "tick"

    @app.queue_trigger(arg_name="msg", queue_name="work", connection="AzureWebJobsStorage")
    def work(msg: func.QueueMessage) -> None:
        raise ValueError(f"{msg.id} {msg.dequeue_count} {msg.get_json()}")

    @app.route("echo/{name}", methods=["POST"])
    async def echo(req: func.HttpRequest) -> func.HttpResponse:
        seen = [req.route_params["name"], req.headers["X-Own"], req.params["q"], req.get_body().hex()]
        return func.HttpResponse(json.dumps(seen), status_code=202, mimetype="application/json")
"""


def test_the_library_runs_what_our_host_runs(write_app: WriteApp) -> None:
    with start_worker(write_app(APP)) as worker:
        assert list(worker.functions) == ["tick", "work", "echo"]
        assert worker.run_timer("tick").succeeded

        failed = worker.run_queue("work", '{"id": "mine"}')
        assert failed.error == "ValueError: mine 1 {'id': 'mine'}"

        answer = worker.run_http(
            "echo", HttpCall("POST", "http://h/api/echo/Ann", {"x-own": "1"}, {"q": "2"}, {"name": "Ann"}, b"\x00")
        )
        assert (answer.status_code, json.loads(answer.body)) == (202, ["Ann", "1", "2", "00"])
        assert answer.headers["content-type"] == "application/json"


def test_the_library_refuses_what_our_host_refuses(write_app: WriteApp) -> None:
    code = '@app.timer_trigger(schedule="0 * * * * *", arg_name="timer")\n'
    code += "def tick(timer: func.TimerRequest, retries: int = 3) -> None: ..."
    with pytest.raises(WorkerRefusedError, match="tick"), start_worker(write_app(code)):
        pass


@pytest.fixture
def cluedin_url(storage: str) -> Iterator[str]:
    """The simulators, and an environment in which the app finds them."""
    purview = Purview()
    purview.seed({"name": "estate"})
    with ExitStack() as parts:
        purview_url = parts.enter_context(serve(make_purview(purview=purview)))
        cluedin_url = parts.enter_context(serve(make_cluedin()))
        identity = parts.enter_context(serve_identity())
        environment = make_environment(purview_url, cluedin_url, "", storage, identity)
        parts.enter_context(patch.dict("os.environ", environment, clear=True))
        triggers.this_process.cache_clear()
        yield cluedin_url
    triggers.this_process.cache_clear()


def test_the_repositorys_app_syncs_through_the_library(cluedin_url: str, storage: str) -> None:
    with start_worker(REPOSITORY) as worker, QueueServiceClient.from_connection_string(storage) as queues:
        assert worker.run_timer("discover_assets").succeeded
        queue = queues.get_queue_client("asset-sync", message_decode_policy=TextBase64DecodePolicy())
        for message in queue.receive_messages(messages_per_page=32):
            result = worker.run_queue("create_data_source_group", message.content)
            assert result.succeeded, result.error
        assert len(fetch_groups(cluedin_url)) == 18
        health = worker.run_http("health", HttpCall("GET", "http://h/api/health"))
        assert health.status_code == 200, health.body


def test_the_repositorys_app_without_settings_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON_SCRIPT_FILE_NAME", raising=False)
    monkeypatch.delenv("PURVIEW_ENDPOINT", raising=False)
    triggers.this_process.cache_clear()
    with start_worker(REPOSITORY) as worker:
        assert set(worker.functions) == FUNCTIONS
        answer = worker.run_http("health", HttpCall("GET", "http://h/api/health"))
        assert (answer.status_code, json.loads(answer.body)["failing"]) == (503, ["settings"])
        for result in (worker.run_timer("discover_assets"), worker.run_queue("create_data_source_group", "{}")):
            assert str(result.error).startswith("ConfigError: Settings are missing or wrong:")

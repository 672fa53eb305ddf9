"""The function itself, called as the host does, by CluedIn as it would."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import azure.functions as func
import pytest

import function_app
from local.cluedin.behaviour.webhook import WebhookTarget
from sync_core.app import triggers
from sync_core.jobs.wake_up import SendSoon
from tests.kit.lineage_bench import LineageBench
from tests.kit.services import Services
from tests.kit.settings import settings_of

SECRET = "whsec_MjQgYnl0ZXMgb2YgcHVyZSBjaGFuY2Uh"
NO_TRACE = SimpleNamespace(trace_context=SimpleNamespace(trace_parent=""))
Trigger = Callable[[func.HttpRequest], func.HttpResponse]


@pytest.fixture
def trigger() -> Iterator[Trigger]:
    """The webhook's function, in a process that has just started."""
    triggers.this_process.cache_clear()
    yield partial(function_app.data_set_processed.build().get_user_function(), context=NO_TRACE)
    triggers.this_process.cache_clear()


@pytest.fixture
def configured(services: Services, storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's settings in the environment."""
    settings = settings_of(services.purview_url, services.cluedin_url, storage)
    password = settings.cluedin_password
    connection = settings.storage_connection_string
    assert password
    assert connection
    for name, value in {
        "PURVIEW_ENDPOINT": settings.purview_endpoint,
        "PURVIEW_COLLECTION": settings.purview_collection,
        "CLUEDIN_URL": settings.cluedin_url,
        "CLUEDIN_ORGANIZATION": settings.cluedin_organization,
        "CLUEDIN_USERNAME": settings.cluedin_username,
        "CLUEDIN_PASSWORD": password.get_secret_value(),
        "SYNC_TERM": settings.sync_term,
        "WEBHOOK_SECRETS": f"an older secret; {SECRET}",
        "AzureWebJobsStorage": connection.get_secret_value(),
    }.items():
        monkeypatch.setenv(name, value)


def call(trigger: Trigger, method: str, headers: Mapping[str, str], body: bytes = b"") -> func.HttpResponse:
    return trigger(func.HttpRequest(method, "http://localhost/api/webhooks", headers=dict(headers), body=body))


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_the_connection_test_is_answered_without_credentials_even_before_anything_is_set_up(
    trigger: Trigger, method: str
) -> None:
    assert call(trigger, method, {}).status_code == 200


def test_while_settings_are_missing_the_sender_is_asked_to_send_again(
    trigger: Trigger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PURVIEW_ENDPOINT", "not a url")

    answer = call(trigger, "POST", {"Content-Type": "application/json"}, b"{}")

    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("configured")
def test_what_cluedin_sends_is_taken_in_each_scheme(services: Services, trigger: Trigger, bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    with listening(trigger) as url:
        for signatures in (("standard",), ("cluedin",), ("standard", "cluedin")):
            services.cluedin.webhook.target = WebhookTarget(url=url, secrets=(SECRET,), signatures=signatures)
            with services.cluedin.store.lock:
                services.cluedin.process(services.cluedin.store.data_set(data_set_id), failed=0, calls_webhook=True)
            assert services.cluedin.webhook.wait_until_idle()
        services.cluedin.webhook.target = WebhookTarget()

    attempts = [
        [(attempt.method, attempt.status) for attempt in delivery.attempts]
        for delivery in services.cluedin.webhook.deliveries
    ]
    assert attempts == [[("HEAD", 200), ("POST", 202)], [("POST", 202)], [("POST", 202)]]
    assert len(bench.outstanding()) == 1  # one job of three deliveries
    wake_up = triggers.this_process().webhook().wake_up
    assert isinstance(wake_up, SendSoon)
    wake_up.finish()
    assert bench.work() == 1
    assert len(bench.graph().nodes) == 7
    assert not bench.outstanding()


@contextmanager
def listening(trigger: Trigger) -> Iterator[str]:
    """Let the function answer at an address, as the host lets it."""

    class Front(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:  # the base class's name
            self.answer("HEAD")

        def do_POST(self) -> None:  # the base class's name
            self.answer("POST")

        def answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = call(trigger, method, dict(self.headers.items()), body)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.get_body())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Front) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()

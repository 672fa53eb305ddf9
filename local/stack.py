"""Everything that the app needs, on this machine: Azurite, managed identity, Purview, CluedIn, and the app itself."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from local.app_process import AppProcess, HostKind, choose_host_kind, run_app
from local.azurite import run_azurite
from local.child import Child, ChildError
from local.host.http.access import DEFAULT_FUNCTION_KEY
from local.host.manual_run import run_by_hand
from local.identity import IDENTITY_HEADER_VALUE
from local.identity.app import TOKEN_PATH
from local.service import REPOSITORY, Command, Service, choose_port, run_services

APP_PORT = 7071
TERM = "Sync to CluedIn@Glossary"
COLLECTION = "clu3dn"
ORGANIZATION = "acme"
USERNAME = "purview-sync@acme.example"
PASSWORD = "Simulated1!"
WEBHOOK_SECRET = "whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQ="
# Disabled, a timer function runs by hand only, on Core Tools as on our own host.
SILENT_TIMERS = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("discover_assets", "reconcile")}

# What a user may have set for other purposes and what must not reach the app: credentials that DefaultAzureCredential
# would try before the managed identity, and settings that would point the app to real services.
_HIDDEN_PREFIXES = ("AZURE_", "MSI_", "IDENTITY_", "CLUEDIN_", "PURVIEW_", "AzureWebJobsStorage", "PYTHON_SCRIPT_")


@dataclass(frozen=True)
class StackOptions:
    """What to run."""

    app_dir: Path = REPOSITORY
    log_dir: Path = REPOSITORY / ".local" / "logs"
    app_port: int = 0
    timers: bool = True
    """Off: they run when somebody says so."""
    host: HostKind = field(default_factory=choose_host_kind)
    purview_seed: str = "estate"
    cluedin_seed: str = "empty"
    storage: str | None = None
    """Connection string of a storage that is there already; None starts an Azurite with nothing in it."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the app beyond, or instead of, those that the stack makes."""


@dataclass(frozen=True)
class Stack:
    """Where everything listens."""

    app: AppProcess
    purview: Service
    cluedin: Service
    identity: Service
    storage: str
    log_dir: Path
    options: StackOptions

    @property
    def function_url(self) -> str:
        """Prefix of the app's HTTP functions; they want `?code=` or `x-functions-key` with the function key."""
        return f"{self.app.url}/api"

    @property
    def function_key(self) -> str:
        """Opens the HTTP functions."""
        return DEFAULT_FUNCTION_KEY

    @property
    def children(self) -> list[Child]:
        """The processes, apart from Azurite."""
        return [self.app.child, self.purview.child, self.cluedin.child, self.identity.child]

    def check(self) -> None:
        """Notice a child that ended.

        Raises:
            ChildError: one did; the message has the end of its log.
        """
        for child in self.children:
            if not child.is_running:
                raise ChildError(child.describe_death())

    def run_function(self, name: str, text: str = "", timeout_s: float = 300) -> None:
        """Run a timer or queue function now, also one whose timer is silent, and wait for its end.

        Raises:
            ChildError: the run failed.
        """
        run = run_by_hand(self.app.url, self.app.child, name, text, timeout_s)
        if not run.succeeded:
            raise ChildError(f"{name} failed: {run.result}; see {self.app.child.log}")


@contextmanager
def run_stack(options: StackOptions | None = None) -> Iterator[Stack]:
    """Run everything for as long as the block lasts.

    Raises:
        ChildError: a part did not start; the message has the end of its log.
        AzuriteMissingError: `make setup` was not run.
    """
    options = options or StackOptions()
    with ExitStack() as parts:
        logs, port = options.log_dir, choose_port(options.app_port)
        storage = options.storage or parts.enter_context(run_azurite(log=logs / "azurite.log")).connection_string()
        identity, purview, cluedin = parts.enter_context(run_services(*_list_commands(options, port)))
        settings = {**({} if options.timers else SILENT_TIMERS), **options.settings}
        environment = make_environment(purview.url, cluedin.url, identity.url, storage, settings)
        app = parts.enter_context(run_app(options.host, options.app_dir, environment, logs / "app.log", port=port))
        yield Stack(app, purview, cluedin, identity, storage, logs, replace(options, settings=settings))


@contextmanager
def restart_app(stack: Stack, changed: Mapping[str, str]) -> Iterator[Stack]:
    """Run the app with other settings for as long as the block lasts, in place of the one that runs, as Azure does.

    Raises:
        ChildError: it did not start; the message has the end of its log.
    """
    stack.app.child.stop()
    settings = {**stack.options.settings, **changed}
    environment = make_environment(stack.purview.url, stack.cluedin.url, stack.identity.url, stack.storage, settings)
    log, port = stack.log_dir / "app-restarted.log", urlsplit(stack.app.url).port or 0
    with run_app(stack.app.kind, stack.options.app_dir, environment, log, port=port) as app:
        yield replace(stack, app=app, options=replace(stack.options, settings=settings))


def _list_commands(options: StackOptions, app_port: int) -> list[Command]:
    webhook = f"http://127.0.0.1:{app_port}/api/webhooks/cluedin/data-set-processed?code={DEFAULT_FUNCTION_KEY}"
    arguments = {
        "identity": [],
        "purview": ["--seed", options.purview_seed],
        "cluedin": ["--seed", options.cluedin_seed, "--webhook-url", webhook, "--webhook-secret", WEBHOOK_SECRET],
    }
    return [
        Command(name, [f"local.{name}", "--port", "0", *more], options.log_dir / f"{name}.log")
        for name, more in arguments.items()
    ]


def make_environment(
    purview_url: str, cluedin_url: str, identity_url: str, storage: str, settings: Mapping[str, str]
) -> dict[str, str]:
    """Build the app's whole environment: ours without what must not reach the app, and the app's settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_HIDDEN_PREFIXES)}
    return {
        "SYNC_TERM": TERM,
        # Nobody wants to wait two seconds for an idle queue on a laptop; Core Tools honours this setting too.
        "AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:01",
        "PYTHON_THREADPOOL_THREAD_COUNT": "64",
        **inherited,
        "AzureWebJobsStorage": storage,
        "PURVIEW_ENDPOINT": purview_url,
        "PURVIEW_COLLECTION": COLLECTION,
        "PURVIEW_CATALOG_ENDPOINT": purview_url,
        "CLUEDIN_URL": cluedin_url,
        "CLUEDIN_ORGANIZATION": ORGANIZATION,
        "CLUEDIN_USERNAME": USERNAME,
        "CLUEDIN_PASSWORD": PASSWORD,
        "WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "IDENTITY_ENDPOINT": identity_url + TOKEN_PATH,
        "IDENTITY_HEADER": IDENTITY_HEADER_VALUE,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **settings,
    }

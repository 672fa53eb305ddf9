"""The app of this process, on the state of the installation to which its settings lead."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from sync_core.app.installation import Installation
from sync_core.app.webhook import Webhook
from sync_core.errors import TransientError
from sync_core.jobs.wake_up import SendSoon
from sync_core.logs import quieten_libraries
from sync_core.settings import load_settings
from sync_core.single_flight import Fresh
from sync_core.storage.connection import BACKGROUND, INTERACTIVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync_core.app.parts import App
    from sync_core.runs.run import RunKind

READ_AGAIN_S = 60.0


class Process:
    """Keeps one app for each installation; there is more than one only where the settings lead elsewhere by and by.

    `outside` is the webhook without a scope, for callers who wait. The whole app is imported when it is asked for.
    """

    def __init__(self, outside: Webhook) -> None:
        self._apps: dict[str, App] = {}
        self._webhooks: dict[str, Webhook] = {}
        self._outside = outside
        self._known = Fresh[Installation](outside.known_installation.current, READ_AGAIN_S)
        self._verified = Fresh[Installation](self._verify, READ_AGAIN_S)

    def app(self) -> "App":
        """Return the app on the state that is known to be its own.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        return self._on(self._known.get())

    def webhook(self) -> Webhook:
        """Return what answers the webhook on that state.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        scope = self._known.get().scope
        return self._webhooks.setdefault(scope, replace(self._outside, scope=scope))

    def run(self, kind: "RunKind", start: "Callable[[App], None]") -> None:
        """Start a run on the app, after its services were asked who they are, every ten minutes.

        Raises:
            Exception: the run failed, or the services are somebody else's now; the runs say so.
        """
        try:
            app = self._on(self._verified.get())
        except TransientError as error:
            self.app().note_failed_run(kind, error)
            raise
        start(app)

    def _verify(self) -> Installation:
        installation = self.app().find_installation.verify()
        self._known.keep(installation)
        return installation

    def _on(self, installation: Installation) -> "App":
        from sync_core.app.parts import App  # noqa: PLC0415  # slow to import

        scope = installation.scope
        return self._apps.setdefault(scope, App(self._outside.settings, self._outside.runtime, BACKGROUND, scope))


@cache
def this_process() -> Process:
    """Return what this process keeps; nothing is kept while the settings are wrong."""
    quieten_libraries()
    return Process(Webhook(load_settings(), patience=INTERACTIVE, wake_up=SendSoon()))


def app() -> "App":
    """Return the app of this process.

    Raises:
        ConfigError: settings are missing or wrong; nothing is kept, so the next call reads them again.
        TransientError: storage does not answer.
    """
    return this_process().app()

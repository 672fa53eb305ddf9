"""The app of this process, on the state of the installation to which its settings lead."""

from collections.abc import Callable
from dataclasses import replace

from sync_core.app.installation import Installation
from sync_core.app.parts import App
from sync_core.errors import TransientError
from sync_core.runs.run import RunKind
from sync_core.single_flight import Fresh
from sync_core.storage.connection import BACKGROUND

READ_AGAIN_S = 60.0


class Process:
    """Keeps one app for each installation; there is more than one only where the settings lead elsewhere by and by.

    `outside` is the app without a scope, for callers who wait.
    """

    def __init__(self, outside: App) -> None:
        self._apps: dict[str, App] = {}
        self._outside = outside
        self._known = Fresh[Installation](outside.find_installation.current, READ_AGAIN_S)
        self._verified = Fresh[Installation](self._verify, READ_AGAIN_S)

    def app(self) -> App:
        """Return the app on the state that is known to be its own.

        Raises:
            TransientError, ConfigError: storage does not answer.
        """
        return self._on(self._known.get())

    def run(self, kind: RunKind, start: Callable[[App], None]) -> None:
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

    def _on(self, installation: Installation) -> App:
        scope = installation.scope
        return self._apps.setdefault(scope, replace(self._outside, scope=scope, patience=BACKGROUND))

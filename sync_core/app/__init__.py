"""The composition root: builds everything from the settings, once per process, on first use.

Nothing is built at import: the host must be able to list the functions with no setting present at all. `App` is
imported when it is first asked for: the webhook needs little of it.
"""

from typing import TYPE_CHECKING

from sync_core.app.identity import new_azure_credential
from sync_core.app.process import app, this_process

if TYPE_CHECKING:
    from sync_core.app.parts import App

__all__ = ["App", "app", "new_azure_credential", "this_process"]


def __getattr__(name: str) -> object:
    if name == "App":
        from sync_core.app.parts import App  # noqa: PLC0415

        return App
    raise AttributeError(name)

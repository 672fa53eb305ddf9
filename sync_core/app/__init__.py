"""The composition root: builds everything from the settings, once per process, on first use.

Nothing is built at import: the host must be able to list the functions with no setting present at all.
"""

from sync_core.app.identity import new_azure_credential
from sync_core.app.parts import App
from sync_core.app.triggers import app, this_process

__all__ = ["App", "app", "new_azure_credential", "this_process"]

"""The composition root: builds everything from the settings, once per process, on first use.

Nothing is built at import: the host must be able to list the functions with no setting present at all.
"""

from sync_core.bootstrap.entry import (
    answer_dashboard,
    answer_delivery,
    answer_health,
    answer_status,
    app,
    discover,
    reconcile,
    this_process,
)
from sync_core.bootstrap.flows import App
from sync_core.bootstrap.identity import new_azure_credential

__all__ = [
    "App",
    "answer_dashboard",
    "answer_delivery",
    "answer_health",
    "answer_status",
    "app",
    "discover",
    "new_azure_credential",
    "reconcile",
    "this_process",
]

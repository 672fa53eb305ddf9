"""Runs the demonstration's steps in order."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing

import requests

from local.child import ChildError
from local.cluedin.driver import RefusedError
from local.demo.purview import Purview
from local.demo.report import Report
from local.demo.stage import NotDoneError, Stage
from local.demo.sync_assets import show_first_sync, show_idle_tick, show_one_more
from local.demo.sync_lineage import show_changed_mapping, show_lineage, show_repetition
from local.demo.sync_migration import show_migration
from local.stack import TERM, StackOptions, run_stack

Step = Callable[[Stage], None]
DEMO_SETTINGS = {"SYNC_TERM": TERM, "SYNC_ENABLED": "true", "SYNC_SETTINGS_SOURCE": "app", "LINEAGE_ENABLED": "true"}
"""What the shell must not change here."""

STEPS: Sequence[Step] = (
    show_first_sync,
    show_idle_tick,
    show_one_more,
    show_lineage,
    show_repetition,
    show_changed_mapping,
    show_migration,
)


def run_demo(options: StackOptions, report: Report, steps: Sequence[Step] = STEPS) -> bool:
    """Start everything, run the steps, end everything; True when all checks hold."""
    try:
        with ExitStack() as parts:
            with report.console.status("Starting Azurite, managed identity, Purview, CluedIn and the app ..."):
                stack = parts.enter_context(run_stack(options))
            purview = parts.enter_context(closing(Purview(stack.purview.url, stack.identity.url)))
            for step in steps:
                step(Stage(stack, purview, report))
    except (NotDoneError, ChildError, RefusedError, requests.RequestException) as error:
        report.check("the demonstration runs to its end", holds=False, detail=error)
    report.finish()
    return report.passed

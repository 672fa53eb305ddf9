"""Workers that die by SIGKILL before their n-th outgoing call, of whatever kind: HTTP, table or queue.

Run as `python -m tests.integration.sync_core.lineage.mortal_worker PURVIEW_URL CLUEDIN_URL STORAGE FIRST`, with one
message a line on its input: the first one's worker dies before that call, each further one's a call later. Each is
forked from this process, which has imported the app and has no threads. Prints for each `killed` or `lived`.
"""

import os
import signal
import sys
from dataclasses import replace

import azure.identity  # noqa: F401  # slow to import, and every worker needs it

from sync_core.app import App
from sync_core.settings import Settings
from tests.integration.sync_core.estate import make_settings
from tests.integration.sync_core.provisioning.mortal_worker import SHORT_CLAIM_S, die_before_call


def work(settings: Settings, message: str, number: int) -> None:
    """Work off one message, as far as it goes."""
    app = App(settings)
    app.__dict__["data_set_jobs"] = replace(app.data_set_jobs, claim_s=SHORT_CLAIM_S)
    worker = app.push_lineage
    die_before_call(number)
    worker.handle(message.encode())


def main() -> None:
    """Fork a worker for each message."""
    purview_url, cluedin_url, storage, first = sys.argv[1:]
    settings = make_settings(purview_url, cluedin_url, storage)
    for number, message in enumerate(sys.stdin, start=int(first)):
        child = os.fork()
        if not child:
            work(settings, message, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        sys.stdout.write({0: "lived", -signal.SIGKILL: "killed"}.get(ended, str(ended)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

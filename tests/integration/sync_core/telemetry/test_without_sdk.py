"""Where nobody set up an SDK, nothing of OpenTelemetry is even loaded, and nothing stored or sent knows of it."""

import json
import os
import subprocess
import sys

from local.stack import TERM
from tests.kit.estate import Estate
from tests.kit.services import Services
from tests.kit.settings import environment_of

WORK = """
import json, sys
from sync_core.app import triggers
from sync_core.jobs.job import JobKind
from sync_core.upkeep.measure_backlog import MeasureBacklog
triggers.discover_assets()
triggers.reconcile()
MeasureBacklog({JobKind.ASSET: None}, None).run(None)  # it asks nobody
queue = triggers.app().asset_queue
messages = [each.content for each in queue._client.peek_messages(max_messages=32)]
print(json.dumps({"loaded": [name for name in sys.modules if name.startswith("opentelemetry")], "messages": messages}))
"""


def test_a_tick_and_a_reconciliation_load_nothing_of_it(small_estate: Estate, services: Services) -> None:
    urls = services.purview_url, services.cluedin_url
    environment = {**os.environ, **services.identity, **environment_of(*urls, small_estate.storage, SYNC_TERM=TERM)}
    done = subprocess.run([sys.executable, "-c", WORK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["loaded"] == []
    assert told["messages"]
    assert "traceparent" not in json.dumps(told["messages"])
    assert "traceparent" not in json.dumps(
        [job.model_dump(mode="json", exclude_none=True) for job in small_estate.app.asset_jobs.pending()]
    )

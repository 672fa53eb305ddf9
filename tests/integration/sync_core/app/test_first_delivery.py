"""What a new process loads for its first delivery: the sender waits for all of it."""

import json
import os
import subprocess
import sys

from tests.kit.settings import environment_of

TAKE = """
import json, sys
import function_app
from sync_core.app import deliveries
body = json.dumps({"dataSetId": "925268ec-8908-44e2-8d0c-d83fe50937d0"}).encode()
answer = deliveries.data_set_processed({"Content-Type": "application/json", "Content-Length": str(len(body))}, body)
print(json.dumps({"status": answer.status, "modules": sorted(sys.modules)}))
"""
OF_OTHERS = (
    "apprise.",
    "azure.identity.",
    "jinja2.",
    "pydantic_settings.",
    "opentelemetry.",
    "tenacity.",
    "sync_core.absence.",
    "sync_core.assets.",
    "sync_core.catalog.",
    "sync_core.cluedin.",
    "sync_core.discovery.",
    "sync_core.http.client.",
    "sync_core.jobs.worker.",
    "sync_core.lineage.data_set_store.",
    "sync_core.lineage.graph.",
    "sync_core.lineage.record.",
    "sync_core.notifications.",
    "sync_core.operations.",
    "sync_core.provisioning.",
    "sync_core.purview.",
    "sync_core.upkeep.",
)
MOST_OF_OURS = 65
"""So many modules of the app itself are loaded; with all of its parts it would be some 220."""


NOBODY = "http://127.0.0.1:9"


def test_the_first_delivery_is_taken_without_what_only_others_need(storage: str) -> None:
    environment = {**os.environ, **environment_of(NOBODY, NOBODY, storage)}
    done = subprocess.run([sys.executable, "-c", TAKE], env=environment, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    unneeded = [name for name in loaded["modules"] if f"{name}.".startswith(OF_OTHERS)]
    assert (loaded["status"], unneeded) == (202, [])
    assert len([name for name in loaded["modules"] if name.startswith("sync_core")]) <= MOST_OF_OURS

"""The processor time until a new process has answered its first delivery, beside that of the bare storage SDKs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from tests.bench.rig import Rig

TIMES = 7
BARE = """
import os, uuid
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy
storage = os.environ["AzureWebJobsStorage"]
table = TableServiceClient.from_connection_string(storage).get_table_client("bench")
queues = QueueServiceClient.from_connection_string(storage)
queue = queues.get_queue_client("bench", message_encode_policy=TextBase64EncodePolicy())
rows = [{"PartitionKey": "bench", "RowKey": uuid.uuid4().hex} for _ in range(2)]
table.submit_transaction([("create", row) for row in rows])
queue.send_message("bench")
"""
OURS = """
import json, uuid
from sync_core.app import deliveries
body = json.dumps({"dataSetId": str(uuid.uuid4())}).encode()
headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
assert deliveries.data_set_processed(headers, body).status == 202
"""
TIMED = "import azure.functions, time\nbegan = time.process_time()\n{}\nprint(time.process_time() - began)"


@dataclass(frozen=True)
class ColdStart:
    """Seconds of processor time, the median of some processes."""

    bare_s: float
    ours_s: float


def measure(rig: Rig) -> ColdStart:
    """Start processes in turns; tables and queues are there already, as in Azure."""
    benched = rig.new_app()
    environment = {**os.environ, "WEBHOOK_SECRETS": ""}
    service = benched.app.storage
    for name in ("bench", "syncdatasets", "syncnotes"):
        service.tables.create_table_if_not_exists(name)
    for name in ("bench", "lineage-sync"):
        service.queues.create_queue(name)
    rounds = [(_run(BARE, environment), _run(OURS, environment)) for _ in range(TIMES)]
    return ColdStart(*(median(times) for times in zip(*rounds, strict=True)))


def _run(code: str, environment: Mapping[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code)], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.splitlines()[-1])

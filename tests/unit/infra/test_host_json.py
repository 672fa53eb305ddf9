import json
import re
from typing import Any

from local.host.host_json import load_host_options
from tests.unit.infra.template import REPOSITORY

HOST: dict[str, Any] = json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))
# Source: learn.microsoft.com "host.json reference", the parts that exist on Flex Consumption and that we use.
KNOWN = {
    "version": str,
    "extensionBundle.id": str,
    "extensionBundle.version": str,
    "functionTimeout": str,
    "extensions.queues.batchSize": int,
    "extensions.queues.newBatchThreshold": int,
    "extensions.queues.maxDequeueCount": int,
    "extensions.queues.visibilityTimeout": str,
    "extensions.queues.maxPollingInterval": str,
    "extensions.queues.messageEncoding": str,
    "logging.logLevel.default": str,
    "logging.logLevel.Azure.Core": str,
    "logging.logLevel.Host.Aggregator": str,
    "logging.applicationInsights.samplingSettings.isEnabled": bool,
    "logging.applicationInsights.samplingSettings.excludedTypes": str,
}
LEVELS = {"Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"}
TELEMETRY_TYPES = {"Request", "Exception", "Trace", "Dependency", "Event", "PageView"}


def flatten(node: Any, path: str = "") -> dict[str, Any]:
    """Return every value of a document by its dotted path."""
    if not isinstance(node, dict):
        return {path: node}
    return {
        name: value for key, child in node.items() for name, value in flatten(child, f"{path}.{key}".strip(".")).items()
    }


def test_every_value_is_one_that_the_host_knows() -> None:
    # The host says nothing about a misspelt name: it takes its default.
    found = flatten(HOST)
    assert found.keys() - KNOWN.keys() == set()
    assert {name: type(value) for name, value in found.items()} == {name: KNOWN[name] for name in found}
    assert set(HOST["logging"]["logLevel"].values()) <= LEVELS
    assert (
        set(flatten(HOST)["logging.applicationInsights.samplingSettings.excludedTypes"].split(";")) <= TELEMETRY_TYPES
    )


def test_the_host_does_not_tell_of_each_of_its_storage_requests() -> None:
    # Idle, 314 of 352 items in 275 s: 5.2 GB a month, which sampling does not thin out.
    assert HOST["logging"]["logLevel"]["Azure.Core"] == "Warning"


def test_the_queue_options_are_within_their_limits() -> None:
    options = load_host_options(REPOSITORY, {}).queues
    assert 1 <= options.batch_size <= 32
    assert options.message_encoding == "base64", "the app's own messages are base64, see sync_core/storage/queues.py"
    assert options.visibility_timeout_s > 0, "a failed message would come back at once"


def test_the_bundle_is_the_range_that_has_the_storage_extensions() -> None:
    assert HOST["extensionBundle"]["id"] == "Microsoft.Azure.Functions.ExtensionBundle"
    assert HOST["extensionBundle"]["version"] == "[4.*, 5.0.0)"


def test_a_run_may_not_last_so_long_that_its_worker_is_restarted_unnoticed() -> None:
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)", HOST["functionTimeout"])
    assert found
    hours, minutes, seconds = (int(part) for part in found.groups())
    # A timeout restarts the worker and aborts its other runs (host#10683), so it is a last resort, not -1.
    assert 5 * 60 <= hours * 3600 + minutes * 60 + seconds <= 30 * 60


def test_concurrency_stays_the_one_that_was_calculated() -> None:
    assert "concurrency" not in HOST, "dynamicConcurrencyEnabled would override batchSize"

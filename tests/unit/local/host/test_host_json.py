import json
import logging
from pathlib import Path
from typing import Any

import pytest

from local.host.host_json import HostJsonError, HostOptions, QueueOptions, load_host_options


def load(tmp_path: Path, document: dict[str, Any], **environment: str) -> HostOptions:
    (tmp_path / "host.json").write_text(json.dumps({"version": "2.0", **document}), encoding="utf-8")
    return load_host_options(tmp_path, environment, cores=1)


def load_queues(tmp_path: Path, queues: dict[str, Any], **environment: str) -> QueueOptions:
    return load(tmp_path, {"extensions": {"queues": queues}}, **environment).queues


def test_an_empty_host_json_means_the_hosts_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == HostOptions("api", QueueOptions(16, 8, 5, 0, 60, "base64"))


def test_queue_settings_are_read_whatever_their_case(tmp_path: Path) -> None:
    options = load_queues(tmp_path, {"batchSize": 4, "MaxDequeueCount": 3, "visibilityTimeout": "00:00:30"})
    assert (options.batch_size, options.new_batch_threshold) == (4, 2)
    assert (options.max_dequeue_count, options.visibility_timeout_s) == (3, 30)
    assert options.parallel == 6


def test_app_settings_override_host_json(tmp_path: Path) -> None:
    overrides = {
        "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "1.00:00:00.5",
        "AzureFunctionsJobHost__extensions__http__routePrefix": "v1",
    }
    options = load(tmp_path, {"extensions": {"queues": {"visibilityTimeout": "00:00:30"}}}, **overrides)
    assert options.queues.visibility_timeout_s == 24 * 60 * 60 + 0.5
    assert options.route_prefix == "v1"


@pytest.mark.parametrize(
    ("queues", "name"),
    [
        ({"batchSize": 33}, "batchsize"),
        ({"batchSize": "many"}, "batchsize"),
        ({"maxDequeueCount": 0}, "maxdequeuecount"),
        ({"visibilityTimeout": "30 s"}, "visibilitytimeout"),
        ({"visibilityTimeout": "30s"}, "visibilitytimeout"),
        ({"messageEncoding": "utf-8"}, "messageEncoding"),
        ({"batchSize": 0}, "batchsize"),
        ({"newBatchThreshold": -1}, "newbatchthreshold"),
        ({"maxPollingInterval": "00:00:00"}, "maxPollingInterval"),
    ],
)
def test_a_value_out_of_its_limits_is_named(tmp_path: Path, queues: dict[str, Any], name: str) -> None:
    with pytest.raises(HostJsonError, match=name):
        load_queues(tmp_path, queues)


@pytest.mark.parametrize("version", [2, "1.0", None])
def test_only_version_two_is_accepted(tmp_path: Path, version: object) -> None:
    with pytest.raises(HostJsonError, match="version"):
        load(tmp_path, {"version": version})


def test_the_default_threshold_counts_cores(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    assert load_host_options(tmp_path, {}, cores=4).queues.new_batch_threshold == 8 * 4


@pytest.mark.parametrize(("text", "timeout_s"), [("00:10:00", 600), ("-1", None)])
def test_the_time_limit_of_functions_is_read(tmp_path: Path, text: str, timeout_s: float | None) -> None:
    assert load(tmp_path, {"functionTimeout": text}).function_timeout_s == timeout_s
    assert load(tmp_path, {}).function_timeout_s == 1800


def test_a_missing_host_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match=r"host\.json"):
        load_host_options(tmp_path, {})


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({}, logging.INFO),
        ({"default": "Warning"}, logging.WARNING),
        ({"default": "Information", "Azure": "Error", "Azure.Core": "Warning", "Azure.Core.Else": "None"}, 30),
        ({"Azure.Core": "None"}, logging.CRITICAL + 1),
    ],
)
def test_the_longest_prefix_of_a_category_says_its_level(tmp_path: Path, levels: dict[str, str], expected: int) -> None:
    assert load(tmp_path, {"logging": {"logLevel": levels}}).storage_log_level == expected


def test_a_level_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match="'Loud' is none of trace, debug"):
        load(tmp_path, {"logging": {"logLevel": {"default": "Loud"}}})

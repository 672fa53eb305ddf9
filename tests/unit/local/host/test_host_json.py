import json
from pathlib import Path
from typing import Any

import pytest

from local.host.host_json import HostJsonError, HostOptions, QueueOptions, load_host_options


def load(tmp_path: Path, document: dict[str, Any], **environment: str) -> HostOptions:
    (tmp_path / "host.json").write_text(json.dumps({"version": "2.0", **document}), encoding="utf-8")
    return load_host_options(tmp_path, environment)


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
        ({"messageEncoding": "utf-8"}, "messageEncoding"),
    ],
)
def test_a_value_out_of_its_limits_is_named(tmp_path: Path, queues: dict[str, Any], name: str) -> None:
    with pytest.raises(HostJsonError, match=name):
        load_queues(tmp_path, queues)


def test_only_version_two_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match="version"):
        load(tmp_path, {"version": 2})


def test_a_missing_host_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HostJsonError, match=r"host\.json"):
        load_host_options(tmp_path, {})

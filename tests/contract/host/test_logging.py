"""How much an idle host writes: measured with host 4.1037, it tells of each of its own storage requests."""

import time
from pathlib import Path

import pytest
from azure.storage.queue import QueueServiceClient

from local.service import REPOSITORY
from tests.contract.host.sample_app import WORK, make_queue, run_sample, write_sample

LOUD = '{"version": "2.0", "logging": {"logLevel": {"default": "Information"}}}'
OF_THE_APP = (REPOSITORY / "host.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("host_json", "is_told"), [(LOUD, True), (OF_THE_APP, False)], ids=["default", "of the app"])
def test_storage_requests_are_told_unless_host_json_says_otherwise(
    storage: str, queues: QueueServiceClient, tmp_path: Path, host_json: str, *, is_told: bool
) -> None:
    make_queue(queues)
    folder = write_sample(tmp_path, WORK, host_json)
    polling = {"AzureFunctionsJobHost__extensions__queues__maxPollingInterval": "00:00:00.2", "WORK_QUEUE": "work"}
    with run_sample(folder, storage, settings=polling) as host:
        started = len(host.child.output())
        time.sleep(2)
        said = host.child.output()[started:]
    assert ("Request method: 'GET'" in said) is is_told
    assert is_told or said.count("\n[") <= 1

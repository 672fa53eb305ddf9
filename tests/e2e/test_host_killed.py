"""Host and worker die in the middle of their work, together, apart, or because storage is away, and begin again."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableServiceClient, UpdateMode

from local.azurite import Azurite
from local.child import ChildError
from local.demo.cluedin import fetch_groups
from local.demo.run import DEMO_SETTINGS
from local.host.http.access import DEFAULT_FUNCTION_KEY
from local.host.process import HostProcess, start_host
from local.service import REPOSITORY, Command, Service, run_services
from local.stack import make_environment
from sync_core.jobs.job import MAX_DEATHS
from tests.e2e.steps import DISCOVER, administer, complete_groups, wait_until
from tests.faults.storage_door import open_doors

pytestmark = pytest.mark.faults

TAGGED = 18
SLOW = {"match": {"operation": "inbound.createDataSource"}, "effect": {"delay_s": 0.4}, "times": None}
RETRY_SETTING = "AzureFunctionsJobHost__extensions__queues__visibilityTimeout"
LOCK_S = 2  # Azure's host holds a message for ten minutes after its death


@dataclass
class Platform:
    """Starts the app again when it died."""

    environment: dict[str, str]
    cluedin: Service
    log_dir: Path
    parts: ExitStack
    hosts: list[HostProcess] = field(default_factory=list)

    def start(self, *more: str, app_dir: Path = REPOSITORY) -> HostProcess:
        log = self.log_dir / f"host-{len(self.hosts)}.log"
        arguments = ["--timers", "off", "--lock-seconds", str(LOCK_S), *more]
        host = self.parts.enter_context(start_host(app_dir, self.environment, log, arguments=arguments))
        self.hosts.append(host)
        return host

    def kill_after(self, groups: int) -> None:
        """SIGKILL when CluedIn has that many complete groups and more are on their way."""
        wait_until(lambda: len(complete_groups(self.cluedin.url)) >= groups, f"{groups} groups")
        self.hosts[-1].child.kill()

    def kill_worker_after(self, groups: int) -> None:
        """SIGKILL for the worker alone; the host starts a new one."""
        wait_until(lambda: len(complete_groups(self.cluedin.url)) >= groups, f"{groups} groups")
        (process,) = psutil.Process(self.hosts[-1].child.process.pid).children()
        (worker,) = process.children()
        worker.kill()

    def end_claims_of_the_dead(self) -> None:
        """They end by themselves after a minute; here nobody wants to wait for that."""
        over = "2020-01-01T00:00:00Z"
        with TableServiceClient.from_connection_string(self.environment["AzureWebJobsStorage"]) as tables:
            for jobs in (tables.get_table_client(name) for name in ("syncassets", "syncdatasets")):
                with suppress(ResourceNotFoundError):
                    for row in jobs.query_entities("RowKey ge 'job:' and RowKey lt 'job;' and owner gt ''"):
                        key = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
                        with suppress(ResourceModifiedError, ResourceNotFoundError):  # a living worker was faster
                            jobs.update_entity(
                                {**key, "held_until": over, "due_at": over},
                                mode=UpdateMode.MERGE,
                                etag=row.metadata["etag"],
                                match_condition=MatchConditions.IfNotModified,
                            )
            notes = tables.get_table_client("syncnotes")
            for row in notes.query_entities("PartitionKey eq 'lease'"):
                notes.delete_entity(row["PartitionKey"], row["RowKey"])


@pytest.fixture
def platform(storage: str, tmp_path: Path) -> Iterator[Platform]:
    seeds = {"identity": [], "purview": ["--seed", "estate"], "cluedin": ["--seed", "empty"]}
    commands = [
        Command(name, [f"local.{name}", "--port", "0", *seed], tmp_path / f"{name}.log") for name, seed in seeds.items()
    ]
    with ExitStack() as parts:
        identity, purview, cluedin = parts.enter_context(run_services(*commands))
        environment = make_environment(purview.url, cluedin.url, identity.url, storage, DEMO_SETTINGS)
        yield Platform(environment, cluedin, tmp_path, parts)


def test_a_host_killed_in_the_middle_of_its_work_leaves_exactly_one_group_each(platform: Platform) -> None:
    # CluedIn takes its time with each creation, so that some are always under way, their answers lost with the host.
    administer(platform.cluedin.url, "faults", SLOW)
    assert platform.start().run_function(DISCOVER).succeeded

    platform.kill_after(3)
    platform.end_claims_of_the_dead()
    platform.start()
    platform.kill_after(9)
    platform.end_claims_of_the_dead()
    host = platform.start()
    assert host.run_function(DISCOVER).succeeded
    check_each_once(platform, host)


def check_each_once(platform: Platform, host: HostProcess) -> None:
    """All is synced, and each asset has exactly one group with one source."""

    def count_synced() -> int:
        host.run_function(DISCOVER)  # each tick wakes the jobs whose claim has run out
        answer = requests.get(f"{host.url}/api/status", params={"code": DEFAULT_FUNCTION_KEY}, timeout=30)
        return int(answer.json()["counts"]["synced"]) if answer.ok else 0  # a call in a dying worker is an empty 500

    wait_until(lambda: count_synced() == TAGGED, "18 synced assets", timeout_s=240, poll_s=1)
    groups = fetch_groups(platform.cluedin.url)
    assert len(groups) == TAGGED
    assert all(len(group.sources) == 1 for group in groups)
    assert len({group.sources[0].name for group in groups}) == TAGGED


def test_a_worker_killed_in_the_middle_of_its_work_leaves_exactly_one_group_each(platform: Platform) -> None:
    administer(platform.cluedin.url, "faults", SLOW)
    platform.environment[RETRY_SETTING] = "00:00:01"
    host = platform.start()
    assert host.run_function(DISCOVER).succeeded

    for groups in (3, 8):
        platform.kill_worker_after(groups)
        platform.end_claims_of_the_dead()
    check_each_once(platform, host)
    assert host.child.output().count("Language Worker Process exited.") == 2
    assert "Host is shutting down" not in host.child.output()


def test_a_host_that_ends_because_storage_is_away_loses_nothing(platform: Platform, azurite_server: Azurite) -> None:
    administer(platform.cluedin.url, "faults", SLOW)
    with open_doors() as doors:
        doors.lead_to(azurite_server)
        account = platform.environment["AzureWebJobsStorage"].split("AccountName=")[1].split(";")[0]
        direct = platform.environment["AzureWebJobsStorage"]
        platform.environment["AzureWebJobsStorage"] = doors.connection_string(azurite_server, account)
        host = platform.start("--storage-patience-seconds", "3")
        assert host.run_function(DISCOVER).succeeded
        wait_until(lambda: len(complete_groups(platform.cluedin.url)) >= 3, "3 groups")
        doors.lead_to(None)
        wait_until(lambda: "Host is shutting down" in host.child.output(), "the host ends")
        doors.lead_to(azurite_server)
        platform.environment["AzureWebJobsStorage"] = direct
        wait_until(lambda: is_up_again(host), "it is up again")
        platform.end_claims_of_the_dead()
        assert host.run_function(DISCOVER).succeeded
        check_each_once(platform, host)


DEADLY_APP = """
import os
from pathlib import Path

from function_app import app
from sync_core.lineage.push_data_set import PushDataSet

push = PushDataSet.push

def push_or_die(self, claim):
    if claim.job.key in Path(os.environ["DEADLY"]).read_text():
        os._exit(9)
    push(self, claim)

PushDataSet.push = push_or_die
"""


def make_deadly_app(platform: Platform) -> Path:
    """The app, but for a data set whose push kills the worker; which one is written into a file."""
    folder = platform.log_dir / "app"
    folder.mkdir()
    (folder / "deadly_app.py").write_text(DEADLY_APP, encoding="utf-8")
    (folder / "host.json").write_bytes((REPOSITORY / "host.json").read_bytes())
    (folder / "deadly").touch()
    more = {"PYTHON_SCRIPT_FILE_NAME": "deadly_app.py", "DEADLY": str(folder / "deadly"), "WEBHOOK_SECRETS": ""}
    platform.environment |= {**more, "PYTHONPATH": str(REPOSITORY), RETRY_SETTING: "00:00:01"}
    return folder


def load_data_set(platform: Platform, source: str) -> str:
    """An engineer loads, maps and processes a data set; nobody tells us."""
    loaded = {"source": source, "name": "a.csv", "mapping": {"id": "order.id"}, "entity_type": "/Order"}
    answer = requests.post(
        f"{platform.cluedin.url}/_simulator/data-sets/load",
        json={**loaded, "rows": [{"id": 1}], "webhook": False},
        timeout=30,
    )
    return str(answer.json()["data_set_id"]).lower()


def test_lineage_that_kills_its_worker_comes_to_an_end_and_the_others_go_on(platform: Platform) -> None:
    folder = make_deadly_app(platform)
    host = platform.start(app_dir=folder)
    assert host.run_function(DISCOVER).succeeded
    wait_until(lambda: len(complete_groups(platform.cluedin.url)) == TAGGED, "18 groups", timeout_s=120)
    killer, *others = [
        load_data_set(platform, group.sources[0].name) for group in fetch_groups(platform.cluedin.url)[:3]
    ]
    (folder / "deadly").write_text(killer, encoding="utf-8")
    for data_set in (killer, *others):
        path = "webhooks/cluedin/data-set-processed"
        assert host.call("POST", path, json={"dataSetId": data_set}).status_code == HTTPStatus.ACCEPTED

    def is_given_up() -> bool:
        platform.end_claims_of_the_dead()
        with suppress(requests.RequestException, ChildError):  # the host is being recycled
            host.run_function(DISCOVER, timeout_s=20)
            return bool(fetch("deadLetters"))
        return False

    def fetch(what: str) -> Any:
        answer = requests.get(f"{host.url}/api/status", params={"code": DEFAULT_FUNCTION_KEY}, timeout=30)
        return answer.json()[what] if answer.ok else None

    wait_until(is_given_up, "it is given up", timeout_s=240)
    (dead_letter,) = fetch("deadLetters")
    assert (dead_letter["id"], dead_letter["causeClass"]) == (killer, "died")
    assert host.child.output().count("Language Worker Process exited.") == MAX_DEATHS
    assert host.child.output().count("Exceeded language worker restart retry count") == 1

    def statuses() -> dict[str, str]:
        host.run_function(DISCOVER)
        return {one["dataSetId"]: one["status"] for one in fetch("dataSets")["items"]}

    expected = {killer: "failed", **dict.fromkeys(others, "pushed")}
    wait_until(lambda: statuses() == expected, "the others are pushed", timeout_s=120)


def is_up_again(host: HostProcess) -> bool:
    """Whether the host answers after its last end: for a moment one that ends answers still."""
    output = host.child.output()
    if output.rfind("Host started on") < output.rfind("Host is shutting down"):
        return False
    try:
        return requests.get(f"{host.url}/admin/host/ping", timeout=5).ok
    except requests.ConnectionError:
        return False

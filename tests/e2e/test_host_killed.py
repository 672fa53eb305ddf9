"""The host dies in the middle of its work and is started again, as a platform does."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from azure.data.tables import TableServiceClient

from local.demo.cluedin import fetch_groups
from local.demo.run import DEMO_SETTINGS
from local.host.http.access import DEFAULT_FUNCTION_KEY
from local.host.process import HostProcess, start_host
from local.service import REPOSITORY, Command, Service, run_services
from local.stack import make_environment
from tests.e2e.steps import DISCOVER, administer, complete_groups, wait_until

TAGGED = 18
LOCK_S = 2  # Azure's host holds a message for ten minutes after its death


@dataclass
class Platform:
    """Starts the app again when it died."""

    environment: dict[str, str]
    cluedin: Service
    log_dir: Path
    parts: ExitStack
    hosts: list[HostProcess] = field(default_factory=list)

    def start(self) -> HostProcess:
        log = self.log_dir / f"host-{len(self.hosts)}.log"
        arguments = ["--timers", "off", "--lock-seconds", str(LOCK_S)]
        host = self.parts.enter_context(start_host(REPOSITORY, self.environment, log, arguments=arguments))
        self.hosts.append(host)
        return host

    def kill_after(self, groups: int) -> None:
        """SIGKILL when CluedIn has that many complete groups and more are on their way."""
        wait_until(lambda: len(complete_groups(self.cluedin.url)) >= groups, f"{groups} groups")
        self.hosts[-1].child.kill()

    def end_claims_of_the_dead(self) -> None:
        """They end by themselves after 45 s; here nobody wants to wait for that."""
        with TableServiceClient.from_connection_string(self.environment["AzureWebJobsStorage"]) as tables:
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
    slow = {"match": {"operation": "inbound.createDataSource"}, "effect": {"delay_s": 0.4}, "times": None}
    administer(platform.cluedin.url, "faults", slow)
    assert platform.start().run_function(DISCOVER).succeeded

    platform.kill_after(3)
    platform.end_claims_of_the_dead()
    platform.start()
    platform.kill_after(9)
    platform.end_claims_of_the_dead()
    host = platform.start()
    assert host.run_function(DISCOVER).succeeded

    def counts() -> dict[str, int]:
        answer = requests.get(f"{host.url}/api/status", params={"code": DEFAULT_FUNCTION_KEY}, timeout=30)
        return dict(answer.json()["counts"])

    wait_until(lambda: counts()["synced"] == TAGGED, "18 synced assets")
    groups = fetch_groups(platform.cluedin.url)
    assert len(groups) == TAGGED
    assert all(len(group.sources) == 1 for group in groups)
    assert len({group.sources[0].name for group in groups}) == TAGGED

"""The functions as the host finds them: without any setting, without loading anything heavy, as the contract says."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sync_core.storage import names

ROOT = Path(__file__).parents[2]
STORAGE = "AzureWebJobsStorage"
HEAVY = (
    "pydantic",
    "requests",
    "tenacity",
    "apprise",
    "jinja2",
    "azure.data.tables",
    "azure.storage",
    "azure.identity",
    "sync_core",
)
QUEUES = {
    "create_data_source_group": "asset-sync",
    "push_lineage": "lineage-sync",
}
SCHEDULES = {"discover_assets": "0 * * * * *", "reconcile": "0 */5 * * * *"}
ROUTES = {
    "data_set_processed": ("webhooks/cluedin/data-set-processed", {"GET", "HEAD", "POST"}, "function"),
    "status": ("status", {"GET"}, "function"),
    "actions": ("actions", {"POST"}, "function"),
    "dashboard": ("dashboard", {"GET", "POST"}, "function"),
    "health": ("health", {"GET"}, "anonymous"),
}
LOOK = """
import json, pathlib, sys
import function_app
modules = sorted(sys.modules)
from local.host.worker.indexing import index_app  # what Microsoft's worker would refuse, it refuses
functions = {function.name: function.bindings for function in index_app(pathlib.Path.cwd())}
print(json.dumps({"functions": functions, "modules": modules}))
"""


@cache
def look(web_sign_in: str | None = None) -> dict[str, Any]:
    """Import the app as a new worker does, in an environment without any other variable."""
    env = {} if web_sign_in is None else {"WEB_SIGN_IN": web_sign_in}
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def trigger(name: str) -> dict[str, Any]:
    """The binding that starts a function."""
    first: dict[str, Any] = look()["functions"][name][0]
    return first


def test_the_functions_of_the_contract_are_indexed_without_any_environment_variable_and_no_others() -> None:
    assert set(look()["functions"]) == {*QUEUES, *SCHEDULES, *ROUTES}


@pytest.mark.parametrize("module", HEAVY)
def test_indexing_loads_nothing_heavy(module: str) -> None:
    assert [name for name in look()["modules"] if name == module or name.startswith(f"{module}.")] == []


@pytest.mark.parametrize(("name", "queue"), QUEUES.items())
def test_a_worker_is_started_by_its_queue(name: str, queue: str) -> None:
    binding = trigger(name)
    assert (binding["type"], binding["queueName"], binding["connection"]) == ("queueTrigger", queue, STORAGE)


@pytest.mark.parametrize(("name", "schedule"), SCHEDULES.items())
def test_a_tick_comes_by_the_clock_and_not_at_each_start(name: str, schedule: str) -> None:
    binding = trigger(name)
    assert (binding["type"], binding["schedule"], binding["runOnStartup"]) == ("timerTrigger", schedule, False)


@pytest.mark.parametrize(("name", "route"), ROUTES.items())
def test_a_route_has_its_path_methods_and_key(name: str, route: tuple[str, set[str], str]) -> None:
    binding = trigger(name)
    found = (binding["route"], set(binding["methods"]), binding["authLevel"].lower())
    assert (binding["type"], found) == ("httpTrigger", route)


@pytest.mark.parametrize("value", ["key", "", "Entra", " entra", "entra;key"])
def test_anything_but_entra_means_function_keys(value: str) -> None:
    assert look(value)["functions"] == look()["functions"]


def test_where_people_sign_in_the_host_asks_for_no_key_but_at_the_webhook() -> None:
    levels = {name: look("entra")["functions"][name][0]["authLevel"].lower() for name in ROUTES}
    assert levels == {**dict.fromkeys(ROUTES, "anonymous"), "data_set_processed": "function"}


def test_each_queue_that_we_send_to_has_its_worker() -> None:
    assert set(names.QUEUES) == set(QUEUES.values())


def test_binding_names_are_those_that_old_hosts_take_too() -> None:
    used = {binding["name"] for bindings in look()["functions"].values() for binding in bindings}
    assert used <= {"timer", "msg", "req", "$return"}

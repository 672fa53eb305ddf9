"""What an operator types, on the whole laptop run: with the settings of the environment, and of the running app."""

import getpass
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from local.azurite import DEFAULT_KEY
from local.cluedin.driver import Driver
from local.demo import engineer
from local.demo.cluedin import fetch_groups
from local.service import REPOSITORY
from local.stack import PASSWORD, TERM, WEBHOOK_SECRET, Stack, make_environment
from tests.e2e.steps import administer, change_switches, fetch_status, send, wait_until

TAGGED = 18
REFUSED = {
    "match": {"operation": "inbound.createDataSource$"},
    "effect": {"status": 200, "body": {"errors": [{"message": "400: no such type"}], "data": None}},
    "times": 1,
}


@dataclass(frozen=True)
class Operator:
    """Types commands, in an environment of their own."""

    environment: Mapping[str, str]
    options: tuple[str, ...] = ()

    def type(self, *words: str, status: int = 0) -> str:
        """Type a command; return what is printed."""
        done = self._do(*words, status=status)
        return done.stdout + done.stderr

    def read(self, *words: str, status: int = 0) -> Any:
        """Type a command with `--json`; return its answer. What is logged meanwhile is no part of it."""
        return json.loads(self._do(*words, "--json", status=status).stdout)

    def _do(self, *words: str, status: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sync_core", *words, *self.options]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def environment(stack: Stack) -> dict[str, str]:
    return make_environment(
        stack.purview.url, stack.cluedin.url, stack.identity.url, stack.storage, stack.options.settings
    )


@pytest.fixture(scope="module")
def here(environment: dict[str, str]) -> Operator:
    """With the app's settings in the environment."""
    return Operator(environment)


@pytest.fixture(scope="module")
def elsewhere(stack: Stack) -> Operator:
    """With a host key and no setting of the app."""
    key = {"SYNC_APP_KEY": stack.function_key, "AzureWebJobsStorage": "", "PURVIEW_ENDPOINT": ""}
    return Operator(key, ("--app", stack.app.url))


@pytest.fixture(params=["here", "elsewhere"])
def operator(request: pytest.FixtureRequest, synced: Any) -> Operator:
    del synced
    found: Operator = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def planned(here: Operator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the term would do, saved before it does."""
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    assert f" {TAGGED}" in here.type("plan", "--output", str(file))
    assert len(here.read("plan", "--against", str(file), status=1)["differences"]) == TAGGED
    return file


@pytest.fixture(scope="module")
def synced(stack: Stack, here: Operator, planned: Path) -> Any:
    """The first sync of the 18 assets, by a command in the foreground; one data set, and two messages that are none."""
    assert planned.exists()
    assert fetch_groups(stack.cluedin.url) == []
    done = here.read("run")
    engineer.load(Driver(stack.cluedin.url))
    wait_until(lambda: [each["status"] for each in fetch_status(stack)["dataSets"]["items"]] == ["pushed"], "lineage")
    for body in (b"hello", b"and good bye"):
        send(stack.storage, body)
    wait_until(lambda: len(fetch_status(stack)["deadLetters"]) == 2, "two dead letters")
    return done


def test_one_discovery_and_its_work_run_in_the_foreground(stack: Stack, here: Operator, synced: Any) -> None:
    assert (synced["run"]["outcome"], synced["run"]["counts"]["new"]) == ("succeeded", TAGGED)
    assert synced["work"]["deadLetters"] == 0
    # The app's own worker hears of the same jobs: one that it is at is left to it.
    wait_until(lambda: fetch_status(stack)["counts"]["queued"] == 0, "all work was done")
    assert len(fetch_groups(stack.cluedin.url)) == TAGGED
    told = here.type("run")
    assert "succeeded" in told
    assert "Work: 0 of 0 done" in told


def test_the_doctor_tells_what_is_right_and_what_is_not_proven(operator: Operator) -> None:
    found = operator.read("doctor")
    assert found["isWell"]
    assert {one["verdict"] for one in found["findings"]} <= {"PASS", "OPEN"}


def test_the_status_is_that_of_the_app(operator: Operator) -> None:
    value = operator.read("status", "--search", "crm/dbo/Customers", "--state", "synced")
    assert [one["name"] for one in value["assets"]["items"]] == ["Customers"]
    assert value["counts"]["synced"] == TAGGED


def test_dead_letters_are_listed_with_cause_and_id(operator: Operator) -> None:
    value = operator.read("dead-letters")
    assert [one["causeClass"] for one in value["deadLetters"]] == ["unreadable", "unreadable"]


def test_why_an_asset_is_not_there_is_told_with_what_to_do(operator: Operator) -> None:
    there = operator.read("explain", "Orders")
    assert [one["isWell"] for one in there["assets"]] == [True]
    missing = operator.type("explain", "Products", status=1)
    assert missing.startswith("inTheWay")


def test_a_plan_tells_what_then_happens(operator: Operator, planned: Path) -> None:
    told = operator.read("plan", "--against", str(planned))
    assert told == {"planned": TAGGED, "differences": []}
    value = operator.read("plan")
    assert (value["counts"]["keep"], value["assets"]) == (TAGGED, [])


def test_answers_are_told_in_words(here: Operator, elsewhere: Operator, synced: Any) -> None:
    del synced
    assert "PASS Storage: the app can read all its tables" in here.type("doctor")
    told = elsewhere.type("status", "--limit", "3")
    assert f"{TAGGED} synced" in told
    assert "There are more" in told
    assert "The message is no AssetMessage" in here.type("dead-letters")


def test_nobody_can_be_asked_without_a_key_or_settings(stack: Stack, here: Operator) -> None:
    keyless = {"SYNC_APP_KEY": ""}
    asking = Operator(keyless, ("--app", stack.app.url))
    assert "Set SYNC_APP_KEY to a host key" in asking.type("status", status=3)
    wrong = Operator({"SYNC_APP_KEY": "wrong"}, ("--app", stack.app.url))
    assert "it does not let you in" in wrong.type("status", status=3)
    away = Operator({"SYNC_APP_KEY": "k"}, ("--app", "http://127.0.0.1:9"))
    assert "did not answer" in away.type("status", status=3)
    other = Operator({"SYNC_APP_KEY": "k"}, ("--app", stack.cluedin.url))
    assert "The answer cannot be read" in other.type("status", status=3)
    unset = Operator({**here.environment, "CLUEDIN_URL": ""})
    assert "CLUEDIN_URL: is not set" in unset.type("status", status=3)


def test_a_plan_that_cannot_be_made_is_not_saved(here: Operator, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    wrong = Operator({**here.environment, "CLUEDIN_PASSWORD": "wrong"})
    assert "Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD" in wrong.type("plan", "-o", str(file), status=3)
    assert "names the glossary term 'Nope'" in here.type("plan", "Nope", "-o", str(file), status=1)
    assert not file.exists()


def test_what_fails_is_told_as_json_by_whom_it_is_asked_for(
    stack: Stack, operator: Operator, request: pytest.FixtureRequest
) -> None:
    for words, status, cause_class in (
        (("plan", "No such term"), 1, "not_found"),
        (("plan", "Tag@"), 2, "usage"),
        (("resync", "nothing"), 1, "not_found"),
        (("close", "--id", "nothing"), 1, "not_found"),
        (("approve", "everything", "7", "--by", "Ada"), 2, "usage"),
        (("replay", "--id", "no/thing"), 2, "usage"),
    ):
        error = operator.read(*words, status=status)["error"]
        assert (error["causeClass"], error["exitStatus"]) == (cause_class, status)
    if request.node.callspec.params["operator"] == "elsewhere":
        away = {"match": {"operation": ".*"}, "effect": {"status": 503}, "times": None}
        administer(stack.purview.url, "faults", away)
        try:
            for words in (("plan", "Customer@Glossary"), ("explain", "suppliers.csv")):
                assert operator.read(*words, status=3)["error"]["causeClass"] == "transient"
        finally:
            requests.delete(f"{stack.purview.url}/_simulator/faults", timeout=30).raise_for_status()


def test_an_odd_name_is_asked_for_as_it_is(stack: Stack, operator: Operator, request: pytest.FixtureRequest) -> None:
    name = f"Größe & Maß; 'neu' @ \"{request.node.callspec.params['operator']}\".csv"
    body = {"name": name, "typeName": "azure_datalake_gen2_path", "qualifiedName": f"https://lake.example/{name}"}
    administer(stack.purview.url, "assets", body)
    found = operator.read("explain", name, status=1)
    assert [one["name"] for one in found["assets"]] == [name]
    assert found["first"]["cause"] == "notTagged"


def test_what_cannot_be_replayed_is_named(operator: Operator) -> None:
    found = operator.read("replay", "--cause", "unreadable", status=1)
    assert (found["done"], len(found["refused"])) == (0, 2)
    assert "There is no dead letter nothing" in operator.type("replay", "--id", "nothing", status=1)


def test_an_approval_is_kept_with_its_number_and_name(
    stack: Stack, operator: Operator, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["operator"]
    assert "Up to 7 assets may be retired within 2 hours" in operator.type(
        *("approve", "retirement", "7", "--by", name, "--hours", "2")
    )
    approval = fetch_status(stack)["approval"]
    assert (approval["assets"], approval["by"], approval["used"]) == (7, name, 0)
    assert "kind" in operator.type("approve", "everything", "7", "--by", name, status=2)


def test_an_asset_and_a_data_set_are_looked_at_again(stack: Stack, operator: Operator) -> None:
    assert operator.read("resync", "Orders")["done"] == 1
    (data_set,) = fetch_status(stack)["dataSets"]["items"]
    assert "1 asked for again" in operator.type("resync", data_set["dataSetId"])
    wait_until(lambda: fetch_status(stack)["counts"]["queued"] == 0, "the asset was looked at")
    assert "has no asset 'nothing'" in operator.type("resync", "nothing", status=1)


def test_a_dead_letter_is_closed(stack: Stack, operator: Operator) -> None:
    first, *others = (one["id"] for one in fetch_status(stack)["deadLetters"])
    assert "is closed" in operator.type("close", "--id", first)
    assert [one["id"] for one in fetch_status(stack)["deadLetters"]] == others
    assert operator.read("close", "--id", first, status=1)["done"] == 0
    who = {action["by"] for action in fetch_status(stack)["actions"]}
    assert getpass.getuser() in who


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, elsewhere: Operator, synced: Any) -> Path:
    """A bundle of everything, as the running app gives it."""
    del synced
    file = tmp_path_factory.mktemp("bundle") / "case.json"
    told = elsewhere.type("bundle", "--output", str(file))
    assert f"python -m local open {file}" in told.replace("\n", " ")
    return file


def test_a_bundle_holds_what_a_report_needs_and_no_secret(stack: Stack, written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    value = json.loads(text)
    records = [row for row in value["rows"]["syncassets"] if row["key"].startswith("record:")]
    assert len(records) == TAGGED
    assert value["settings"]["SYNC_TERM"] == TERM
    assert {one["verdict"] for one in value["findings"]["findings"]} <= {"PASS", "OPEN"}
    assert any(one["service"] == "cluedin" for one in value["exchanges"])
    secrets = (PASSWORD, WEBHOOK_SECRET, stack.storage, stack.function_key, DEFAULT_KEY)
    assert [secret for secret in secrets if secret in text] == []


def test_a_bundle_of_one_asset_holds_its_rows_only(operator: Operator) -> None:
    value = operator.read("bundle", "Orders")
    records = [row["columns"]["name"] for row in value["rows"]["syncassets"] if row["key"].startswith("record:")]
    assert records == ["Orders"]
    kinds = {row["key"].partition(":")[0] for row in value["rows"]["syncassets"]}
    assert kinds >= {"record", "own", "made", "name", "guid"}


def test_a_bundle_of_an_asset_that_is_not_synced_tells_why(operator: Operator) -> None:
    value = operator.read("bundle", "suppliers.csv")
    assert value["about"] == "suppliers.csv"
    assert [row for row in value["rows"]["syncassets"] if row["key"].startswith("record:")] == []
    assert value["evidence"]["first"]["cause"] == "notTagged"


def test_a_bundle_is_opened_on_a_laptop_as_it_was(stack: Stack, written: Path) -> None:
    command = [sys.executable, "-m", "local", "open", str(written)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as opened:
        try:
            lines = [opened.stdout.readline() for _ in range(3)] if opened.stdout else []
            address = lines[2].removeprefix("Status: ").strip()
            then = requests.get(address, timeout=30).json()
        finally:
            opened.send_signal(signal.SIGINT)
            opened.communicate(timeout=60)
    now = fetch_status(stack)
    assert "about all" in lines[0]
    told_when = {"generatedAt", "countedAt"}
    assert {name: value for name, value in then.items() if name not in told_when} == {
        name: value for name, value in now.items() if name not in told_when
    }


@pytest.fixture
def given_up(stack: Stack, here: Operator, operator: Operator, request: pytest.FixtureRequest) -> str:
    """One more asset, which CluedIn refused: the id of its dead letter."""
    del operator  # only after the first sync
    name = f"late-{request.node.callspec.params['operator']}"
    before = {one["id"] for one in fetch_status(stack)["deadLetters"]}
    administer(stack.purview.url, "generate", {"count": 1, "term": TERM, "prefix": name})
    administer(stack.cluedin.url, "faults", REFUSED)
    # As quick as a test nobody replays: until CluedIn shows a group that it has made, the next try waits five minutes.
    change_switches(stack.cluedin.url, {"read_after_create_lag_s": 0})
    assert here.read("run", status=1)["work"]["deadLetters"] == 1
    (letter,) = {str(one["id"]) for one in fetch_status(stack)["deadLetters"]} - before
    return letter


def test_a_dead_letter_is_replayed_and_its_asset_is_synced(stack: Stack, operator: Operator, given_up: str) -> None:
    synced = fetch_status(stack)["counts"]["synced"]
    assert "1 of 1 dead letters are on their queue again" in operator.type("replay", "--id", given_up)
    wait_until(lambda: fetch_status(stack)["counts"]["synced"] == synced + 1, "the replayed one is synced, too")
    assert given_up not in {one["id"] for one in fetch_status(stack)["deadLetters"]}
    last = fetch_status(stack)["actions"][0]
    assert (last["action"], last["target"], last["done"]) == ("replay", f"id {given_up}", 1)

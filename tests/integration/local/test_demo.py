"""The demonstration tells the truth: it fails when the app does, and the documentation shows what it does."""

import io
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from json import loads
from pathlib import Path

import pytest
import requests
from rich.console import Console

from local.azurite import Azurite
from local.demo.engineer import SOURCE, SOURCE_TYPE, loading_command
from local.demo.lineage import Lineage, reading_command
from local.demo.picture import draw_picture
from local.demo.purview import Purview
from local.demo.report import Report
from local.demo.run import DEMO_SETTINGS, run_demo
from local.demo.stage import Stage
from local.demo.sync_assets import show_first_sync
from local.demo.sync_lineage import read_lineage, show_lineage
from local.service import REPOSITORY
from local.stack import WEBHOOK_SECRET, StackOptions, run_stack

DOCUMENT = REPOSITORY / "docs" / "lineage.md"
SECRET = "whsec_c2VjcmV0IG9mIHRoZSBleGFtcGxlcw=="
PICTURE = REPOSITORY / "docs" / "images" / "lineage.svg"


def make_report() -> tuple[Report, io.StringIO]:
    output = io.StringIO()
    return Report(Console(file=output, width=170)), output


def refuse_lineage(stage: Stage) -> None:
    fault = {
        "match": {"operation": "Entity_BulkCreateOrUpdate"},
        "effect": {"status": 400, "body": {"errorCode": "ATLAS-400-00-029", "errorMessage": "no"}},
        "times": None,
    }
    requests.post(f"{stage.stack.purview.url}/_simulator/faults", json=fault, timeout=10).raise_for_status()


def test_the_demonstration_fails_soon_if_purview_refuses_the_lineage(tmp_path: Path, storage: str) -> None:
    report, output = make_report()
    options = StackOptions(log_dir=tmp_path, timers=False, host="own", storage=storage, settings=DEMO_SETTINGS)
    assert not run_demo(options, report, (show_first_sync, refuse_lineage, show_lineage))
    assert "PASS its connection test is answered 200, the signed event 202" in output.getvalue()
    assert "FAIL it is one chain" in output.getvalue()


@pytest.fixture(scope="module")
def stage(
    azurite_server: Azurite, _unused_accounts: Iterator[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The laptop run after its first tick, and after the commands that it prints were copied."""
    storage = azurite_server.connection_string(next(_unused_accounts))
    logs, settings = tmp_path_factory.mktemp("logs"), {"WEBHOOK_SECRETS": f"{WEBHOOK_SECRET};{SECRET}"}
    options = StackOptions(log_dir=logs, timers=False, host="own", storage=storage, settings=settings)
    with ExitStack() as parts:
        stack = parts.enter_context(run_stack(options))
        purview = parts.enter_context(closing(Purview(stack.purview.url, stack.identity.url)))
        stage = Stage(stack, purview, make_report()[0])
        show_first_sync(stage)
        run_command(loading_command(stack.cluedin.url))
        wait_for_lineage(stage)
        yield stage


def wait_for_lineage(stage: Stage) -> None:
    requests.post(f"{stage.stack.cluedin.url}/_simulator/deliveries/wait", json={}, timeout=30).raise_for_status()
    stage.wait_for_lineage()


def run_command(command: str, **environment: str) -> str:
    environment = {"PATH": os.environ["PATH"], **environment}
    shell = ["/bin/sh", "-ec", command]
    return subprocess.run(shell, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout


def test_the_commands_that_make_run_prints_bring_and_show_the_lineage(stage: Stage) -> None:
    graph = loads(run_command(reading_command(stage.stack.purview.url, SOURCE_TYPE, SOURCE)))
    assert sorted(entity["typeName"] for entity in graph["guidEntityMap"].values()) == [
        "azure_sql_table",
        "cluedin_clues",
        "cluedin_data_set",
        "cluedin_golden_records",
        "cluedin_ingest_process",
        "cluedin_map_process",
        "cluedin_processing_pipeline",
    ]


def test_the_picture_in_the_documentation_is_what_a_run_draws(stage: Stage) -> None:
    lineage: Lineage = read_lineage(stage)
    assert PICTURE.read_text(encoding="utf-8") == draw_picture(lineage)


EXAMPLES = re.findall(r"```sh\n(.*?curl.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("scheme", ["X-CluedIn-Signature", "webhook-signature"])
def test_the_documented_webhook_examples_are_accepted(scheme: str, stage: Stage) -> None:
    (example,) = [text for text in EXAMPLES if scheme in text]
    settings = {
        "APP_URL": stage.stack.app.url,
        "FUNCTION_KEY": stage.stack.function_key,
        "WEBHOOK_SECRET": SECRET,
        "DATA_SET_ID": "0b5c6ff1-53f6-4a5b-8b1c-1f2f3f4f5f6f",
    }
    answer = loads(run_command(example, **settings))
    assert answer["status"] == "accepted"

"""Checks a deployed app: does Azure list all its functions, and does its health check answer 200?

    python3 infra/scripts/smoke_test.py --resource-group GROUP --app NAME --health-url https://NAME.../api/health

A deployment can be green and still leave an app without functions, which only a listing shows.
Source: github.com/Azure/azure-functions-host/issues/11873, github.com/Azure/functions-action/issues/279.
"""

import argparse
import ast
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

APP = Path(__file__).parents[2] / "function_app.py"
SYNC_TRIGGERS = (
    "https://management.azure.com/subscriptions/{{subscriptionId}}/resourceGroups/{group}"
    "/providers/Microsoft.Web/sites/{app}/syncfunctiontriggers?api-version=2024-11-01"
)
TRIES = 20
PAUSE_S = 15.0
REMEDIES = {
    "settings": "a setting is missing or wrong, or a secret is not in the vault; GET status with a key names it",
    "storage": "the identity lacks a role on storage, or the network is closed",
    "discovery": "the last discovery failed, or none ran for 5 minutes; GET status says why",
}

Run = Callable[[list[str]], str]
Get = Callable[[str], tuple[int, str]]


class SmokeError(Exception):
    """The deployment is not well; the text says what was found and what to do."""


@dataclass(frozen=True)
class SmokeTest:
    """One check of one app. `run` runs the Azure CLI, `get` fetches a URL without following it anywhere."""

    group: str
    app: str
    health_url: str
    run: Run
    get: Get
    sleep: Callable[[float], None]

    def check(self) -> None:
        """Wait until all is well.

        Raises:
            SmokeError: it did not become so in time.
        """
        self._until_well(self._missing_functions)
        self._until_well(self._health_problem)

    def _until_well(self, find_problem: Callable[[], str]) -> None:
        for tries_left in reversed(range(TRIES)):
            problem = find_problem()
            if not problem:
                return
            if tries_left:
                self.sleep(PAUSE_S)
        raise SmokeError(problem)

    def _missing_functions(self) -> str:
        listing = ["functionapp", "function", "list", "-g", self.group, "-n", self.app, "--query", "[].name"]
        # Azure calls a function app/function.
        listed = {str(name).rpartition("/")[2] for name in json.loads(self.run([*listing, "-o", "json"]) or "[]")}
        missing = expected_functions(APP.read_text(encoding="utf-8")) - listed
        if not missing:
            return ""
        self._sync_triggers()
        return f"{self.app} lists no {', '.join(sorted(missing))}. See docs/troubleshooting.md, missing functions."

    def _sync_triggers(self) -> None:
        # Refused while the app starts; the next listing tells whether it helped.
        with contextlib.suppress(SmokeError):
            self.run(["rest", "--method", "post", "--url", SYNC_TRIGGERS.format(group=self.group, app=self.app)])

    def _health_problem(self) -> str:
        status, body = self.get(self.health_url)
        if status == HTTPStatus.OK:
            return ""
        return f"{self.health_url} answers {status}. {_explain(body)}"


def expected_functions(source: str) -> set[str]:
    """Return the names of the functions that `function_app.py` gives to the host."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and _has_trigger(node)}


def _has_trigger(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id == "app"
        for decorator in node.decorator_list
    )


def _explain(body: str) -> str:
    try:
        failing = json.loads(body)["failing"]
    except (ValueError, KeyError, TypeError):
        return "The answer is not the app's: it has not started, or another app answers."
    return "Failing: " + "; ".join(f"{name} ({REMEDIES.get(name, 'see GET status')})" for name in failing)


def run_azure_cli(arguments: list[str]) -> str:
    """Run `az` and return what it prints.

    Raises:
        SmokeError: `az` is not installed or not signed in, or refuses.
    """
    program = shutil.which("az")
    if program is None:
        raise SmokeError("The Azure CLI (az) is not installed, so the functions cannot be listed.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        raise SmokeError(f"az {' '.join(arguments[:3])} failed: {done.stderr.strip()}")
    return done.stdout


def fetch(url: str, key: str = "") -> tuple[int, str]:
    """GET a URL, with a function key if one is given, and return status and body; 0 if nothing answers.

    Raises:
        SmokeError: the URL is not https.
    """
    if not url.startswith("https://"):
        raise SmokeError(f"{url!r} is no https address.")
    request = urllib.request.Request(url, headers={"x-functions-key": key} if key else {})  # noqa: S310  # see above
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # https only, see above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def main(arguments: list[str]) -> int:
    """Run the check; without arguments the names come from the environment, where azd puts the template's outputs."""
    parser = argparse.ArgumentParser(description="Check a deployed app: its functions and its health.")
    parser.add_argument("--resource-group", default=os.environ.get("AZURE_RESOURCE_GROUP", ""))
    parser.add_argument("--app", default=os.environ.get("FUNCTION_APP_NAME", ""))
    parser.add_argument("--health-url", default=os.environ.get("HEALTH_URL", ""))
    given = parser.parse_args(arguments)
    if not (given.resource_group and given.app and given.health_url):
        parser.error("--resource-group, --app and --health-url are needed")
    test = SmokeTest(given.resource_group, given.app, given.health_url, run_azure_cli, fetch, time.sleep)
    try:
        test.check()
    except SmokeError as error:
        sys.stderr.write(f"NOT WELL: {error}\n")
        return 1
    sys.stdout.write(f"{given.app} lists all its functions and is healthy.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

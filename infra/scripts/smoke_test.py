"""Checks a deployed app: does Azure list all its functions, and does its health check answer 200?

    python3 infra/scripts/smoke_test.py --resource-group GROUP --app NAME --health-url https://NAME.../api/health

It waits up to five minutes for each. Secrets that were put into the vault lately are read anew.

A deployment can be green and still leave an app without functions, which only a listing shows.
Source: github.com/Azure/azure-functions-host/issues/11873, github.com/Azure/functions-action/issues/279.
"""

import argparse
import ast
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.scripts.azure import (  # the path comes first
    REFRESH_SECRETS,
    SYNC_TRIGGERS,
    NotWellError,
    Run,
    Site,
    fetch,
    read_subscription,
    run_azure_cli,
)

APP = Path(__file__).parents[2] / "function_app.py"
TRIES = 20
PAUSE_S = 15.0
REMEDIES = {
    "settings": "a setting is missing or wrong, or a secret is not in the vault; GET status with a key names it",
    "storage": "the identity lacks a role on storage, or the network is closed",
    "discovery": "the last discovery failed, or none ran for 5 minutes; GET status says why",
}

Get = Callable[[str], tuple[int, str]]


@dataclass(frozen=True)
class SmokeTest:
    """One check of one app. `get` fetches a URL without following it anywhere, `tell` says what is waited for."""

    site: Site
    health_url: str
    run: Run
    get: Get
    sleep: Callable[[float], None]
    tell: Callable[[str], None]

    def check(self) -> None:
        """Wait until all is well.

        Raises:
            NotWellError: it did not become so in time.
        """
        self._until_well(self._missing_functions, self._sync_triggers)
        self._until_well(self._health_problem, self._read_secrets_anew)

    def _until_well(self, find_problem: Callable[[], str], remedy: Callable[[str, int], None]) -> None:
        told = ""
        for tries in range(1, TRIES + 1):
            problem = find_problem()
            if not problem:
                return
            if problem != told:
                self.tell(f"Waiting, up to 5 minutes: {problem}")
                told = problem
            if tries < TRIES:
                # A remedy is refused while the app starts; the next look tells whether it helped.
                with contextlib.suppress(NotWellError):
                    remedy(problem, tries)
                self.sleep(PAUSE_S)
        raise NotWellError(problem)

    def _missing_functions(self) -> str:
        listing = self.site.command("function", "list")
        # Azure calls a function app/function.
        listed = {
            str(name).rpartition("/")[2]
            for name in json.loads(self.run([*listing, "--query", "[].name", "-o", "json"]) or "[]")
        }
        missing = expected_functions(APP.read_text(encoding="utf-8")) - listed
        if not missing:
            return ""
        return (
            f"{self.site.name} lists no {', '.join(sorted(missing))}. See docs/troubleshooting.md, missing functions."
        )

    def _sync_triggers(self, _problem: str, _tries: int) -> None:
        self.run(self.site.ask_for(SYNC_TRIGGERS))

    def _health_problem(self) -> str:
        status, body = self.get(self.health_url)
        if status == HTTPStatus.OK:
            return ""
        return f"{self.health_url} answers {status}. {_explain(body)}"

    def _read_secrets_anew(self, problem: str, tries: int) -> None:
        """Refresh and restart at the first look only: an app that is restarted again and again never starts."""
        if tries == 1 and REMEDIES["settings"] in problem:
            self.run(self.site.ask_for(REFRESH_SECRETS))
            self.run(self.site.command("restart"))


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


def main(arguments: list[str]) -> int:
    """Run the check; without arguments the names come from the environment, where azd puts the template's outputs."""
    parser = argparse.ArgumentParser(description="Check a deployed app: its functions and its health.")
    parser.add_argument("--resource-group", default=os.environ.get("AZURE_RESOURCE_GROUP", ""))
    parser.add_argument("--app", default=os.environ.get("FUNCTION_APP_NAME", ""))
    parser.add_argument("--health-url", default=os.environ.get("HEALTH_URL", ""))
    given = parser.parse_args(arguments)
    if not (given.resource_group and given.app and given.health_url):
        parser.error("--resource-group, --app and --health-url are needed")
    site = Site(given.resource_group, given.app, read_subscription())
    test = SmokeTest(site, given.health_url, run_azure_cli, fetch, time.sleep, lambda text: print(text, flush=True))
    try:
        test.check()
    except NotWellError as error:
        sys.stderr.write(f"NOT WELL: {error}\n")
        return 1
    sys.stdout.write(f"{given.app} lists all its functions and is healthy.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

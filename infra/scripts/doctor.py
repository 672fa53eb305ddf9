"""Asks a deployed app to examine itself: can it, with its own identity, do its work? Prints what it found.

python3 infra/scripts/doctor.py --resource-group GROUP --app NAME --health-url https://NAME.../api/health

Where people sign in (WEB_SIGN_IN=entra), --client-id names the app registration: then whoever is signed in to the Azure
CLI asks. It needs nothing but Python and the Azure CLI, since azd runs it on any machine.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.scripts.azure import NotWellError, Run, Site, fetch, read_subscription, run_azure_cli  # the path comes first

Get = Callable[[str, Mapping[str, str]], tuple[int, str]]
NOT_LET_IN = frozenset({HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
SIGN_IN = "People sign in to it: name the app registration by --client-id, and be of an allowed group (docs/deploy.md)"


def format_findings(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield two lines a finding: what was checked, and what was seen or is to be done."""
    for finding in body["findings"]:
        yield f"{finding['verdict']} {finding['check']}"
        yield f"     {finding['detail']}"


def sign(site: Site, client_id: str, run: Run) -> Mapping[str, str]:
    """Return the header that lets the caller in: a token for the app registration if there is one, else the app's key.

    Raises:
        NotWellError: the Azure CLI gives none.
    """
    if client_id:
        scope = f"api://{client_id}/.default"
        token = run(["account", "get-access-token", "--scope", scope, "--query", "accessToken", "-o", "tsv"])
        return {"Authorization": f"Bearer {token.strip()}"}
    key = run([*site.command("keys", "list"), "--query", "functionKeys.default", "-o", "tsv"])
    return {"x-functions-key": key.strip()}


def examine(site: Site, health_url: str, client_id: str, *, run: Run, get: Get) -> Mapping[str, Any]:
    """Return the app's own findings; `run` runs the Azure CLI, `get` fetches a URL with headers.

    Raises:
        NotWellError: it does not answer, or there is nothing to open it with.
    """
    status, body = get(health_url.removesuffix("health") + "status?examine=true", sign(site, client_id, run))
    try:
        found: Mapping[str, Any] = json.loads(body)
    except ValueError:
        found = {}
    if "findings" not in found:
        otherwise = SIGN_IN if status in NOT_LET_IN else "not the app, or it has not started"
        raise NotWellError(f"{site.name} answers {status}: {found.get('detail', otherwise)}")
    return found


def chosen_client_id(environment: Mapping[str, str]) -> str:
    """Return the app registration where people sign in, as azd knows it."""
    is_on = environment.get("WEB_SIGN_IN") == "entra"
    return environment.get("WEB_SIGN_IN_CLIENT_ID", "").strip() if is_on else ""


def main(arguments: list[str]) -> int:
    """Print the findings; without arguments the names come from the environment, where azd puts the outputs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--resource-group", default=os.environ.get("AZURE_RESOURCE_GROUP", ""))
    parser.add_argument("--app", default=os.environ.get("FUNCTION_APP_NAME", ""))
    parser.add_argument("--health-url", default=os.environ.get("HEALTH_URL", ""))
    parser.add_argument("--client-id", default=chosen_client_id(os.environ))
    given = parser.parse_args(arguments)
    if not (given.resource_group and given.app and given.health_url):
        parser.error("--resource-group, --app and --health-url are needed")
    try:
        site = Site(given.resource_group, given.app, read_subscription())
        found = examine(site, given.health_url, given.client_id, run=run_azure_cli, get=fetch)
    except NotWellError as error:
        print(f"NOT WELL: {error}", file=sys.stderr)
        return 1
    print("\n".join(format_findings(found)))
    return 0 if found["isWell"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

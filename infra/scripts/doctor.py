"""Asks a deployed app to examine itself: can it, with its own identity, do its work? Prints what it found.

python3 infra/scripts/doctor.py --resource-group GROUP --app NAME --health-url https://NAME.../api/health
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.scripts.azure import NotWellError, Run, Site, fetch, read_subscription, run_azure_cli  # the path comes first

Get = Callable[[str, str], tuple[int, str]]


def format_findings(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield two lines a finding: what was checked, and what was seen or is to be done."""
    for finding in body["findings"]:
        yield f"{finding['verdict']} {finding['check']}"
        yield f"     {finding['detail']}"


def examine(site: Site, health_url: str, *, run: Run, get: Get) -> Mapping[str, Any]:
    """Return the app's own findings; `run` runs the Azure CLI, `get` fetches a URL with a function key.

    Raises:
        NotWellError: it does not answer, or its key cannot be read.
    """
    key = run([*site.command("keys", "list"), "--query", "functionKeys.default", "-o", "tsv"]).strip()
    status, body = get(health_url.removesuffix("health") + "status?examine=true", key)
    try:
        found: Mapping[str, Any] = json.loads(body)
    except ValueError:
        found = {}
    if "findings" not in found:
        raise NotWellError(f"{site.name} answers {status}: {found.get('detail', 'not the app, or it has not started')}")
    return found


def main(arguments: list[str]) -> int:
    """Print the findings; without arguments the names come from the environment, where azd puts the outputs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--resource-group", default=os.environ.get("AZURE_RESOURCE_GROUP", ""))
    parser.add_argument("--app", default=os.environ.get("FUNCTION_APP_NAME", ""))
    parser.add_argument("--health-url", default=os.environ.get("HEALTH_URL", ""))
    given = parser.parse_args(arguments)
    if not (given.resource_group and given.app and given.health_url):
        parser.error("--resource-group, --app and --health-url are needed")
    try:
        site = Site(given.resource_group, given.app, read_subscription())
        found = examine(site, given.health_url, run=run_azure_cli, get=fetch)
    except NotWellError as error:
        print(f"NOT WELL: {error}", file=sys.stderr)
        return 1
    print("\n".join(format_findings(found)))
    return 0 if found["isWell"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the template makes, as the committed snapshots tell; no compiler is needed to read them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from infra.checks.snapshots import INFRA, SNAPSHOTS, read_kinds

REPOSITORY = INFRA.parent
# What is shipped besides sync_core/.
TOP = {"function_app.py", "host.json", "requirements.txt"}
KINDS = tuple(read_kinds())
STORAGE = "Microsoft.Storage/storageAccounts"

Resource = dict[str, Any]


@cache
def snapshot(kind: str) -> dict[str, Any]:
    """Return what the compiler predicts for a kind of installation."""
    found: dict[str, Any] = json.loads((SNAPSHOTS / f"{kind}.snapshot.json").read_text(encoding="utf-8"))
    return found


def resources(resource_type: str, kind: str = "default") -> list[Resource]:
    """Return the resources of a type."""
    return [each for each in snapshot(kind)["predictedResources"] if each["type"] == resource_type]


def resource(resource_type: str, kind: str = "default") -> Resource:
    """Return the only resource of a type."""
    [found] = resources(resource_type, kind)
    return found


def settings(resource_type: str, kind: str = "default") -> Resource:
    """Return the properties of the only resource of a type."""
    found: Resource = resource(resource_type, kind)["properties"]
    return found


def app_settings(kind: str) -> dict[str, str]:
    """Return the app's settings; what only Azure knows is an expression in brackets."""
    return {each["name"]: each["value"] for each in settings("Microsoft.Web/sites", kind)["siteConfig"]["appSettings"]}


def setting_names() -> set[str]:
    """Return every setting that some kind of installation has."""
    return {name for kind in KINDS for name in app_settings(kind)}


def queue_names() -> list[str]:
    """Return the queues that are made."""
    return [each["name"].split("/")[-1] for each in resources(f"{STORAGE}/queueServices/queues")]


def table_names() -> list[str]:
    """Return the tables that are made."""
    return [each["name"].split("/")[-1] for each in resources(f"{STORAGE}/tableServices/tables")]


def parameters() -> dict[str, Any]:
    """Return the parameters of the template: type, default, what is allowed, description."""
    found: dict[str, Any] = _interface()["parameters"]
    return found


def outputs() -> dict[str, Any]:
    """Return the outputs of the template."""
    found: dict[str, Any] = _interface()["outputs"]
    return found


def secure_parameters() -> set[str]:
    """Return the parameters that are secrets."""
    return {name for name, each in parameters().items() if each["type"] == "securestring"}


@cache
def variables() -> dict[str, tuple[str, str | None]]:
    """Return the variable that each parameter is read from, with the default that it has there."""
    source = (INFRA / "main.bicepparam").read_text(encoding="utf-8")
    call = r"readEnvironmentVariable\(\s*'(\w+)'(,\s*'([^']*)')?\s*\)"
    found = re.findall(rf"^param (\w+) = (?:\w+\()*{call}", source, re.MULTILINE)
    return {parameter: (name, default if given else None) for parameter, name, given, default in found}


def required_variables() -> set[str]:
    """Return the variables that have no default."""
    return {name for name, default in variables().values() if default is None}


def bicep_files() -> list[Path]:
    """Return the template and its modules."""
    return [INFRA / "main.bicep", *sorted((INFRA / "modules").glob("*.bicep"))]


@cache
def _interface() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SNAPSHOTS / "interface.json").read_text(encoding="utf-8"))
    return found

"""The repository's template as the tests read it."""

import re
from functools import cache
from pathlib import Path

from tree_sitter import Node

from tests.unit.infra.bicep.tree import BicepFile, Value, literal, properties, read_bicep, text, to_value, walk

REPOSITORY = Path(__file__).parents[3]
INFRA = REPOSITORY / "infra"
# What is shipped besides sync_core/.
TOP = {"function_app.py", "host.json", "requirements.txt"}
PATHS = [INFRA / "main.bicep", *sorted((INFRA / "modules").glob("*.bicep"))]


@cache
def main() -> BicepFile:
    """Return the file that composes the modules."""
    return read_bicep(INFRA / "main.bicep")


@cache
def module(name: str) -> BicepFile:
    """Return a module by its name."""
    return read_bicep(INFRA / "modules" / f"{name}.bicep")


@cache
def parameters() -> BicepFile:
    """Return the parameters file. The grammar knows no such files, so each parameter is read as a variable."""
    path = INFRA / "main.bicepparam"
    using, rest = re.subn(rb"(?m)^using '[\w.]+'$", b"", path.read_bytes())[::-1]
    assert using == 1, "the file says once which template it is for"
    return BicepFile(path, re.sub(rb"(?m)^param (?=\w+ = )", b"var ", rest))


def variable(file: BicepFile, name: str) -> Value:
    """Return a variable's value."""
    return to_value(file.of_kind("variable")[name].value)


def strings(file: BicepFile, name: str) -> list[str]:
    """Return a variable that is a list of literal strings."""
    value = variable(file, name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{file.path.name}: {name} is no list of strings")
    return [str(each) for each in value]


def rows(file: BicepFile, name: str) -> list[dict[str, Value]]:
    """Return a variable that is a list of objects."""
    value = variable(file, name)
    if not isinstance(value, list):
        raise TypeError(f"{file.path.name}: {name} is no list")
    return [row for row in value if isinstance(row, dict)]


def objects_in(node: Node) -> list[dict[str, Node]]:
    """Return the properties of every object at or under a node."""
    return [properties(each) for each in walk(node) if each.type == "object"]


@cache
def app_settings() -> dict[str, str]:
    """Return every app setting of the template with its value as it is written, whatever the parameters are."""
    found = {
        name: text(value)
        for variable_name in _merged_settings()
        for settings in objects_in(main().of_kind("variable")[variable_name].value)
        for name, value in settings.items()
    }
    for setting in objects_in(module("function-app").of_kind("variable")["platformSettings"].value):
        found[literal(setting["name"]) or ""] = text(setting["value"])
    return found


def _merged_settings() -> list[str]:
    """Return the variables that are merged into the app's settings, so that a new one is not overlooked."""
    call = properties(properties(main().of_kind("module")["functionApp"].body)["params"])["appSettings"]
    names = [text(node) for node in walk(call) if node.type == "identifier"]
    return [name for name in names if name != "union"]

"""Checks names: each one is declared and used, and a module gets the parameters and gives the outputs that it says."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from tests.unit.infra.bicep.tree import BicepFile, Declaration, properties, read_bicep, text, walk

# The functions and namespaces of Bicep that our files use. A new one is added here on purpose.
FUNCTIONS = frozenset(
    {
        "cidrSubnet",
        "concat",
        "empty",
        "environment",
        "filter",
        "guid",
        "items",
        "join",
        "replace",
        "resourceGroup",
        "string",
    }
    | {"subscriptionResourceId", "tenant", "toLower", "union", "uniqueString"}
)
DECORATORS = frozenset({"allowed", "description", "maxLength", "maxValue", "minLength", "minValue", "secure"})


def check_names(file: BicepFile) -> list[str]:
    """Return undeclared and unused names of a file."""
    used = [node for declaration in file.declarations for node in _uses(declaration)]
    known = {each.name for each in file.declarations if each.kind != "output"} | FUNCTIONS | set(_local_names(file))
    undeclared = [
        f"{file.path.name}:{node.start_point.row + 1}: {text(node)} is not declared"
        for node in used
        if text(node) not in known
    ]
    used_names = {text(node) for node in used}
    unused = [
        f"{file.path.name}: {each.kind} {each.name} is never used"
        for each in file.declarations
        if each.kind in {"parameter", "variable"} and each.name not in used_names
    ]
    return undeclared + unused


def check_decorators(file: BicepFile) -> list[str]:
    """Return decorators that Bicep does not know, or that we have not used before."""
    return [
        f"{file.path.name}: {each.name} has the unknown decorator {name}"
        for each in file.declarations
        for name in each.decorators
        if name not in DECORATORS
    ]


def check_modules(file: BicepFile) -> list[str]:
    """Return module calls with missing or unknown parameters, and outputs that are read but not given."""
    return [
        f"{file.path.name}: module {call.name}: {problem}"
        for call in file.of_kind("module").values()
        for problem in _check_module(file, call)
    ]


def _check_module(file: BicepFile, call: Declaration) -> Iterator[str]:
    path = file.path.parent / call.reference
    if not path.is_file():
        yield f"there is no file {call.reference}"
        return
    module = read_bicep(path)
    parameters = module.of_kind("parameter")
    given = properties(properties(call.body)["params"])
    for name in given.keys() - parameters.keys():
        yield f"there is no parameter {name}"
    for name in parameters.keys() - given.keys():
        if not parameters[name].has_value:
            yield f"parameter {name} is missing"
    for name in set(re.findall(rf"\b{call.name}!?\.outputs\.(\w+)", file.source.decode())):
        if name not in module.of_kind("output"):
            yield f"there is no output {name}"


def _uses(declaration: Declaration) -> Iterator[Node]:
    """Yield the identifiers that refer to something declared elsewhere."""
    for node in walk(declaration.node):
        if node.type != "identifier" or node == declaration.node.named_children[0] or not text(node):
            continue
        parent = node.parent
        is_key = parent is not None and parent.type == "object_property" and parent.named_children[0] == node
        if not is_key:
            yield node


def _local_names(file: BicepFile) -> Iterator[str]:
    for node in walk(file.root):
        if node.type in {"for_statement", "lambda_expression"}:
            yield from re.findall(r"\w+", text(node.named_children[0]))

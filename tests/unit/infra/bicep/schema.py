"""Checks resources against the cached schemas: unknown, missing and read-only properties, wrong kinds and values."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tree_sitter import Node

from tests.unit.infra.bicep.tree import BicepFile, Declaration, literal, properties, text

SCHEMAS = Path(__file__).parents[3] / "data" / "bicep-schemas"
# Bicep's own, on every resource.
ALWAYS_ALLOWED = frozenset({"parent", "scope", "dependsOn"})
PRIMITIVES = {"string": "string", "number": "int", "boolean": "bool"}
_LIMIT = re.compile(r"(min|max)(Length|Value): (\d+)")
_PATTERN = re.compile(r"pattern: (.+)$")

Shape = dict[str, Any]


@dataclass(frozen=True)
class Schema:
    """The schema of one resource type in one API version."""

    resource_type: str
    version: str
    body: str
    types: dict[str, Shape]


@cache
def load_schemas() -> dict[str, Schema]:
    """Return all cached schemas by resource type."""
    schemas = {}
    for path in [*SCHEMAS.glob("*.json"), *SCHEMAS.glob("own/*.json")]:
        wire = json.loads(path.read_text(encoding="utf-8"))
        schemas[wire["type"]] = Schema(wire["type"], wire["apiVersion"], wire["body"], wire["types"])
    return schemas


def check_file(file: BicepFile) -> list[str]:
    """Return every problem of a file's resources, each with its line."""
    return [
        f"{file.path.name}:{line}: {problem}"
        for resource in file.of_kind("resource").values()
        for line, problem in _check_resource(resource)
    ]


Problem = tuple[int, str]


def _check_resource(resource: Declaration) -> Iterator[Problem]:
    resource_type, _, version = resource.reference.partition("@")
    schema = load_schemas().get(resource_type)
    if schema is None:
        yield _at(resource.node, f"no schema of {resource_type} is cached; see tests/data/bicep-schemas/README.md")
        return
    if version != schema.version:
        yield _at(resource.node, f"{resource_type} is written for {version}, its schema is of {schema.version}")
    check = _Check(schema.types)
    body = schema.types[schema.body]
    yield from check.object(resource.body, body, resource_type, complete=not resource.is_existing, extra=ALWAYS_ALLOWED)


@dataclass(frozen=True)
class _Check:
    types: dict[str, Shape]

    def object(
        self, node: Node, shape: Shape, where: str, *, complete: bool = True, extra: frozenset[str] = frozenset()
    ) -> Iterator[Problem]:
        given = properties(node)
        if "discriminator" in shape:
            yield from self._variant(node, shape, where, extra)
            return
        for name, value in given.items():
            known = shape["properties"].get(name)
            if known is not None:
                yield from self._property(value, known, f"{where}.{name}")
            elif shape.get("additional"):
                yield from self.value(value, shape["additional"], f"{where}.{name}")
            elif name not in extra:
                yield _at(value, f"{where} has no property {name}")
        if complete:
            required = {name for name, each in shape["properties"].items() if each.get("required")}
            for name in sorted(required - given.keys()):
                yield _at(node, f"{where}.{name} is missing")

    def _variant(self, node: Node, shape: Shape, where: str, extra: frozenset[str]) -> Iterator[Problem]:
        tag = properties(node).get(shape["discriminator"])
        chosen = literal(tag) if tag is not None else None
        if tag is not None and chosen is None:
            # Known at deployment only: the properties must fit any of them.
            chosen = next(iter(shape["variants"]))
        if chosen not in shape["variants"]:
            expected = ", ".join(shape["variants"])
            yield _at(node, f"{where}.{shape['discriminator']} is {chosen}, expected one of {expected}")
            return
        yield from self.object(node, shape["variants"][chosen], where, extra=extra)

    def _property(self, node: Node, known: Shape, where: str) -> Iterator[Problem]:
        if known.get("readOnly"):
            yield _at(node, f"{where} is read-only")
            return
        yield from self.value(node, known["type"], where)
        yield from _check_limits(node, known.get("limits", ""), where)

    def value(self, node: Node, type_name: str, where: str) -> Iterator[Problem]:
        if node.type == "ternary_expression":
            for branch in node.named_children[1:]:
                yield from self.value(branch, type_name, where)
        elif type_name.endswith("[]"):
            yield from self._array(node, type_name.removesuffix("[]"), where)
        elif type_name in self.types:
            yield from self._nested(node, self.types[type_name], where)
        elif node.type in PRIMITIVES:
            yield from _check_primitive(node, type_name, where)
        elif node.type in {"object", "array"} and type_name not in {"any", "object"}:
            yield _at(node, f"{where} is an {node.type}, expected {type_name}")

    def _array(self, node: Node, element: str, where: str) -> Iterator[Problem]:
        if node.type == "array":
            for child in node.named_children:
                yield from self.value(child, element, f"{where}[]")
        elif node.type == "for_statement":
            yield from self.value(node.named_children[-1], element, f"{where}[]")
        elif node.type in {*PRIMITIVES, "object"}:
            yield _at(node, f"{where} is a {node.type}, expected an array")

    def _nested(self, node: Node, shape: Shape, where: str) -> Iterator[Problem]:
        if node.type == "object":
            yield from self.object(node, shape, where)
        elif node.type in {*PRIMITIVES, "array"}:
            yield _at(node, f"{where} is a {node.type}, expected an object")


def _check_primitive(node: Node, type_name: str, where: str) -> Iterator[Problem]:
    kind = PRIMITIVES[node.type]
    expected = set(type_name.split(" | "))
    if expected & {kind, "any"}:
        return
    value = literal(node)
    if kind != "string" or expected & {"int", "bool", "object"}:
        yield _at(node, f"{where} is {text(node)}, expected {type_name}")
    elif value is not None and value not in expected:
        yield _at(node, f"{where} is {value}, expected one of {', '.join(sorted(expected))}")


def _check_limits(node: Node, limits: str, where: str) -> Iterator[Problem]:
    value = literal(node)
    for bound, of, number in _LIMIT.findall(limits):
        size = len(value) if of == "Length" and value is not None else None
        size = int(text(node)) if of == "Value" and node.type == "number" else size
        if size is not None and (size < int(number) if bound == "min" else size > int(number)):
            yield _at(node, f"{where} is {text(node)}, its limits are {limits}")
    pattern = _PATTERN.search(limits)
    if value is not None and pattern and not re.search(pattern[1], value):
        yield _at(node, f"{where} is {value}, expected {pattern[1]}")


def _at(node: Node, problem: str) -> Problem:
    return node.start_point.row + 1, problem

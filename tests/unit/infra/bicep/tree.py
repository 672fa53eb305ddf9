"""Reads Bicep files: declarations, object properties and literal values, as plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_WRAPPERS = {"for_statement", "if_statement"}

Value: TypeAlias = "str | int | bool | Expression | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True)
class Expression:
    """A value that only a deployment knows, as it is written."""

    text: str


@dataclass(frozen=True)
class Declaration:
    """A parameter, variable, resource, module or output."""

    kind: str
    name: str
    node: Node
    decorators: dict[str, Node]

    @property
    def value(self) -> Node:
        """The node behind the equals sign (for a parameter without a default, its type)."""
        return self.node.named_children[-1]

    @property
    def has_value(self) -> bool:
        """Whether there is an equals sign: a parameter may have no default."""
        return any(child.type == "=" for child in self.node.children)

    @property
    def reference(self) -> str:
        """What a resource or module declares itself to be: `Microsoft.X/y@version` or a path."""
        return literal(self.node.named_children[1]) or ""

    @property
    def is_existing(self) -> bool:
        """Whether the resource is looked up rather than made."""
        return any(child.type == "existing" or text(child) == "existing" for child in self.node.children)

    @property
    def body(self) -> Node:
        """The object of a resource or module, inside its loop and condition."""
        node = self.value
        while node.type in _WRAPPERS:
            node = node.named_children[-1]
        return node


@dataclass(frozen=True)
class BicepFile:
    """One parsed file."""

    path: Path
    source: bytes

    @cached_property
    def root(self) -> Node:
        """The root of the syntax tree."""
        return _PARSER.parse(self.source).root_node

    @cached_property
    def declarations(self) -> list[Declaration]:
        """All declarations at the top of the file, with the decorators before them."""
        found, decorators = [], dict[str, Node]()
        for node in self.root.named_children:
            if node.type == "decorators":
                decorators = {
                    text(call.named_children[0]): call for call in walk(node) if call.type == "call_expression"
                }
            elif node.type.endswith("_declaration"):
                kind = node.type.removesuffix("_declaration")
                found.append(Declaration(kind, text(node.named_children[0]), node, decorators))
                decorators = {}
        return found

    def of_kind(self, kind: str) -> dict[str, Declaration]:
        """Return the declarations of a kind by name: parameter, variable, resource, module, output."""
        return {each.name: each for each in self.declarations if each.kind == kind}

    def syntax_errors(self) -> list[str]:
        """Return where the parser stumbled."""
        return [
            f"{self.path.name}:{node.start_point.row + 1}: cannot be parsed near {text(node)[:40]!r}"
            for node in walk(self.root)
            if node.is_missing or node.type == "ERROR"
        ]


def read_bicep(path: Path) -> BicepFile:
    """Read and parse a file."""
    return BicepFile(path, path.read_bytes())


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the source."""
    yield node
    for child in node.children:
        yield from walk(child)


def text(node: Node) -> str:
    """Return the source of a node."""
    return (node.text or b"").decode()


def literal(node: Node) -> str | None:
    """Return a string's value, or None if it is no string or not known before a deployment."""
    if node.type != "string" or any(child.type == "interpolation" for child in node.named_children):
        return None
    return text(node)[1:-1].replace("\\'", "'")


def properties(node: Node) -> dict[str, Node]:
    """Return an object's properties that have literal names. A name that comes twice is an error of the file."""
    found: dict[str, Node] = {}
    for child in node.named_children:
        if child.type != "object_property" or len(child.named_children) < 2:
            continue
        key, value = child.named_children[0], child.named_children[-1]
        name = text(key) if key.type == "identifier" else literal(key)
        if name is None:
            continue
        if name in found:
            raise ValueError(f"line {key.start_point.row + 1}: property {name} comes twice")
        found[name] = value
    return found


def to_value(node: Node) -> Value:
    """Return a node's value as Python knows it; what is no literal becomes an Expression."""
    match node.type:
        case "object":
            return {name: to_value(value) for name, value in properties(node).items()}
        case "array":
            return [to_value(child) for child in node.named_children if child.type != "comment"]
        case "boolean":
            return text(node) == "true"
        case "number":
            return int(text(node))
        case "null":
            return None
    known = literal(node)
    return Expression(text(node)) if known is None else known

"""Checks what must be known before a deployment starts: what loops run over, conditions, and what resources are called.

Source: learn.microsoft.com "Bicep diagnostics", BCP178 and BCP120.
"""

from collections.abc import Iterator

from tree_sitter import Node

from tests.unit.infra.bicep.tree import BicepFile, properties, text, walk

KNOWN_AFTERWARDS = frozenset({"properties", "outputs"})


def check_timing(file: BicepFile) -> list[str]:
    """Return the places that need a value too early."""
    early = [
        (f"the loop over {text(loop.named_children[1])}", loop.named_children[1])
        for loop in walk(file.root)
        if loop.type == "for_statement"
    ]
    early += [
        (f"the condition {text(branch.named_children[0])}", branch.named_children[0])
        for branch in walk(file.root)
        if branch.type == "if_statement"
    ]
    early += [
        (f"the {key} of {resource.name}", value)
        for resource in file.of_kind("resource").values()
        for key, value in properties(resource.body).items()
        if key in {"name", "location", "scope", "parent"}
    ]
    return [f"{file.path.name}: {what} is known only after {why}" for what, node in early for why in _late(file, node)]


def _late(file: BicepFile, node: Node) -> Iterator[str]:
    """Yield what a value waits for, also through variables."""
    deployed = {**file.of_kind("resource"), **file.of_kind("module")}
    for each in walk(node):
        if each.type == "member_expression":
            names = [text(child) for child in walk(each) if child.type in {"identifier", "property_identifier"}]
            if names[0] in deployed and KNOWN_AFTERWARDS & set(names[1:]):
                yield names[0]
        elif each.type == "identifier" and text(each) in file.of_kind("variable"):
            yield from _late(file, file.of_kind("variable")[text(each)].value)

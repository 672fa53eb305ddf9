"""How long a refusal takes tells nothing of the right signature: one comparison decides, and it takes constant time."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import ModuleType

import pytest
from standardwebhooks import Webhook

from sync_core.lineage.webhook import signatures
from tests.unit.sync_core.builders import NOW

COMPARING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Lt, ast.Gt)


def comparisons(source: Callable[..., object] | ModuleType) -> list[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return [ast.unparse(node) for node in found if any(isinstance(each, COMPARING) for each in node.ops)]


def decision(source: Callable[..., object]) -> str:
    """The last statement of a function."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(source))).body
    assert isinstance(function, ast.FunctionDef)
    return ast.unparse(function.body[-1])


def test_our_own_check_compares_nothing_but_in_constant_time() -> None:
    assert comparisons(signatures) == []
    assert decision(signatures._is_hex).startswith("return hmac.compare_digest(")
    assert decision(signatures._is_standard).startswith("return any((hmac.compare_digest(")


def test_the_library_signs_and_compares_nothing() -> None:
    assert comparisons(Webhook.sign) == []


@pytest.mark.parametrize("given", ["", "é" * 64, "0" * 63, "0" * 65, "\ud800", "0" * 100_000])
def test_a_signature_of_any_kind_is_compared_and_refused(given: str) -> None:
    assert not signatures.is_signed({"x-cluedin-signature": given}, b"{}", ["a secret"], NOW)

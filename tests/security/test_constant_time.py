"""How long a refusal takes tells nothing of the right signature: one comparison decides, and it takes constant time."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import ModuleType

import pytest
from standardwebhooks import Webhook

from sync_core.mapping import signatures

COMPARING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Lt, ast.Gt)


def comparisons(source: Callable[..., object] | ModuleType) -> list[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return [ast.unparse(node) for node in found if any(isinstance(each, COMPARING) for each in node.ops)]


def calls(source: Callable[..., object]) -> list[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(source)))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_our_own_check_compares_nothing_but_in_constant_time() -> None:
    assert comparisons(signatures) == []
    assert "hmac.compare_digest" in calls(signatures._is_hex)
    returned = ast.parse(textwrap.dedent(inspect.getsource(signatures._is_hex))).body[0]
    assert isinstance(returned, ast.FunctionDef)
    assert ast.unparse(returned.body[-1]).startswith("return hmac.compare_digest(")


def test_the_library_compares_signatures_in_constant_time() -> None:
    assert comparisons(Webhook.verify) == ["version != 'v1'"]
    assert calls(Webhook.verify).count("hmac.compare_digest") == 1


@pytest.mark.parametrize("given", ["", "é" * 64, "0" * 63, "0" * 65, "\ud800", "0" * 100_000])
def test_a_signature_of_any_kind_is_compared_and_refused(given: str) -> None:
    assert not signatures.is_signed({"x-cluedin-signature": given}, b"{}", ["a secret"])

"""What docs/openapi.yaml says of the answers is true: schemathesis asks the running app by it, rightly and wrongly."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local.stack import Stack

FILE = Path(__file__).parents[2] / "docs" / "openapi.yaml"
SETTINGS = {"WEBHOOK_SECRETS": ""}
EXAMPLES = 10  # of each operation and mode: some fifteen seconds in all
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FOUND: Any = schemathesis.openapi.from_path(FILE).get_all_operations()
OPERATIONS: list[Any] = [found.ok() for found in FOUND]
TAKE_VALUES = {"/status", "/actions", "/dashboard"}


def name_of(operation: Any) -> str:
    return str(operation.label)


def ask(operation: Any, mode: GenerationMode, stack: Stack) -> None:
    """Ask in some ways, and compare what is answered with what is described."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        answer = case.call(base_url=f"{stack.app.url}/api", headers={"x-functions-key": stack.function_key})
        case.validate_response(answer, checks=CHECKS)

    each()


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_who_asks_rightly_is_answered_as_described(operation: Any, stack: Stack) -> None:
    ask(operation, GenerationMode.POSITIVE, stack)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.path in TAKE_VALUES], ids=name_of)
def test_who_asks_wrongly_is_too(operation: Any, stack: Stack) -> None:
    ask(operation, GenerationMode.NEGATIVE, stack)

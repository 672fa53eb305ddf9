"""The real Bicep compiler. Where there is none its tests are skipped, or fail where one was promised."""

import os

import pytest

from infra.checks.compiler import Compiler, NoCompilerError, find_compiler

REQUIRED = "BICEP_REQUIRED"


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """The compiler of this machine."""
    try:
        return find_compiler(os.environ)
    except NoCompilerError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"{error}; {REQUIRED} is set")
        pytest.skip(str(error))

"""The real Bicep compiler. Where there is none its tests are skipped, or fail where one was promised."""

import os

import pytest

from infra.checks.compiler import VERSION, Compiler, NoCompilerError, find_compiler

REQUIRED = "BICEP_REQUIRED"


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """The compiler of this machine."""
    is_required = os.environ.get(REQUIRED)
    try:
        found = find_compiler(os.environ)
    except NoCompilerError as error:
        if is_required:
            pytest.fail(f"{error}; {REQUIRED} is set")
        pytest.skip(str(error))
    version = ".".join(map(str, found.version()))
    if version != VERSION and not is_required:
        pytest.skip(f"{found.path} is Bicep {version}; the snapshots were made with {VERSION}")
    return found

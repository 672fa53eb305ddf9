"""Each module of the app logs through a logger that makes its lines safe."""

from pathlib import Path

import pytest

MODULES = [path for path in Path("sync_core").rglob("*.py") if path.name != "logs.py"]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_module_makes_a_logger_of_its_own(path: Path) -> None:
    assert "getLogger" not in path.read_text(encoding="utf-8")

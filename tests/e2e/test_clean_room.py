"""The deployed package in an environment that has what requirements.txt installs, and nothing of this repository."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.infra.package import FUNCTIONS, denied_by_core_tools, shipped
from tests.unit.infra.template import REPOSITORY

# The app's folder comes last on the path, as the worker puts it: an installed package of the same name would win. What
# people type needs requirements-commands.txt, which the host does not install.
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.append(sys.argv[1])
import sync_core
assert sync_core.__file__.startswith(sys.argv[1]), sync_core.__file__
for module in pkgutil.walk_packages(sync_core.__path__, "sync_core."):
    if not module.name.startswith("sync_core.commands."):
        print(importlib.import_module(module.name).__name__)
"""
LIST_FUNCTIONS = """
import sys
sys.path.append(sys.argv[1])
import function_app
print(*[function.get_function_name() for function in function_app.app.get_functions()])
"""
INDEX_AS_THE_WORKER = """
import pathlib, sys
sys.path += sys.argv[1:]
from local.host.worker_library import start_worker
with start_worker(pathlib.Path(sys.argv[1])) as worker:
    import sync_core
    assert sync_core.__file__.startswith(sys.argv[1]), sync_core.__file__
    print(*worker.functions)
"""


class CleanRoom:
    """An environment of its own, with the package unpacked beside it."""

    def __init__(self, folder: Path) -> None:
        self.app = folder / "app"
        self._python = str(folder / "venv" / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        for path in shipped(denied_by_core_tools()):
            (self.app / path).parent.mkdir(parents=True, exist_ok=True)
            (self.app / path).write_bytes((REPOSITORY / path).read_bytes())

    def install(self, *what: str) -> None:
        """Install with pip; skip the test where no package index can be reached at all."""
        done = self._pip("install", *what)
        if done.returncode and self._pip("download", "--no-deps", "--dest", str(self.app.parent), "pip").returncode:
            pytest.skip("no package index can be reached, so nothing was built")
        assert done.returncode == 0, done.stderr

    def run(self, code: str, *arguments: str) -> list[str]:
        """Run code there, without this repository on its path, and return the words that it prints."""
        command = [self._python, "-I", "-c", code, str(self.app), *arguments]
        done = subprocess.run(command, cwd=self.app, env={}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def _pip(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self._python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> CleanRoom:
    """One environment for the file: making it takes half a minute."""
    room = CleanRoom(tmp_path_factory.mktemp("clean-room"))
    room.install("--no-compile", "-r", str(room.app / "requirements.txt"))
    return room


def test_every_module_of_the_app_imports_with_what_is_required_alone(room: CleanRoom) -> None:
    files = {path.relative_to(REPOSITORY) for path in (REPOSITORY / "sync_core").rglob("*.py")}
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}
    typed = {name for name in modules if name.startswith("sync_core.commands.")}
    assert set(room.run(IMPORT_ALL)) == modules - typed - {"sync_core"}


def test_the_package_gives_the_host_exactly_the_functions_of_the_contract(room: CleanRoom) -> None:
    found = room.run(LIST_FUNCTIONS)
    assert len(found) == len(set(found))
    assert set(found) == FUNCTIONS


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Microsoft's worker library needs Python 3.13")
def test_microsofts_worker_indexes_the_package(room: CleanRoom) -> None:
    room.install("--no-compile", "azure-functions-runtime>=1.3,<2")
    # Of this repository only the stand-in for the host's messages; the app is found in the package first.
    assert set(room.run(INDEX_AS_THE_WORKER, str(REPOSITORY))) == FUNCTIONS

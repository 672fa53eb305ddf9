import ast
import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pathspec
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.infra.package import (
    FUNCTIONS,
    Denies,
    app_files,
    denied_by_core_tools,
    denied_by_git_rules,
    shipped,
)
from tests.unit.infra.template import REPOSITORY

NAMESPACES = {"opentelemetry"}  # no module by itself: several distributions share the name
MOST_BYTES = 1_600_000
READINGS = pytest.mark.parametrize("denies", [denied_by_git_rules(), denied_by_core_tools()], ids=["azd", "core-tools"])


@READINGS
def test_the_package_is_the_app_and_nothing_else(denies: Denies) -> None:
    in_package = set(shipped(denies))
    assert sorted(in_package - set(app_files())) == [], "name it in .funcignore"
    assert sorted(set(app_files()) - in_package) == [], ".funcignore denies a file of the app"


@READINGS
def test_the_package_is_small(denies: Denies) -> None:
    assert sum((REPOSITORY / path).stat().st_size for path in shipped(denies)) < MOST_BYTES


@READINGS
@pytest.mark.parametrize(
    "path",
    [
        ".azure/prod/.env",
        ".env",
        "build/lib/sync_core/settings.py",
        "deploy.log",
        "dist/purview_cluedin_sync-0.1.0.tar.gz",
        "env/lib/python3.13/site-packages/azure/__init__.py",
        "outputs.json",
        "package/function_app.py",
        "package.zip",
        "prod.env",
        "server.pem",
        "venv/lib/python3.13/site-packages/azure/__init__.py",
        ".git/config",
        ".github/workflows/test.yml",
        ".local/azurite/db.json",
        ".venv/lib/python3.13/site-packages/azure/__init__.py",
        "README.md",
        "__pycache__/function_app.cpython-313.pyc",
        "infra/main.bicep",
        "local.settings.json",
        "local/stack.py",
        "node_modules/azurite/package.json",
        "purview_cluedin_sync.egg-info/PKG-INFO",
        "sync_core/__pycache__/settings.cpython-313.pyc",
        "sync_core/flows/__pycache__/discover.cpython-313.pyc",
        "tests/conftest.py",
    ],
)
def test_what_a_developer_has_beside_the_app_is_not_shipped(denies: Denies, path: str) -> None:
    assert denies(path)


@pytest.mark.parametrize("path", ["outputs.json", "prod.env", ".azure/prod/.env", "package/host.json", "app.zip"])
def test_what_a_deployment_leaves_behind_is_not_committed(path: str) -> None:
    ignored = (REPOSITORY / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert pathspec.GitIgnoreSpec.from_lines(ignored).match_file(path)


@READINGS
@pytest.mark.parametrize(
    "path", ["sync_core/cluedin/graphql/me.graphql", "sync_core/docs/page.html", "sync_core/local.py"]
)
def test_a_file_of_the_app_is_shipped_whatever_its_kind_and_name(denies: Denies, path: str) -> None:
    assert not denies(path)


def test_the_package_alone_gives_the_host_its_functions(tmp_path: Path) -> None:
    for path in shipped(denied_by_core_tools()):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((REPOSITORY / path).read_bytes())
    code = (
        "import sys; sys.path.insert(0, '.'); import function_app, sync_core.app\n"
        "assert 'local' not in sys.modules and sync_core.__file__.startswith(sys.argv[1]), sync_core.__file__\n"
        "print(*[each.get_function_name() for each in function_app.app.get_functions()])"
    )
    command = [sys.executable, "-I", "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == FUNCTIONS


def test_what_the_host_loads_loads_no_command() -> None:
    code = "import sys, function_app; from sync_core.app import triggers; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith(("typer", "rich", "sync_core.commands"))] == []


def test_the_app_imports_only_what_requirements_txt_installs() -> None:
    installed = set(_modules_of(_with_dependencies(_required("requirements.txt"))))
    typed = set(_modules_of(_with_dependencies(_required("requirements-commands.txt"))))
    imported = {
        (path, name)
        for path in app_files()
        if path.endswith(".py")
        for name in _imports(REPOSITORY / path)
        if not (path.startswith("sync_core/commands/") and name in typed)
    }
    foreign = {
        (path, name) for path, name in imported if name.split(".")[0] not in {*sys.stdlib_module_names, "sync_core"}
    }
    assert foreign
    assert sorted((path, name) for path, name in foreign if name not in installed) == []


def test_requirements_are_ranges_that_fit_every_python_of_the_app() -> None:
    lines = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert [str(each) for each in found if not each.specifier or "==" in str(each.specifier)] == []


def _required(file: str) -> list[str]:
    lines = (REPOSITORY / file).read_text(encoding="utf-8").splitlines()
    return [Requirement(line).name for line in lines if line and not line.startswith(("#", "-r"))]


def _with_dependencies(names: list[str]) -> set[str]:
    found, waiting = set[str](), list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        for line in importlib.metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def _modules_of(distributions: set[str]) -> Iterator[str]:
    for name in distributions:
        for file in importlib.metadata.files(name) or []:
            if file.suffix in {".py", ".so"}:
                parts = [*file.parts[:-1], file.name.split(".")[0]]
                yield ".".join(parts).removesuffix(".__init__")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in NAMESPACES:
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module

"""Snapshots: what a deployment would make, for each kind of installation, so that a change of it can be reviewed.

In `infra/snapshots/`, `kinds.json` holds the variables of each kind, `<kind>.snapshot.json` what is predicted for them,
and `interface.json` the template's parameters and outputs.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.checks.compiler import Compiler, RefusedError

INFRA = Path(__file__).parents[1]
SNAPSHOTS = INFRA / "snapshots"
SOURCES = ("main.bicep", "main.bicepparam", "bicepconfig.json", "modules")
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""Subscription and tenant of the snapshots."""
_PLACE = ("--subscription-id", NOWHERE, "--tenant-id", NOWHERE, "--resource-group", "rg", "--location", "westeurope")
# What the compiler itself needs; with all of them a developer's own values would reach the parameters.
_OF_THE_MACHINE = ("PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR", "LANG", "LC_ALL")


def read_kinds() -> dict[str, dict[str, str]]:
    """Return the variables of each kind of installation."""
    kinds: dict[str, dict[str, str]] = json.loads((SNAPSHOTS / "kinds.json").read_text(encoding="utf-8"))
    return kinds


def evaluate(compiler: Compiler, given: Mapping[str, str], infra: Path = INFRA) -> str:
    """Return what a deployment with these variables, and no others, would make, as JSON in one order.

    Raises:
        RefusedError: the values are refused.
    """
    with copied_sources(infra) as folder:
        return evaluate_file(compiler, given, folder / "main.bicepparam")


def evaluate_file(compiler: Compiler, given: Mapping[str, str], path: Path) -> str:
    """Do the same for any parameters file; the compiler's own file is left beside it.

    Raises:
        RefusedError: the values are refused.
    """
    _run(compiler, given, "snapshot", path, *_PLACE)
    predicted = json.loads(path.with_suffix(".snapshot.json").read_text(encoding="utf-8"))
    # The compiler writes the outputs in another order each time.
    return _text({**predicted, "outputs": dict(sorted(predicted["outputs"].items()))})


def build_parameters(compiler: Compiler, given: Mapping[str, str], infra: Path = INFRA) -> dict[str, Any]:
    """Return the values of the parameters that these variables, and no others, give.

    Raises:
        RefusedError: a value cannot be read.
    """
    built = json.loads(_run(compiler, given, "build-params", infra / "main.bicepparam", "--stdout"))
    return {name: each["value"] for name, each in json.loads(built["parametersJson"])["parameters"].items()}


def build_template(compiler: Compiler, infra: Path = INFRA) -> dict[str, Any]:
    """Return the compiled template.

    Raises:
        RefusedError: it has an error, or the linter has a finding.
    """
    template: dict[str, Any] = json.loads(compiler.run("build", str(infra / "main.bicep"), "--stdout"))
    return template


def write_snapshots(compiler: Compiler) -> None:
    """Write the files that `find_changes` compares."""
    for name, text in _made_anew(compiler, INFRA):
        (SNAPSHOTS / name).write_text(text, encoding="utf-8")


def find_changes(compiler: Compiler, infra: Path = INFRA) -> list[str]:
    """Return how the committed files differ from what the template says now, as a diff."""
    lines = list[str]()
    for name, text in _made_anew(compiler, infra):
        path = SNAPSHOTS / name
        committed = path.read_text(encoding="utf-8") if path.is_file() else ""
        lines += unified_diff(committed.splitlines(), text.splitlines(), f"committed {name}", "now", n=1, lineterm="")
    return lines


@contextmanager
def copied_sources(infra: Path = INFRA) -> Iterator[Path]:
    """Give a folder with a copy of the Bicep files, because the compiler writes beside them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for source in SOURCES:
            path = infra / source
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, folder / source)
        yield folder


def _made_anew(compiler: Compiler, infra: Path) -> Iterator[tuple[str, str]]:
    template = build_template(compiler, infra)
    yield "interface.json", _text({part: template[part] for part in ("parameters", "outputs")})
    for kind, given in read_kinds().items():
        yield f"{kind}.snapshot.json", evaluate(compiler, given, infra)


def _run(compiler: Compiler, given: Mapping[str, str], command: str, path: Path, *options: str) -> str:
    machine = {name: compiler.variables[name] for name in _OF_THE_MACHINE if name in compiler.variables}
    try:
        return replace(compiler, variables={**machine, **given}).run(command, str(path), *options)
    except RefusedError as error:
        raise RefusedError(str(error).replace(f"{path.parent}/", "infra/")) from error


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

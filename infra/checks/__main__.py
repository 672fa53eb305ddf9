"""Checks the template: `python -m infra.checks`. With `write` it makes the snapshots anew."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.checks.compiler import VERSION, Compiler, NoCompilerError, RefusedError, find_compiler
from infra.checks.snapshots import INFRA, build_template, copied_sources, find_changes, write_snapshots


def build(compiler: Compiler, infra: Path) -> list[str]:
    """Compile the template; a finding of the linter by infra/bicepconfig.json is a problem too."""
    build_template(compiler, infra)
    return []


def lint(compiler: Compiler, infra: Path) -> list[str]:
    """Lint by the linter's own configuration, as someone sees it who has no file of ours."""
    with copied_sources(infra) as folder:
        (folder / "bicepconfig.json").unlink()
        compiler.run("lint", str(folder / "main.bicep"))
    return []


def check_format(compiler: Compiler, infra: Path) -> list[str]:
    """Return the files that `bicep format` would change."""
    with copied_sources(infra) as folder:
        for pattern in ("**/*.bicep", "*.bicepparam"):
            compiler.run("format", "--pattern", str(folder / pattern))
        written = sorted(path.relative_to(folder) for path in folder.rglob("*.bicep*") if path.is_file())
        changed = [path for path in written if (folder / path).read_bytes() != (infra / path).read_bytes()]
    return [f"infra/{path} is not as `bicep format` writes it" for path in changed]


def check_snapshots(compiler: Compiler, infra: Path) -> list[str]:
    """Return how the committed snapshots differ from what the template says."""
    if not (changes := find_changes(compiler, infra)):
        return []
    used = ".".join(map(str, compiler.version()))
    hint = f"`make snapshots` writes them anew; review what it changes. Made with Bicep {VERSION}, seen with {used}."
    return [*changes, hint]


CHECKS: Mapping[str, Callable[[Compiler, Path], list[str]]] = {
    "build": build,
    "lint": lint,
    "format": check_format,
    "snapshots": check_snapshots,
}


def main(arguments: list[str], variables: Mapping[str, str]) -> int:
    """Run all checks and return the exit status: 0 where all is well, 1 for a problem, 2 without a compiler."""
    try:
        compiler = _find_or_install(variables)
    except NoCompilerError as error:
        print(error, file=sys.stderr)
        return 2
    wanted = {"write": _write} if arguments == ["write"] else CHECKS
    # Each one runs, also after another has failed.
    return max([_run(name, check, compiler) for name, check in wanted.items()])


def _write(compiler: Compiler, _: Path) -> list[str]:
    write_snapshots(compiler)
    return []


def _run(name: str, check: Callable[[Compiler, Path], list[str]], compiler: Compiler) -> int:
    try:
        problems = check(compiler, INFRA)
    except RefusedError as error:
        problems = str(error).splitlines()
    print(f"{name}: {'failed' if problems else 'ok'}")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


def _find_or_install(variables: Mapping[str, str]) -> Compiler:
    try:
        return find_compiler(variables)
    except NoCompilerError:
        azure_cli = shutil.which("az", path=variables.get("PATH"))
        if azure_cli is None or variables.get("BICEP"):
            raise
        subprocess.run([azure_cli, "bicep", "install"], check=False)  # noqa: S603
        return find_compiler(variables)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))

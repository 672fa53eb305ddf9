"""The Bicep compiler of this machine: finds it and runs it."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "0.49.2"
"""The version that the snapshots were made with; a workflow installs it."""
OLDEST = (0, 41, 2)
"""The first one with the command `snapshot`."""
WHERE_TO_GET_IT = "install it (`az bicep install`, or https://aka.ms/bicep-install), or let BICEP name its file"


class NoCompilerError(Exception):
    """There is no compiler that can be used; the message says what to do."""


class RefusedError(Exception):
    """The compiler refused a file, or warned of it; the message is the compiler's own."""


@dataclass(frozen=True)
class Compiler:
    """A Bicep compiler.

    Attributes:
        path: its file.
        variables: the environment that it runs in; parameter files read their values there.
    """

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """Run one command and return what it prints.

        Raises:
            RefusedError: it ended with an error, or with a warning.
        """
        done = subprocess.run(  # noqa: S603
            [self.path, *arguments], env=_without_colors(self.variables), capture_output=True, text=True, check=False
        )
        said = done.stderr.strip()
        if done.returncode or re.search(r" : (Warning|Error) ", said):
            raise RefusedError(said or done.stdout.strip() or f"bicep {arguments[0]}: exit status {done.returncode}")
        return done.stdout

    def version(self) -> tuple[int, ...]:
        """Return its version, such as (0, 49, 2).

        Raises:
            NoCompilerError: it does not tell one, so it is something else.
        """
        try:
            said = self.run("--version")
        except (OSError, RefusedError) as error:
            raise NoCompilerError(f"{self.path} cannot be run: {error}; {WHERE_TO_GET_IT}") from error
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
        if found is None:
            raise NoCompilerError(f"{self.path} says {said.strip()!r}, expected Bicep's version; {WHERE_TO_GET_IT}")
        return tuple(int(part) for part in found.groups())


def find_compiler(variables: Mapping[str, str]) -> Compiler:
    """Return the compiler that BICEP names, the one on the path, or the one that the Azure CLI has installed.

    Raises:
        NoCompilerError: there is none, or it is too old.
    """
    compiler = Compiler(_find(variables), variables)
    if (version := compiler.version()) < OLDEST:
        found, oldest = (".".join(map(str, each)) for each in (version, OLDEST))
        raise NoCompilerError(f"{compiler.path} is Bicep {found}, expected {oldest} or later; {WHERE_TO_GET_IT}")
    return compiler


def _find(variables: Mapping[str, str]) -> Path:
    if named := variables.get("BICEP"):
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise NoCompilerError(f"BICEP names {named}, expected the compiler's file; correct it or leave it out")
        return Path(named).resolve()
    of_azure_cli = Path(variables.get("AZURE_CONFIG_DIR") or Path.home() / ".azure") / "bin" / "bicep"
    found = shutil.which("bicep", path=variables.get("PATH")) or shutil.which(of_azure_cli)
    if found is None:
        raise NoCompilerError(f"There is no Bicep compiler here: {WHERE_TO_GET_IT}")
    return Path(found)


def _without_colors(variables: Mapping[str, str]) -> dict[str, str]:
    return {**variables, "NO_COLOR": "1"}

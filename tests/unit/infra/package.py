"""The package that is deployed: which files of the repository go into it, and what the host finds in it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pathspec

from tests.unit.infra.template import REPOSITORY, TOP

# The contract with deployments, alerts and CluedIn.
FUNCTIONS = {
    "actions",
    "create_data_source_group",
    "dashboard",
    "data_set_processed",
    "discover_assets",
    "health",
    "push_lineage",
    "reconcile",
    "status",
}
PATTERNS = (REPOSITORY / ".funcignore").read_text(encoding="utf-8").splitlines()
Denies = Callable[[str], bool]


def denied_by_git_rules() -> Denies:
    """Return the reading of azd: the rules of .gitignore."""
    return pathspec.GitIgnoreSpec.from_lines(PATTERNS).match_file


def denied_by_core_tools() -> Denies:
    """Return the reading of Core Tools: each pattern matches a path's beginning, a star at least one character.

    Source: azure-functions-core-tools, Common/GitIgnoreParser.cs.
    """
    patterns = [line.strip().removeprefix("/") for line in PATTERNS if line.strip() and not line.startswith("#")]
    assert not any(pattern.startswith("!") for pattern in patterns), "exceptions are read differently by the tools"
    regexes = [re.escape(each).replace(r"\*\*", "(.+)").replace(r"\*", "([^/]+)") for each in patterns]
    return lambda path: any(re.match(regex, path) for regex in regexes)


def shipped(denies: Denies, folder: Path = REPOSITORY) -> Iterator[str]:
    """Yield the files of the package."""
    for entry in sorted(folder.iterdir()):
        path = entry.relative_to(REPOSITORY).as_posix()
        if entry.is_dir():
            if not denies(f"{path}/"):
                yield from shipped(denies, entry)
        elif not denies(path):
            yield path


def app_files() -> list[str]:
    """Return the files that the app consists of."""
    inside = [
        each for each in (REPOSITORY / "sync_core").rglob("*") if each.is_file() and "__pycache__" not in each.parts
    ]
    return sorted(TOP | {each.relative_to(REPOSITORY).as_posix() for each in inside})

"""Looks up known vulnerabilities of everything that the app needs, at the versions that are installed: `make audit`.

Without a network it says that nothing was checked, and passes: a build must not fail for what it cannot see.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
LONGEST_S = 300
OPTIONS = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")


@dataclass(frozen=True)
class Verdict:
    """What was found, in lines for people, and whether the build may go on."""

    lines: list[str]
    is_passed: bool


def read_requirements(path: Path = REQUIREMENTS) -> list[Requirement]:
    """Return what a requirements file asks for."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def find_pins(requirements: Iterable[Requirement]) -> dict[str, str]:
    """Return each package that these need, directly or not, with the version that is installed."""
    pins: dict[str, str] = {}
    waiting = [(each, "") for each in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        is_needed = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        if not is_needed or name in pins:
            continue
        try:
            found = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # for another system or Python
        pins[name] = found.version
        extras = ["", *requirement.extras]
        waiting += [(Requirement(text), extra) for text in found.requires or () for extra in extras]
    return pins


def ask(pins: dict[str, str]) -> tuple[str, str]:
    """Run pip-audit on these and return what it printed to its two outputs."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "--requirement", file.name, *OPTIONS]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            return "", f"no answer within {LONGEST_S} s"
    return done.stdout, done.stderr


def judge(printed: str, complained: str) -> Verdict:
    """Read pip-audit's report. No report at all is not "nothing found", and says so."""
    try:
        packages: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError):
        why = (complained.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return Verdict([f"SKIPPED: the advisories cannot be reached, nothing was checked. ({why})"], is_passed=True)
    checked = [package for package in packages if "skip_reason" not in package]
    found = [f"{each['name']} {each['version']}: {_describe(hole)}" for each in checked for hole in each["vulns"]]
    lines = [f"{len(checked)} of {len(packages)} packages were looked up, {len(found)} known vulnerabilities", *found]
    if not checked:
        lines.append("SKIPPED: the index answers, but has no advisories; nothing was checked.")
    elif len(checked) < len(packages):
        lines.append("Not looked up: " + ", ".join(each["name"] for each in packages if each not in checked))
    return Verdict(lines, is_passed=not found)


def _describe(hole: dict[str, Any]) -> str:
    return f"{hole['id']}, fixed in {', '.join(hole.get('fix_versions', ())) or 'no version yet'}"


def main(ask: Callable[[dict[str, str]], tuple[str, str]] = ask) -> int:
    """Audit; 1 for a known vulnerability."""
    verdict = judge(*ask(find_pins(read_requirements())))
    sys.stdout.write("\n".join([*verdict.lines, ""]))
    return 0 if verdict.is_passed else 1


if __name__ == "__main__":
    sys.exit(main())

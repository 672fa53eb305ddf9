"""What the app is built on: ranges with an upper end, an audit that tells "none known" from "could not look"."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.audit import find_pins, judge, main, read_requirements

REPOSITORY = Path(__file__).parents[2]
DEV = REPOSITORY / "requirements-dev.txt"
COMMANDS = REPOSITORY / "requirements-commands.txt"
LOCK = REPOSITORY / "requirements-dev.lock"


def report(**packages: list[dict[str, object]] | str) -> str:
    """What pip-audit prints: by name the vulnerabilities, or why it could not look."""
    dependencies = [
        {"name": name, "skip_reason": found}
        if isinstance(found, str)
        else {"name": name, "version": "1", "vulns": found}
        for name, found in packages.items()
    ]
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_everything_that_ships_is_a_range_with_an_upper_end() -> None:
    for requirement in [*read_requirements(), *read_requirements(COMMANDS)]:
        operators = {each.operator for each in requirement.specifier}
        assert operators & {">=", "~="}, requirement
        assert operators & {"<", "~="}, requirement
        assert requirement.url is None


def test_development_is_pinned_to_versions_within_the_ranges() -> None:
    pins = {(pin.name, str(pin.marker or "")): next(iter(pin.specifier)).version for pin in read_requirements(LOCK)}
    for requirement in [*read_requirements(), *read_requirements(COMMANDS), *read_requirements(DEV)]:
        locked = [version for (name, _), version in pins.items() if name == requirement.name.lower()]
        assert locked, f"{requirement.name} is not in the lock: run `make lock`"
        assert any(requirement.specifier.contains(version) for version in locked), (requirement, locked)


def test_nothing_is_installed_from_elsewhere() -> None:
    for path in (REPOSITORY / "requirements.txt", COMMANDS, DEV, LOCK):
        text = path.read_text(encoding="utf-8")
        assert not any(
            word in text for word in ("--index-url", "--extra-index", "--find-links", "git+", "http:", "-e ")
        )


def test_the_audit_covers_what_the_requirements_need_in_turn() -> None:
    pins = find_pins(read_requirements())
    assert {"requests", "urllib3", "azure-core", "msal", "cryptography", "pydantic-core"} <= pins.keys()
    assert not {"pytest", "starlette", "ruff"} & pins.keys()


def test_a_known_vulnerability_fails_and_is_named() -> None:
    verdict = judge(report(good=[], bad=[{"id": "CVE-1", "fix_versions": ["1.1"]}]), "")
    assert not verdict.is_passed
    assert verdict.lines[1:] == ["bad 1: CVE-1, fixed in 1.1"]


def test_what_could_not_be_looked_up_is_not_called_clean() -> None:
    assert "Not looked up: b" in judge(report(a=[], b="not found"), "").lines
    assert any(line.startswith("SKIPPED") for line in judge(report(a="not found", b="not found"), "").lines)
    verdict = judge("", "Traceback\nConnectionError: no route")
    assert verdict.is_passed
    assert verdict.lines == [
        "SKIPPED: the advisories cannot be reached, nothing was checked. (ConnectionError: no route)"
    ]


def test_the_status_says_what_the_lines_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(lambda _: (report(bad=[{"id": "CVE-1"}]), "")) == 1
    assert main(lambda _: ("", "")) == 0
    assert "SKIPPED" in capsys.readouterr().out


def test_without_a_network_the_command_passes_and_says_that_it_checked_nothing() -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
    environment = {**os.environ, **nowhere, "NO_PROXY": "", "no_proxy": ""}
    command = [sys.executable, "-m", "tests.security.audit"]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "SKIPPED" in done.stdout

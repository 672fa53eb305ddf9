"""The program as a shell starts it: without its extra, with wrong words, and for the shell's own completion."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.service import REPOSITORY
from sync_core.__main__ import CANNOT_BEGIN
from sync_core.commands.cli import cli
from sync_core.commands.completion import Shell, script_for
from sync_core.commands.exits import Exit

WITHOUT = """
import sys
sys.modules["{module}"] = None
from sync_core.__main__ import main
sys.exit(main(["status"]))
"""
COMPLETE = """
eval "$({python} -m sync_core completion bash)"
COMP_WORDS=(sync-core {words}) COMP_CWORD={at}
_sync_core_complete
echo "${{COMPREPLY[@]}}"
"""


def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, env={}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_a_missing_extra_is_named_in_one_line(module: str) -> None:
    done = start("-c", WITHOUT.format(module=module))
    assert (done.returncode, done.stdout) == (CANNOT_BEGIN, "")
    assert done.stderr == f"{module} is not installed: pip install -r requirements-commands.txt\n"
    assert CANNOT_BEGIN == Exit.NO_ANSWER


@pytest.mark.parametrize(
    "words",
    [
        ("destroy",),
        ("status", "--state", "sinking"),
        ("status", "--limit", "0"),
        ("replay",),
        ("replay", "--all", "--cause", "x"),
        ("approve", "retirement", "0", "--by", "Ada"),
        ("approve", "retirement", "5", "--by", "Ada", "--hours", "nan"),
        ("approve", "retirement", "5"),
        ("run", "--app", "https://app.example"),
        ("explain", ""),
        ("explain", " ", "--app", "https://app.example"),
        ("plan", ""),
        ("bundle", ""),
        ("resync", ""),
        ("plan", " ", "--app", "https://app.example"),
        ("plan", "-o", "/nonexistent/plan.json"),
        ("plan", "-o", "tests"),
        ("bundle", "-o", "/nonexistent/case.json"),
        ("plan", "--against", "a.json", "-o", "b.json"),
        ("plan", "Tag", "--against", "a.json"),
    ],
)
def test_what_is_typed_wrongly_is_said_before_anything_is_asked(words: tuple[str, ...]) -> None:
    done = start("-m", "sync_core", *words)
    assert (done.returncode, done.stdout) == (Exit.WRONG_USAGE, "")
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_all_settings_that_are_wrong_are_named() -> None:
    done = start("-m", "sync_core", "status")
    assert done.returncode == Exit.NO_ANSWER
    assert "\n- PURVIEW_ENDPOINT: is not set" in done.stderr


def test_each_command_has_help_that_fits_its_line() -> None:
    done = start("-m", "sync_core", "--help")
    assert done.returncode == 0
    assert "..." not in done.stdout.partition("Commands:")[2]


@pytest.mark.parametrize(("words", "found"), [("de", "dead-letters"), ("status --se", "--search")])
def test_a_shell_completes_words(words: str, found: str) -> None:
    script = COMPLETE.format(python=sys.executable, words=words, at=len(words.split()))
    done = subprocess.run(
        ["/bin/bash", "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == [found]


def test_each_shell_is_told_where_python_is() -> None:
    assert all(f"{Path(sys.executable)} -m sync_core" in script_for(shell) for shell in Shell)


def test_no_traceback_shows_the_values_of_variables() -> None:
    assert not cli.pretty_exceptions_enable

"""The program as a shell starts it: without its extra, with wrong words, and for the shell's own completion."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.service import REPOSITORY
from sync_core.__main__ import CANNOT_BEGIN
from sync_core.commands.cli import cli, run_command
from sync_core.commands.completion import VARIABLE, Shell, script_for
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


Done = tuple[int, str, str]  # exit status, what was printed, what was told beside that
Type = Callable[..., Done]


def start(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, env={}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def type_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Type a command where nothing is set; in this process, since the start of one takes longer than all it does."""
    for name in os.environ:
        monkeypatch.delenv(name)
    monkeypatch.chdir(REPOSITORY)

    def type_them(*words: str) -> Done:
        status = run_command(words)
        return status, *capsys.readouterr()

    return type_them


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
def test_what_is_typed_wrongly_is_said_before_anything_is_asked(words: tuple[str, ...], type_words: Type) -> None:
    status, printed, told = type_words(*words)
    assert (status, printed) == (Exit.WRONG_USAGE, "")
    assert "Error: " in told
    assert "Traceback" not in told


def test_a_shell_is_told_that_a_word_is_wrong() -> None:
    done = start("-m", "sync_core", "destroy")
    assert (done.returncode, done.stdout) == (Exit.WRONG_USAGE, "")
    assert "Error: " in done.stderr


WITH_JSON = [
    *(("doctor",), ("status",), ("dead-letters",), ("plan",), ("explain", "a"), ("bundle",), ("replay", "--all")),
    *(("close", "--id", "a"), ("approve", "retirement", "5", "--by", "Ada"), ("resync", "a")),
]


@pytest.mark.parametrize("words", [*WITH_JSON, ("run",)], ids=lambda words: words[0])
def test_with_json_each_command_tells_as_json_that_nobody_could_be_asked(
    words: tuple[str, ...], type_words: Type
) -> None:
    error = failure(type_words(*words, "--json"), Exit.NO_ANSWER)
    assert error["causeClass"] == "config"
    assert "PURVIEW_ENDPOINT: is not set" in error["detail"]


@pytest.mark.parametrize("words", WITH_JSON, ids=lambda words: words[0])
@pytest.mark.parametrize(
    "asked",
    [
        ("k", "http://127.0.0.1:9", Exit.NO_ANSWER, "transient"),
        ("", "https://app.example", Exit.NO_ANSWER, "config"),
        ("k", "http://app.example", Exit.WRONG_USAGE, "usage"),
        ("k", "app.example", Exit.WRONG_USAGE, "usage"),
    ],
)
def test_with_json_each_command_tells_as_json_why_it_asked_no_app(
    words: tuple[str, ...],
    asked: tuple[str, str, Exit, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key, address, status, cause_class = asked
    monkeypatch.setenv("SYNC_APP_KEY", key)
    assert run_command([*words, "--app", address, "--json"]) == status
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["causeClass"], error["exitStatus"]) == (cause_class, status)


@pytest.mark.parametrize("words", [("destroy",), ("status", "--limit", "x"), ("explain",), ("run", "--app", "x")])
def test_with_json_what_is_typed_wrongly_is_told_as_json(words: tuple[str, ...], type_words: Type) -> None:
    assert failure(type_words(*words, "--json"), Exit.WRONG_USAGE)["causeClass"] == "usage"


def test_a_shell_gets_json_and_nothing_else() -> None:
    done = start("-m", "sync_core", "status", "--json")
    assert failure((done.returncode, done.stdout, done.stderr), Exit.NO_ANSWER)["causeClass"] == "config"


def test_bytes_that_are_no_text_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "a\udcff", "--app", "http://127.0.0.1:9"]) == Exit.WRONG_USAGE
    assert "'a\\udcff' is no text" in capsys.readouterr().err


def test_an_output_that_knows_few_letters_shows_the_others_as_escapes() -> None:
    program = "from sync_core.commands import printing, show; printing.print_whatever_there_is()"
    program += "; printing.print_lines([show.Line('Gr\xfcn \u2588')])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=REPOSITORY, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True)
    assert done.stdout == b"Gr\\xfcn \\u2588\n"


def test_an_output_that_is_full_is_told_in_one_line() -> None:
    program = "import sys; sys.stdout = open('/dev/full', 'w')\n"
    program += "from sync_core.__main__ import main; sys.exit(main(['completion', 'bash']))"
    done = start("-c", program)
    assert (done.returncode, done.stderr.count("\n")) == (Exit.NOT_DONE, 1)
    assert "The output cannot be written: No space left on device." in done.stderr


INTERRUPTED = """
from sync_core.commands.cli import cli, run_command
@cli.command()
def wait(as_json: bool = __import__("typer").Option(False, "--json")): raise KeyboardInterrupt
exit(run_command({words}))
"""


def test_who_interrupts_is_told_so() -> None:
    done = start("-c", INTERRUPTED.format(words=["wait"]))
    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, "", "It was interrupted.\n")
    done = start("-c", INTERRUPTED.format(words=["wait", "--json"]))
    assert (done.returncode, done.stderr) == (Exit.INTERRUPTED, "")
    assert json.loads(done.stdout)["error"]["causeClass"] == "interrupted"


def test_with_json_a_missing_extra_is_told_as_json() -> None:
    done = start("-c", WITHOUT.format(module="typer").replace('"status"', '"status", "--json"'))
    assert (done.returncode, done.stderr) == (CANNOT_BEGIN, "")
    assert json.loads(done.stdout)["error"]["exitStatus"] == CANNOT_BEGIN


def failure(done: Done, status: Exit) -> Any:
    """Return what a command with `--json`, which failed, says of it."""
    code, printed, told = done
    assert (code, told) == (status, "")
    (name,) = value = json.loads(printed)
    assert (name, value["error"]["exitStatus"]) == ("error", status)
    return value["error"]


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


@pytest.mark.parametrize("shell", [Shell.ZSH, Shell.FISH, Shell.POWERSHELL])
def test_the_other_shells_are_answered_as_their_scripts_ask(shell: Shell) -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "sync-core de", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    environment = {**asked, VARIABLE: f"complete_{shell}", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "de"}
    script = script_for(shell)
    assert script.count(VARIABLE) >= 1
    assert f"complete_{shell}" in script
    command = [sys.executable, "-m", "sync_core"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    assert "dead-letters" in done.stdout
    assert "doctor" not in done.stdout


def test_each_shell_is_told_where_python_is() -> None:
    python = {shell: str(Path(sys.executable)) for shell in Shell} | {Shell.POWERSHELL: f"'{sys.executable}'"}
    assert all(f"{python[shell]} -m sync_core" in script_for(shell) for shell in Shell)


def test_a_path_of_python_that_no_shell_takes_as_it_is_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/o'brien tools/python")
    assert """'/opt/o'"'"'brien tools/python' -m""" in script_for(Shell.BASH)
    assert "& '/opt/o''brien tools/python' -m" in script_for(Shell.POWERSHELL)


def test_no_traceback_shows_the_values_of_variables() -> None:
    assert not cli.pretty_exceptions_enable

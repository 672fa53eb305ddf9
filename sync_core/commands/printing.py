"""Prints what a command has to say: an answer to the output, everything else beside it."""

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from os import O_WRONLY, devnull, dup2
from os import open as open_descriptor
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from sync_core.commands.show import BAD, Line
from sync_core.safe_text import one_line


def print_whatever_there_is() -> None:
    """Let a stream that knows few letters, a pipe on Windows, show the others as escapes: a name must not end it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def give_up_output() -> None:
    """Let what could not be written go nowhere: Python would try it again at its end, and say so in its own way."""
    dup2(open_descriptor(devnull, O_WRONLY), sys.stdout.fileno())


def print_json(value: Mapping[str, Any]) -> None:
    """Print an answer as JSON, in ASCII: no name in it can do anything to a terminal."""
    _console().print(json.dumps(value, indent=2), soft_wrap=True, markup=False, highlight=False, emoji=False)


def print_lines(lines: Iterable[Line], *, is_error: bool = False) -> None:
    """Print lines, beside the output where they are no answer; what comes from outside cannot forge one."""
    console = _console(is_error=is_error)
    for line in lines:
        text = Text(one_line(line.lead), line.style) if line.lead else Text()
        text.append(one_line(line.text), None if line.lead else line.style or None)
        console.print(text, soft_wrap=True)


def print_error(error: Exception) -> None:
    """Print what kept a command from being done; the problems of several settings stand on lines of their own."""
    console = _console(is_error=True)
    for line in f"{type(error).__name__}: {error}".split("\n"):
        console.print(Text(one_line(line), BAD), soft_wrap=True)


def print_failure(cause_class: str, detail: str, status: int) -> None:
    """Print the same as JSON, where an answer would stand."""
    print_json({"error": {"causeClass": cause_class, "detail": detail, "exitStatus": int(status)}})


@contextmanager
def waiting() -> Iterator[None]:
    """Show beside the output, where that is a terminal, that an answer is waited for: a large plan takes minutes."""
    console = _console(is_error=True)
    with console.status("Asking") if console.is_terminal else nullcontext():
        yield


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar beside the output, where that is a terminal, and yield what moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = _console(is_error=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _console(*, is_error: bool = False) -> Console:
    return Console(stderr=is_error)

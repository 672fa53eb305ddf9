"""The program: all commands, and how each ends."""

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sync_core.commands import asking, doing
from sync_core.commands.completion import VARIABLE, Shell, prepare, script_for
from sync_core.commands.exits import Exit, WrongRequestError, exit_of
from sync_core.commands.frame import PROGRAM, cli
from sync_core.commands.printing import give_up_output, print_error, print_failure, print_lines, print_whatever_there_is
from sync_core.commands.show import Line
from sync_core.errors import StateError, SyncError, UnforeseenError

__all__ = ["asking", "cli", "doing", "run_command"]

UsageError: Any = typer.BadParameter.__base__  # Typer gives it no name of its own


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status. With `--json` what it failed of is told as JSON, too."""
    prepare()
    print_whatever_there_is()
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = wants_json(words)
    try:
        check_words(words)
        ended = cli(words, prog_name=PROGRAM, complete_var=VARIABLE, standalone_mode=False)
    except SyncError as error:
        return _failed(error, exit_of(error), as_json=as_json)
    except UsageError as error:
        return _typed_wrongly(error, as_json=as_json)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.NOT_DONE
    except OSError as error:  # a full disk; who closes a pipe has all that is wanted
        give_up_output()
        print_error(StateError(f"The output cannot be written: {error.strerror}."))
        return Exit.NOT_DONE
    except Exception as error:
        if not as_json:
            raise
        traceback.print_exc()
        return _failed(UnforeseenError(f"{type(error).__name__}: {error}"), Exit.NOT_DONE, as_json=True)
    return _interrupted(as_json=as_json) if ended == Exit.INTERRUPTED else ended or Exit.DONE


def check_words(words: Sequence[str]) -> None:
    """Check that what was typed is text: a shell hands on any bytes, which nothing can be asked with.

    Raises:
        WrongRequestError: the word that is none.
    """
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise WrongRequestError(f"{word!a} is no text: expected UTF-8.") from None


def wants_json(words: Sequence[str]) -> bool:
    """Whether a command is asked for JSON, however wrongly the rest is typed."""
    return "--json" in words[: words.index("--") if "--" in words else None]


def _failed(error: SyncError, status: Exit, *, as_json: bool) -> Exit:
    print_failure(error.cause_class, str(error), status) if as_json else print_error(error)
    return status


def _interrupted(*, as_json: bool) -> Exit:
    told = "It was interrupted."
    print_failure("interrupted", told, Exit.INTERRUPTED) if as_json else print_lines([Line(told)], is_error=True)
    return Exit.INTERRUPTED


def _typed_wrongly(error: Any, *, as_json: bool) -> Exit:
    print_failure("usage", error.format_message(), Exit.WRONG_USAGE) if as_json else error.show()
    return Exit.WRONG_USAGE


@cli.command()
def completion(shell: Annotated[Shell, typer.Argument(help="The shell that you use.")]) -> None:
    """Print the completion for a shell.

    Evaluated, it lets the shell know the short name sync-core, and complete its words: eval "$(python -m sync_core
    completion bash)", also zsh; python -m sync_core completion fish | source; python -m sync_core completion powershell
    | Out-String | Invoke-Expression.
    """
    typer.echo(script_for(shell), nl=False)

"""The program: all commands, and how each ends."""

from collections.abc import Sequence
from typing import Annotated

import typer

from sync_core.commands import asking, doing
from sync_core.commands.completion import VARIABLE, Shell, prepare, script_for
from sync_core.commands.exits import Exit, exit_of
from sync_core.commands.frame import PROGRAM, cli
from sync_core.commands.printing import print_error
from sync_core.errors import SyncError

__all__ = ["asking", "cli", "doing", "run_command"]


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    prepare()
    try:
        cli(arguments, prog_name=PROGRAM, complete_var=VARIABLE)
    except SyncError as error:
        print_error(error)
        return exit_of(error)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.NOT_DONE
    return Exit.DONE


@cli.command()
def completion(shell: Annotated[Shell, typer.Argument(help="The shell that you use.")]) -> None:
    """Print the completion for a shell.

    Evaluated, it lets the shell know the short name sync-core, and complete its words: eval "$(python -m sync_core
    completion bash)".
    """
    typer.echo(script_for(shell), nl=False)

"""What all commands share: the program that they are part of, and the way from a request to what is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import typer

from sync_core.commands import show
from sync_core.commands.desk import NOT_THE_APP, Desk
from sync_core.commands.desk_elsewhere import open_desk
from sync_core.commands.exits import Exit
from sync_core.commands.printing import print_json, print_lines, waiting
from sync_core.errors import ConfigError

PROGRAM = "python -m sync_core"
EPILOG = (
    "For example: python -m sync_core explain 'Account.csv' --app https://APP.azurewebsites.net. COMMAND --help tells "
    "more of each, docs/operations.md all.\n\n"
    "Ends with 0 when it was done, 1 when it was not or something is not well, 2 when it was typed wrongly, 3 when "
    "nobody could be asked (settings, storage, services, the app or its key)."
)
cli = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show the values of variables, secrets too
    rich_markup_mode=None,
    epilog=EPILOG,
    help="See what the sync between Purview and CluedIn does, ask it why, and put right what it cannot.\n\n"
    "Each command builds the app here, from the same environment variables as in Azure, or asks the app that runs at "
    "--app URL.",
)


@dataclass(frozen=True, slots=True)
class Way:
    """Whom a command asks, and how the answer is shown."""

    app: str
    scope: str
    as_json: bool

    def answer(
        self,
        request: Callable[[Desk], Mapping[str, Any]],
        look: show.Show,
        is_well: Callable[[Mapping[str, Any]], bool] = lambda _: True,
    ) -> None:
        """Ask, show the answer, and end.

        Raises:
            Exit: always but after an answer with which all is well.
            SyncError: nobody could be asked, or the app refuses.
        """
        with waiting():
            value = request(open_desk(self.app, self.scope) if self.app else _desk_here())
        try:
            lines, is_done = list(look(value)), is_well(value)
        except (AttributeError, KeyError, TypeError):
            raise ConfigError(f"The answer cannot be read: another version gave it. {NOT_THE_APP}") from None
        print_json(value) if self.as_json else print_lines(lines)
        if not is_done:
            raise typer.Exit(Exit.NOT_DONE)


def _desk_here() -> Desk:
    from sync_core.commands.desk_here import DeskHere  # noqa: PLC0415  # the whole app: not for who asks another one

    return DeskHere()

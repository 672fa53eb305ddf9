"""The commands that change something."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import typer

from sync_core.commands import options, show
from sync_core.commands.desk import Desk, act_until_done
from sync_core.commands.exits import Exit
from sync_core.commands.frame import Way, cli
from sync_core.commands.printing import print_json, print_lines, progress
from sync_core.errors import NotFoundError
from sync_core.guids import to_guid


@cli.command()
def replay(
    *,
    all_of_them: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    cause: Annotated[
        str, typer.Option(metavar="CLASS", help="Those of one cause class, as dead-letters shows it.")
    ] = "",
    letter: Annotated[str, typer.Option("--id", metavar="ID", help="One of them, also one that was closed.")] = "",
    by: options.By = "",
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Try given-up work again.

    All of it, that of one cause, or one dead letter. What stands already is found, not made again.
    """
    which = {name: value for name, value in (("all", all_of_them), ("cause", cause), ("id", letter)) if value}
    if len(which) != 1:
        raise typer.BadParameter("give exactly one of --all, --cause and --id")
    order = {"action": "replay", **which, "by": by or options.caller()}
    Way(app, scope, as_json).answer(
        lambda desk: act_until_done(desk, order),
        show.replayed,
        lambda value: bool(value["done"]) and not value["refused"],
    )


@cli.command()
def close(
    *,
    letter: Annotated[str, typer.Option("--id", metavar="ID", help="The id that dead-letters shows.")],
    by: options.By = "",
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Set a dead letter aside.

    It is shown and replayed no longer; `replay --id` still brings it back.
    """
    order = {"action": "close", "id": letter, "by": by or options.caller()}
    way = Way(app, scope, as_json)
    way.answer(lambda desk: desk.act(order), partial(show.closed, letter), lambda value: bool(value["done"]))


@cli.command()
def approve(
    *,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is approved: retirement.")],
    number: Annotated[int, typer.Argument(min=1, metavar="NUMBER", help="Of how many assets, at most.")],
    by: options.ByWhom,
    hours: options.Hours = 24.0,
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Approve what waits for a person.

    KIND `retirement`: so many assets may be retired at once, until the approval expires; each counts once.
    """
    order = {"action": "approve", "kind": kind, "number": number, "hours": hours, "by": by}
    Way(app, scope, as_json).answer(lambda desk: desk.act(order), partial(show.approved, number, hours))


@cli.command()
def resync(
    *,
    thing: Annotated[
        str,
        typer.Argument(
            metavar="ASSET|DATA_SET",
            callback=options.read_words,
            help="An asset's name, qualified name, guid or portal address; the id of a data set.",
        ),
    ],
    by: options.By = "",
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Look again at an asset or a data set.

    The group and source of an asset are looked for in CluedIn again, and made where they are proven to be gone. What
    Purview hid, or had no name for, is asked for there now. The lineage of a data set is read and written again.
    """

    def ask(desk: Desk) -> Mapping[str, Any]:
        order = {"action": "resync", "by": by or options.caller()}
        try:
            return desk.act({**order, "asset": thing})
        except NotFoundError:
            if not to_guid(thing):
                raise
            return desk.act({**order, "dataSet": thing})

    Way(app, scope, as_json).answer(ask, show.asked_again, lambda value: not value["refused"])


@cli.command()
def run(*, as_json: options.Json = False) -> None:
    """Discover and work now, in the foreground.

    One discovery and the work that it finds, with the environment's settings. The running app may be at work meanwhile:
    no asset is done twice.
    """
    from sync_core.commands.run_here import run_here  # noqa: PLC0415  # the whole app

    with progress("Discovering, then working") as tell:
        value = run_here(tell)
    print_json(value) if as_json else print_lines(show.run(value))
    if not value["run"] or value["run"]["outcome"] != "succeeded" or value["work"]["deadLetters"]:
        raise typer.Exit(Exit.NOT_DONE)

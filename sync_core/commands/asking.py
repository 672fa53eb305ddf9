"""The commands that ask, and change nothing."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from sync_core.answer import LARGEST_PAGE
from sync_core.assets.record import AssetStatus
from sync_core.commands import options, show
from sync_core.commands.desk import Desk
from sync_core.commands.frame import Way, cli
from sync_core.commands.parts import ask_in_parts, merge_examinations, merge_explanations, merge_plans
from sync_core.commands.plans import compare_plan, read_plan

ALL = "all"
CONFIGURED = "configured"


@cli.command()
def doctor(*, app: options.App = "", scope: options.Scope = "", as_json: options.Json = False) -> None:
    """Check settings, roles, keywords and services.

    Built here, it also registers the app's types in Purview, which proves the right to. Asked with --app, it writes
    nothing.
    """
    way = Way(app, scope, as_json)
    way.answer(
        lambda desk: ask_in_parts(desk, {"examine": "true"}, merge_examinations),
        show.findings,
        lambda value: bool(value["isWell"]),
    )


@cli.command()
def status(
    *,
    state: Annotated[AssetStatus | None, typer.Option(help="Only assets in this state.")] = None,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Only what has this text in its names or id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=LARGEST_PAGE, help="At most so many assets, and data sets.")] = 20,
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Show what is synced, what is not, and why not.

    Also what waits for a person, and what the last runs did.
    """
    query = {"pageSize": str(limit), "state": state or "", "search": search}
    asked = {name: value for name, value in query.items() if value}  # the host drops empty parameters
    Way(app, scope, as_json).answer(lambda desk: desk.ask(asked), show.status)


@cli.command("dead-letters")
def dead_letters(*, app: options.App = "", scope: options.Scope = "", as_json: options.Json = False) -> None:
    """List the work that was given up.

    Each with its cause, and the id that `replay` and `close` take; the first 1000.
    """

    def ask(desk: Desk) -> Mapping[str, Any]:
        return {"deadLetters": desk.ask({"pageSize": str(LARGEST_PAGE)})["deadLetters"]}

    Way(app, scope, as_json).answer(ask, show.dead_letters)


@cli.command()
def plan(
    *,
    term: Annotated[
        str,
        typer.Argument(
            metavar="TERM",
            callback=options.read_words,
            help="Keywords as in SYNC_TERM; those of the settings if not given.",
        ),
    ] = CONFIGURED,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Save the plan there."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tell instead what of this saved plan happened otherwise.")
    ] = None,
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Tell what a term would do.

    What would be created, adopted, retired or left out, with which names, at what cost. Writes nothing. Counts are
    whole; of the assets the first 50 of each act are shown, and all with --json.
    """
    way = Way(app, scope, as_json)
    if against:
        if output or term != CONFIGURED:
            raise typer.BadParameter("--against compares a plan that was saved: no TERM and no --output beside it")
        saved = read_plan(against)
        way.answer(lambda desk: compare_plan(desk, saved), show.differences, lambda value: not value["differences"])
        return

    if output:
        options.check_output(output)

    def ask(desk: Desk) -> Mapping[str, Any]:
        value = ask_in_parts(desk, {"plan": term}, merge_plans)
        if output:
            options.write_json(output, value)
        return value

    way.answer(ask, show.plan, lambda value: not value["unknown"])


@cli.command()
def explain(
    *,
    asset: Annotated[
        str,
        typer.Argument(
            metavar="ASSET",
            callback=options.read_words,
            help="Its name, qualified name, guid, or address in Purview's portal; in quotes for the shell.",
        ),
    ],
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Tell why an asset is not in CluedIn.

    The first thing that stands in the way, what shows it and what to do; then all that was found. Writes nothing.
    """
    Way(app, scope, as_json).answer(
        lambda desk: ask_in_parts(desk, {"explain": asset}, merge_explanations),
        show.explanation,
        show.is_explained_well,
    )


@cli.command()
def bundle(
    *,
    asset: Annotated[
        str,
        typer.Argument(
            metavar="ASSET",
            callback=options.read_words,
            help="Only what is about this asset: its name, qualified name, guid or portal address.",
        ),
    ] = ALL,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to.")] = Path("bundle.json"),
    app: options.App = "",
    scope: options.Scope = "",
    as_json: options.Json = False,
) -> None:
    """Write one file to attach to a report.

    Settings, versions, the doctor's findings, the rows of the state and the last exchanges: without secrets, but with
    the names of assets and people. `python -m local open FILE` opens it on a laptop. With --json it is printed, and no
    file is written.
    """
    if not as_json:
        options.check_output(output)

    def ask(desk: Desk) -> Mapping[str, Any]:
        value = desk.ask({"bundle": asset})
        if not as_json:
            options.write_json(output, value)
        return value

    Way(app, scope, as_json).answer(ask, partial(show.bundle, str(output)))

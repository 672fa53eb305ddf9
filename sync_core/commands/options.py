"""The options that several commands share, with what `--help` says of them."""

import getpass
import json
import math
from collections.abc import Mapping
from os import W_OK, access
from pathlib import Path
from typing import Annotated, Any

import typer

from sync_core.commands.exits import WrongRequestError

LONGEST_HOURS = 1000
OUTPUT = "--output"

App = Annotated[
    str,
    typer.Option(
        "--app",
        metavar="URL",
        envvar="SYNC_APP_URL",
        help="Ask the app that runs at this address, e.g. https://APP.azurewebsites.net, instead of building it here "
        "from the environment's settings. SYNC_APP_KEY has to hold one of its host keys.",
    ),
]
Scope = Annotated[
    str,
    typer.Option(
        "--scope",
        metavar="URI",
        envvar="SYNC_APP_SCOPE",
        help="With --app, where people sign in to the app: its application ID URI, such as api://CLIENT_ID. The "
        "token is that of whoever is signed in here (az login); no key is sent.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help='Print the answer as JSON, and also why there is none: {"error": ...}.'),
]


By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so; your login name if not given.")]
ByWhom = Annotated[str, typer.Option("--by", metavar="NAME", help="Who says so: it is kept beside each asset.")]


def check_output(file: Path) -> None:
    """Check where a file is to be written, before anything is asked for it.

    Raises:
        BadParameter: no file can be written there.
    """
    if file.is_dir():
        raise typer.BadParameter(f"{file} is a folder; expected a file", param_hint=OUTPUT)
    if not file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.parent}", param_hint=OUTPUT)
    if not access(file if file.exists() else file.parent, W_OK):
        raise typer.BadParameter(f"{file} may not be written", param_hint=OUTPUT)


def write_json(file: Path, value: Mapping[str, Any]) -> None:
    """Write an answer to a file.

    Raises:
        WrongRequestError: it cannot be written.
    """
    try:
        file.write_text(json.dumps(value, indent=1), encoding="utf-8")
    except OSError as error:
        raise WrongRequestError(f"{OUTPUT}: {file} cannot be written: {error.strerror}.") from error


def caller() -> str:
    """Return the login name of whoever calls, as far as the machine knows one."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "unknown"


def read_words(text: str) -> str:
    """Read what is asked about. The host drops a parameter without a value, and would answer another question.

    Raises:
        BadParameter: it is empty.
    """
    if not text.strip():
        raise typer.BadParameter("it is empty")
    return text


def read_hours(text: str) -> float:
    """Read for how many hours something counts.

    Raises:
        BadParameter: it is none above 0, or too many.
    """
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 < hours <= LONGEST_HOURS:
        raise typer.BadParameter(f"'{text}' is no number of hours above 0, up to {LONGEST_HOURS}")
    return hours


Hours = Annotated[
    float, typer.Option("--hours", parser=read_hours, metavar="HOURS", help="For how long this counts, at most 1000.")
]

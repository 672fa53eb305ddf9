"""The laptop run: `python -m local run` stays up until Ctrl-C, `python -m local demo` shows and checks, then ends.

`python -m local open FILE` is the first on the state of a bundle.
"""

import argparse
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape

from local.azurite import AzuriteMissingError, run_azurite
from local.bundle import BundleError, fill_tables, read_bundle
from local.child import ChildError
from local.demo.engineer import SOURCE, SOURCE_TYPE, loading_command
from local.demo.lineage import reading_command
from local.demo.report import Report, make_console
from local.demo.run import DEMO_SETTINGS, run_demo
from local.service import REPOSITORY
from local.stack import APP_PORT, Stack, StackOptions, run_stack


def main() -> int:
    """Run the command; 0 when all went well."""
    arguments = _read_arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    # A shell starts background jobs with this signal ignored; whoever sends it here means it.
    signal.signal(signal.SIGINT, _interrupt)
    console = make_console()
    try:
        if arguments.command == "demo":
            options = StackOptions(app_dir=arguments.app_dir, timers=False, settings=DEMO_SETTINGS)
            return 0 if run_demo(options, Report(console)) else 1
        if arguments.command == "open":
            return _open(arguments.file, StackOptions(app_dir=arguments.app_dir, timers=False), console)
        return _run(StackOptions(app_dir=arguments.app_dir, app_port=arguments.port), console)
    except KeyboardInterrupt:
        return 130
    except (ChildError, AzuriteMissingError, BundleError) as error:
        console.print(f"[bold red]{escape(str(error))}[/bold red]", soft_wrap=True)
        return 1


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start everything and stay up until Ctrl-C")
    run.add_argument("--port", type=int, default=APP_PORT, help=f"of the app, when it is free (default {APP_PORT})")
    demo = commands.add_parser("demo", help="start everything, show it working, check it, end it")
    opened = commands.add_parser("open", help="start everything on the state of a bundle, and stay up until Ctrl-C")
    opened.add_argument("file", type=Path, help="what `python -m sync_core bundle` wrote")
    for command in (run, demo, opened):
        command.add_argument("--app-dir", type=Path, default=REPOSITORY, help="the folder of function_app.py")
    return parser.parse_args()


def _run(options: StackOptions, console: Console) -> int:
    with run_stack(options) as stack:
        _show(stack, console)
        return _wait(stack, console)


def _open(file: Path, options: StackOptions, console: Console) -> int:
    """Run everything on a bundle's state. No timer runs and no message waits, so the state stays as it is."""
    bundle = read_bundle(file)
    with run_azurite(log=options.log_dir / "azurite.log") as azurite:
        storage = azurite.connection_string()
        count = fill_tables(storage, bundle)
        with run_stack(replace(options, storage=storage, settings=bundle.app_settings)) as stack:
            lines = [
                f"{file}: {count} rows of version {bundle.version}, {bundle.generated_at}, about {bundle.about}.",
                f"Dashboard: {stack.function_url}/dashboard?code={stack.function_key}",
                f"Status: {stack.function_url}/status?code={stack.function_key}",
                f"Storage (Azurite): {storage}",
                "This is the state as it was, read by the code of this checkout. No timer runs. The simulators do not",
                "know the estate that it comes from: what is asked of Purview or CluedIn is answered by their own.",
            ]
            for line in lines:
                console.print(escape(line), soft_wrap=True, highlight=False)
            return _wait(stack, console)


def _wait(stack: Stack, console: Console) -> int:
    try:
        while True:
            stack.check()
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print("Stopping ...")
    return 0


def _show(stack: Stack, console: Console) -> None:
    host = "Core Tools" if stack.app.kind == "core-tools" else "the local functions host"
    rows = {
        "Dashboard": f"{stack.function_url}/dashboard?code={stack.function_key}",
        "Status": f"{stack.function_url}/status?code={stack.function_key}",
        "Health": f"{stack.function_url}/health",
        "Purview simulator": f"{stack.purview.url}/_simulator/state",
        "CluedIn simulator": f"{stack.cluedin.url}/_simulator/state",
        "Storage (Azurite)": stack.storage,
        "Logs": str(stack.log_dir),
    }
    console.print(f"The app runs on {host}; its timers run every minute.")
    console.print("Running; Ctrl-C ends everything")
    for name, value in rows.items():  # no table: it would cut off what is longer than a line
        console.print(f" [bold]{name:<18}[/bold] {escape(value)}", soft_wrap=True, highlight=False)
    _show_way_back(stack, console)


def _show_way_back(stack: Stack, console: Console) -> None:
    lines = [
        "The way back: after the next full minute the assets have their groups. Then let CluedIn process a data set;",
        "it calls the app's webhook, and the app writes the lineage:",
        f"  {loading_command(stack.cluedin.url)}",
        "Read the lineage as Purview tells it:",
        f"  {reading_command(stack.purview.url, SOURCE_TYPE, SOURCE)}",
    ]
    for line in lines:
        console.print(escape(line), soft_wrap=True, highlight=False)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

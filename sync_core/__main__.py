"""What a person types, see `sync_core/commands/`: `python -m sync_core --help`."""

import json
import sys
from collections.abc import Sequence

EXTRA = frozenset({"typer", "rich"})
CANNOT_BEGIN = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status, which `docs/operations.md` explains."""
    try:
        from sync_core.commands.cli import run_command  # noqa: PLC0415  # what it needs may not be installed
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        _tell_missing(missing, sys.argv[1:] if arguments is None else arguments)
        return CANNOT_BEGIN
    return run_command(arguments)


def _tell_missing(module: str, words: Sequence[str]) -> None:
    detail = f"{module} is not installed: pip install -r requirements-commands.txt"
    if "--json" in words:
        print(json.dumps({"error": {"causeClass": "config", "detail": detail, "exitStatus": CANNOT_BEGIN}}, indent=2))
    else:
        print(detail, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

"""What a person types, see `sync_core/commands/`: `python -m sync_core --help`."""

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
        print(f"{missing} is not installed: pip install -r requirements-commands.txt", file=sys.stderr)
        return CANNOT_BEGIN
    return run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""The line in which a server of ours says where it listens, and how the one that started it reads that line."""

import re
import sys

_LINE = re.compile(r"^\S.* listens on (http://\S+)\n", re.MULTILINE)


def announce(name: str, url: str) -> None:
    """Print the line in one write: standard error may share the file, and must not get between its parts.

    `print` writes text and line end apart where Python is unbuffered.
    """
    sys.stdout.write(f"{name} listens on {url}\n")
    sys.stdout.flush()


def read_announced_url(output: str) -> str | None:
    """Return the URL once its line is complete, also between other lines; None before."""
    found = _LINE.search(output)
    return found.group(1) if found else None

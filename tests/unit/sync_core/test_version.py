"""The version is told in two places: by the app to whoever asks, and to packaging tools."""

import tomllib
from pathlib import Path

from sync_core import __version__


def test_the_app_tells_the_version_of_the_project() -> None:
    assert tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == __version__

"""A bundle that somebody changed by hand is refused with the place that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.bundle import BundleError, read_bundle

WHOLE = {"format": 1, "version": "0.1.0", "generatedAt": "2026-11-30", "about": "all", "settings": {}, "rows": {}}
ROW = {"partition": "assets", "key": "record:1", "columns": {"name": "Orders"}}


def write(folder: Path, text: str) -> Path:
    file = folder / "case.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_bundle_is_read(tmp_path: Path) -> None:
    whole = {**WHOLE, "settings": {"SYNC_ENABLED": True, "SYNC_TERM": None}, "rows": {"syncassets": [ROW]}}
    found = read_bundle(write(tmp_path, json.dumps(whole)))
    assert found.app_settings == {"SYNC_ENABLED": "true"}
    assert [row.key for row in found.rows["syncassets"]] == ["record:1"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"format": 2}, "format"),
        ({"settings": None}, "settings"),
        ({"rows": None}, "rows"),
        ({"rows": {"syncassets": None}}, "rows.syncassets"),
        ({"rows": {"syncassets": ["x"]}}, "rows.syncassets.0"),
        ({"rows": {"syncassets": [{**ROW, "key": None}]}}, "rows.syncassets.0.key"),
        ({"rows": {"syncassets": [{**ROW, "columns": []}]}}, "rows.syncassets.0.columns"),
        ({"about": 7}, "about"),
    ],
)
def test_what_is_wrong_in_a_bundle_is_named(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BundleError, match=f" {place}: "):
        read_bundle(write(tmp_path, json.dumps({**WHOLE, **changes})))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BundleError, match="is no bundle"):
        read_bundle(write(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="cannot be read: No such file"):
        read_bundle(tmp_path / "case.json")

"""A bundle on real tables: no secret that stands in a row leaves, and nothing of another installation does."""

import json
from dataclasses import replace
from typing import Any

import pytest
from azure.data.tables import EdmType, EntityProperty

from local.bundle import Bundle, BundleError, fill_tables, read_bundle
from sync_core.app import App
from sync_core.commands import show
from sync_core.operations.bundle.bundle import REST
from sync_core.operations.bundle.rows import MAX_ROWS
from sync_core.runtime import Runtime
from sync_core.storage.connection import INTERACTIVE
from tests.kit.settings import settings_of
from tests.unit.sync_core.operations.test_redact import (
    NOTIFY,
    PASSWORD,
    SEEDS,
    TOKEN,
    WEBHOOK_SECRETS,
    leaks,
    texts,
)

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def app(storage: str) -> App:
    """The app with every secret set, between services that nobody runs."""
    settings = settings_of(
        NOBODY,
        NOBODY,
        storage,
        CLUEDIN_PASSWORD=PASSWORD,
        CLUEDIN_ACCESS_TOKEN=TOKEN,
        WEBHOOK_SECRETS=";".join(WEBHOOK_SECRETS),
        NOTIFY_URLS=";".join(NOTIFY),
    )
    return App(settings, Runtime(sleep=lambda _: None), patience=INTERACTIVE)


def plant(app: App, partition: str, text: str) -> None:
    row = {"PartitionKey": partition, "RowKey": "job:planted", "last_error": text}
    for name in ("syncnotes", "syncassets"):
        app.table(name).merge({**row, "large": EntityProperty(2**40, EdmType.INT64)})


def test_no_secret_that_stands_in_a_row_leaves_with_a_bundle(app: App) -> None:
    secrets = [seed for seed in SEEDS if seed in {PASSWORD, TOKEN, *WEBHOOK_SECRETS} or "Slack" in seed]
    plant(app, "assets", f"It answered with {' and '.join(secrets)}")
    found = app.bundle.read("all")
    assert "It answered with *** and *** and" in "\n".join(texts(found))
    assert leaks(found) == []
    assert found["settings"]["CLUEDIN_PASSWORD"] == "(set)"
    assert found["settings"]["NOTIFY_URLS"] == "(3 set)"


def test_the_key_that_signs_the_buttons_of_the_dashboard_stays_at_home(app: App) -> None:
    assert app.form_keys.current().hex() not in json.dumps(app.bundle.read("all"))


def test_a_bundle_is_of_one_installation(app: App) -> None:
    other = replace(app, scope="other")
    plant(app, "assets", "ours")
    plant(other, "assets", "theirs")
    assert "theirs" not in json.dumps(app.bundle.read("all")["rows"])
    theirs = other.bundle.read("all")["rows"]
    assert "ours" not in json.dumps(theirs)
    assert [row["partition"] for row in theirs["syncnotes"]] == ["assets"]


def test_a_bundle_has_a_bound_and_says_what_is_left_out(app: App) -> None:
    table = app.table("syncassets")
    for start in range(0, MAX_ROWS + 100, 100):
        keys = range(start, start + 100)
        table.transact([("create", {"PartitionKey": "assets", "RowKey": f"record:{key:04}"}) for key in keys])
    app.table("syncassets").merge({"PartitionKey": "assets", "RowKey": "job:0001"})
    kept = app.bundle.rows.of_all()
    assert len([row for row in kept.rows["syncassets"] if row["key"].startswith("record:")]) == MAX_ROWS
    left = {"table": "syncassets", "kind": "record", "kept": MAX_ROWS, "leftOut": 100, "orMore": False}
    assert kept.left_out == [left]
    assert app.bundle.rows.of_asset(None).left_out == []


def test_the_command_tells_what_a_bundle_leaves_out_and_how_to_get_it() -> None:
    left = [{"leftOut": 100, "orMore": False, "kind": "record"}, {"leftOut": 10_000, "orMore": True, "kind": "job"}]
    told = {"rows": {}, "exchanges": [], "about": "all", "version": "0", "leftOut": left, "howToGetTheRest": REST}
    shown = "\n".join(line.text for line in show.bundle("case.json", told))
    assert f"Left out, as there are too many: 100 record, 10000 or more job. {REST}" in shown


def test_rows_are_put_back_as_they_were(app: App, tmp_path: Any, storage: str) -> None:
    plant(app, "assets", "as it was")
    before = app.bundle.read("all")
    file = tmp_path / "case.json"
    file.write_text(json.dumps(before), encoding="utf-8")
    app.table("syncnotes").delete("assets", "job:planted")
    assert fill_tables(storage, read_bundle(file)) == 2
    assert app.bundle.read("all")["rows"] == before["rows"]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("syncassets", {"large": {"type": "Edm.Int64", "value": "x"}}),
        ("syncassets", {"name": {"first": 1}}),
        ("no table", {}),
    ],
)
def test_a_row_that_no_table_takes_is_named(storage: str, table: str, columns: dict[str, Any]) -> None:
    row = {"partition": "assets", "key": "job:1", "columns": columns}
    told = {"format": 1, "version": "0", "generatedAt": "", "about": "all", "settings": {}, "rows": {table: [row]}}
    with pytest.raises(BundleError, match=f"{table}.* cannot be stored: "):
        fill_tables(storage, Bundle.model_validate(told))


def test_an_asset_that_the_app_does_not_have_is_explained_beside_what_all_share(app: App) -> None:
    plant(app, "assets", "another one's")
    told = app.bundle.read("nothing")
    assert (told["about"], told["rows"]["syncassets"]) == ("nothing", [])
    assert told["evidence"]

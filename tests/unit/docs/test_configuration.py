import json
import re
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo

from sync_core.settings import SECRET_SETTINGS, Settings
from tests.unit.docs.tables import DOCS, code, read_table
from tests.unit.infra.template import (
    REPOSITORY,
    app_settings,
    parameters,
    resources,
    setting_names,
    variables,
)

DOCUMENT = "configuration.md"
NOTHING = "\N{EN DASH}"
SETTINGS = {code(row["setting"]): row for row in read_table(DOCUMENT, "Settings of the app")}
ADDED = {code(row["setting"]): row for row in read_table(DOCUMENT, "What the template adds")}
PARAMETERS = {code(row["variable"]): row for row in read_table(DOCUMENT, "Parameters of the template")}
FIELDS = {str(field.alias): field for field in Settings.model_fields.values()}


def documented_default(field: FieldInfo) -> str:
    """Return a setting's default as the table writes it."""
    if field.is_required():
        return "required"
    default: Any = field.default
    if default in (None, "", ()):
        return NOTHING
    value = default.value if isinstance(default, Enum) else default
    return f"`{json.dumps(value) if isinstance(value, bool) else value}`"


def test_every_setting_is_documented_with_its_default_and_nothing_else_is() -> None:
    assert {name: row["default"] for name, row in SETTINGS.items()} == {
        name: documented_default(field) for name, field in FIELDS.items()
    }
    assert all(len(row["meaning"]) > 10 for row in SETTINGS.values())


def test_where_each_setting_comes_from_is_told_truly() -> None:
    read = {name for name, _ in variables().values()}
    entries = {each["name"].rpartition("/")[2] for each in resources("Microsoft.KeyVault/vaults/secrets")}
    made = setting_names()
    for name, row in SETTINGS.items():
        given = row["given by"]
        if name in SECRET_SETTINGS & made:
            assert code(given) in entries, name
            assert given.startswith("the vault's"), name
        elif given.startswith("never"):
            assert name not in made, name
        elif given == "the template":
            assert name in made, name
            assert name not in read, name
        else:
            assert code(given) == name, name
            assert name in read, name


def test_everything_else_that_the_template_sets_is_documented_with_its_value() -> None:
    assert ADDED.keys() == setting_names() - FIELDS.keys()
    same_in_all = set.intersection(*(set(app_settings(kind).items()) for kind in ("default", "everything")))
    for name, row in ADDED.items():
        value = app_settings("everything")[name]
        if value.isdigit() and (name, value) in same_in_all:
            assert code(row["value"]) == value, name


def test_every_parameter_is_documented_with_its_variable_and_default() -> None:
    asked = {name: row for name, row in SETTINGS.items() if code(row["given by"]) == name}
    given = {name: (parameter, default) for parameter, (name, default) in variables().items() if name not in asked}
    assert {name: (code(row["parameter"]), row["default"]) for name, row in PARAMETERS.items()} == {
        name: (parameter, f"`{default}`" if default else NOTHING) for name, (parameter, default) in given.items()
    }


def test_parameters_that_have_no_variable_are_named() -> None:
    source = (DOCS / DOCUMENT).read_text(encoding="utf-8")
    missing = parameters().keys() - variables().keys()
    assert missing == {"location", "tags"}
    assert all(f"`{name}`" in source for name in missing)


def test_the_values_that_a_parameter_allows_are_named() -> None:
    for row in PARAMETERS.values():
        allowed = parameters()[code(row["parameter"])].get("allowedValues", [])
        assert [value for value in allowed if str(value) not in row["meaning"]] == []


def test_every_value_of_host_json_is_explained_as_it_is() -> None:
    rows = {code(row["value"]): code(row["set to"]) for row in read_table(DOCUMENT, "host.json")}
    document = json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))
    assert rows == {name: value if isinstance(value, str) else json.dumps(value) for name, value in _flat(document)}


def test_the_arithmetic_of_the_speed_is_right() -> None:
    rows = read_table(DOCUMENT, "How fast it may be")
    for row in rows:
        instances, batch, threshold, timers, total = (
            int(number) for number in re.findall(r"\d+", row["calls at once"])
        )
        assert (code(row["`MAXIMUM_INSTANCE_COUNT`"]), code(row["`QUEUE_BATCH_SIZE`"])) == (str(instances), str(batch))
        assert threshold == (0 if batch == 1 else batch)
        assert instances * (batch + threshold) + timers == total
    defaults = [str(parameters()[name]["defaultValue"]) for name in ("maximumInstanceCount", "queueBatchSize")]
    assert defaults == [code(rows[0]["`MAXIMUM_INSTANCE_COUNT`"]), code(rows[0]["`QUEUE_BATCH_SIZE`"])]


def test_how_far_it_may_go_over_one_capacity_unit_is_told() -> None:
    source = (DOCS / DOCUMENT).read_text(encoding="utf-8")
    most = int(read_table(DOCUMENT, "How fast it may be")[-1]["calls at once"].split()[-1])
    assert f"the second may go {most - 25} over it" in source.replace("\n", " ")


def test_nobody_is_told_to_set_an_app_setting_by_hand() -> None:
    # The next deployment would put it back.
    source = (DOCS / DOCUMENT).read_text(encoding="utf-8")
    assert not re.search(r"add the app setting", source)


def _flat(node: Any, path: str = "") -> list[tuple[str, Any]]:
    if not isinstance(node, dict):
        return [(path, node)]
    return [pair for key, child in node.items() for pair in _flat(child, f"{path}.{key}".strip("."))]

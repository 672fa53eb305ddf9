"""What runs count and what people are notified of stands in the documents, all of it and nothing else."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from sync_core.commands.cli import cli
from sync_core.commands.exits import Exit
from sync_core.notifications.announcement import NotificationKind
from sync_core.operations.explain.findings import Cause
from sync_core.runs.counts import Count
from sync_core.telemetry.metrics import Metric
from sync_core.telemetry.spans import Attribute
from tests.unit.docs.tables import DOCS, code, read_table


def documented_counts() -> list[str]:
    cells = [row["count"] for row in read_table("operations.md", "Counts of a run")]
    names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    return [re.sub(r":? <.*", "", name) for name in names]


def test_each_count_of_a_run_is_documented_once() -> None:
    assert sorted(documented_counts()) == sorted(Count)


def rows_under(first_column: str) -> list[list[str]]:
    """Return the cells of the table under Traces and metrics whose first column is called so."""
    text = (DOCS / "operations.md").read_text(encoding="utf-8").split("## Traces and metrics\n")[1]
    table = text.split(f"| {first_column} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_each_metric_is_documented_with_its_unit_and_attributes_and_nothing_else_is() -> None:
    documented = [[re.findall(r"`([^`]+)`", cell) for cell in row[:3]] for row in rows_under("metric")]
    assert documented == [[[each.metric], [each.unit], list(each.attributes)] for each in Metric]


def test_each_attribute_of_a_span_is_documented_once() -> None:
    documented = [name for row in rows_under("attribute") for name in re.findall(r"`([^`]+)`", row[0])]
    assert sorted(documented) == sorted(Attribute)


def command_lines() -> Iterator[str]:
    """Yield what the documents say that a person types, without the program."""
    for file in (*DOCS.glob("*.md"), DOCS.parent / "README.md", DOCS.parent / "SECURITY.md"):
        for found in re.findall(r"python -m sync_core ([a-z][^`\n)|]*)", file.read_text(encoding="utf-8")):
            yield found.strip()


def test_each_kind_of_notification_is_documented_and_nothing_else_is() -> None:
    rows = [code(row["`kind`"]) for row in read_table("operations.md", "Notifications")]
    assert sorted(rows) == sorted(NotificationKind)


def test_each_cause_of_an_explanation_is_documented_once_and_nothing_else_is() -> None:
    cells = [row["cause"] for row in read_table("operations.md", "Why is my asset not there?")]
    assert sorted(name for cell in cells for name in re.findall(r"`([^`]+)`", cell)) == sorted(Cause)


def test_each_command_and_each_exit_status_is_documented_and_nothing_else_is() -> None:
    names = {each.name or str(each.callback.__name__) for each in cli.registered_commands if each.callback}
    assert {code(row["command"]) for row in read_table("operations.md", "Commands")} == names
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    section = text.split("| exit status | means |\n")[1].split("\n\n")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == sorted(Exit)


@pytest.mark.parametrize("line", sorted(set(command_lines())))
def test_each_command_line_can_be_typed(line: str) -> None:
    name, *words = ["5" if word == "N" else word for word in shlex.split(line, comments=True)]
    program: Any = typer.main.get_command(cli)
    program.commands[name].make_context(name, words).close()

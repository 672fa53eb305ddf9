"""The protections that the docs show are those that `make protections` takes out, and each can be taken out."""

import re
from pathlib import Path

import pytest

from tests.protections.catalog import PROTECTIONS, Protection, format_tables

REPOSITORY = Path(__file__).resolve().parents[3]
DOCUMENT = REPOSITORY / "docs" / "reliability.md"


def test_the_tables_are_those_of_the_catalog() -> None:
    # `python -m tests.protections --table` writes them.
    assert format_tables() in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda one: one.name)
def test_a_protection_stands_where_the_catalog_says_and_its_test_exists(protection: Protection) -> None:
    source = (REPOSITORY / protection.file).read_text(encoding="utf-8")
    assert protection.take_out(source) != source
    path, _, name = protection.test.partition("::")
    assert re.search(rf"^def {name}\(", (REPOSITORY / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_each_protection_has_a_name_of_its_own() -> None:
    names = [protection.name for protection in PROTECTIONS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:faults|e2e)/\w+\.py)`", DOCUMENT.read_text("utf-8")))))
def test_each_file_that_is_named_exists(path: str) -> None:
    assert (REPOSITORY / "tests" / path).is_file()

import re

import pytest

from tests.unit.docs.tables import read_table
from tests.unit.infra.template import module, rows

ROWS = [*read_table("cost.md", "A quiet month"), *read_table("cost.md", "What changes it")]
PRICES = " ".join(row["price"] for row in read_table("cost.md", "Prices used"))


def numbers(text: str) -> list[float]:
    """Return the numbers of a text, thousands separated by commas."""
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("memory", (43_800 * 1.5 * 2 + 2_920 * 2 * 2 - 100_000) * 0.000026),
        ("timer state and locks", 2 * 43_800 * 0.05 / 10_000),
        ("alerts", 7 * 1.50),
        ("10,000 assets", 10_000 * 2 * 2 * 0.000026),
        ("1,000 data sets", 1_000 * 8 * 2 * 0.000026),
        ("`*` mode", 730 * 3600 * 2 * 0.000026),
        ("one always-ready", 730 * 3600 * 2 * 0.000004),
        ("the vault in it", 730 * 0.01 + 0.50),
        ("the virtual network", 3 * 730 * 0.01 + 3 * 0.50),
    ],
)
def test_a_line_is_calculated_right_with_the_prices_that_are_named(part: str, value: float) -> None:
    [row] = [each for each in ROWS if next(iter(each.values())).startswith(part)]
    assert numbers(list(row.values())[-1])[0] == pytest.approx(value, abs=0.005)


def test_the_sum_is_the_sum() -> None:
    *parts, total = [row["cost"] for row in read_table("cost.md", "A quiet month")]
    assert sum(numbers(part)[0] for part in parts if part) == pytest.approx(numbers(total)[0], abs=0.005)


def test_every_alert_is_paid_for() -> None:
    [row] = [each for each in ROWS if each.get("part") == "alerts"]
    assert numbers(row["arithmetic"])[0] == len(rows(module("alerts"), "rules"))


def test_every_price_that_is_used_is_named() -> None:
    used = {
        number for row in ROWS for number in re.findall(r"\N{MULTIPLICATION SIGN} (0\.\d+)", str(list(row.values())[1]))
    }
    assert used
    assert {price for price in used if price not in PRICES} == set()

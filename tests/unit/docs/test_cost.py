import re
from itertools import pairwise

import pytest

from tests.unit.docs.tables import DOCS, read_table
from tests.unit.infra.template import resources

ROWS = [*read_table("cost.md", "A quiet month"), *read_table("cost.md", "What changes it")]
PRICES = " ".join(row["price"] for row in read_table("cost.md", "Prices used"))


def numbers(text: str) -> list[float]:
    """Return the numbers of a text, thousands separated by commas."""
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def calculate(written: str) -> float:
    """Return what an expression comes to; words and units are passed over."""
    tokens = re.findall("\\d[\\d,]*(?:\\.\\d+)?|[\N{MULTIPLICATION SIGN}\N{MINUS SIGN}+/()]", written)
    value = _sum(tokens)
    assert not tokens, f"cannot read {written!r} from {tokens}"
    return value


def _sum(tokens: list[str]) -> float:
    value = _product(tokens)
    while tokens and tokens[0] in "+\N{MINUS SIGN}":
        sign = 1 if tokens.pop(0) == "+" else -1
        value += sign * _product(tokens)
    return value


def _product(tokens: list[str]) -> float:
    value = _single(tokens)
    while tokens and tokens[0] in "\N{MULTIPLICATION SIGN}/":
        value = value * _single(tokens) if tokens.pop(0) != "/" else value / _single(tokens)
    return value


def _single(tokens: list[str]) -> float:
    token = tokens.pop(0)
    if token != "(":
        return float(token.replace(",", ""))
    value = _sum(tokens)
    assert tokens.pop(0) == ")"
    return value


CALCULATED = [row for row in ROWS if "\N{MULTIPLICATION SIGN}" in list(row.values())[1]]


@pytest.mark.parametrize("row", CALCULATED, ids=lambda row: next(iter(row.values())))
def test_a_line_is_calculated_right_as_it_is_written(row: dict[str, str]) -> None:
    _, arithmetic, cost = row.values()
    written, _, free = arithmetic.partition(", under ")
    steps = written.split("=")
    value = calculate(steps[-1])
    for step, following in pairwise(steps):
        assert calculate(step) == pytest.approx(numbers(following)[0], rel=0.02), "the sides of = differ"
    if free:
        assert value < numbers(free)[0]
        value = 0.0
    if cost:
        assert numbers(cost)[0] == pytest.approx(value, abs=0.005)


def test_the_lines_that_cost_something_are_calculated() -> None:
    paid = [next(iter(row.values())) for row in ROWS if numbers(list(row.values())[-1]) not in ([], [0.0])]
    known = {next(iter(row.values())) for row in CALCULATED} | {"**sum**"}
    assert len(paid) > 10
    assert [part for part in paid if part not in known] == []


@pytest.mark.parametrize(
    ("written", "value"), [("2 s x 3", 6), ("(5 - 1) GB-s x 0.5 + 1", 3), ("4 queues x 6 / 3 s", 8)]
)
def test_arithmetic_is_read_with_its_brackets_and_without_its_words(written: str, value: float) -> None:
    typeset = written.replace(" x ", " \N{MULTIPLICATION SIGN} ").replace(" - ", " \N{MINUS SIGN} ")
    assert calculate(typeset) == value


def test_an_idle_tick_costs_what_the_decision_says() -> None:
    decision = (DOCS / "decisions" / "0006-idle-tick.md").read_text(encoding="utf-8")
    assert "eight storage operations" in decision
    [row] = [each for each in ROWS if each.get("part") == "table operations"]
    assert "43,800 ticks \N{MULTIPLICATION SIGN} 8 " in row["arithmetic"]


def test_the_sum_is_the_sum() -> None:
    *parts, total = [row["cost"] for row in read_table("cost.md", "A quiet month")]
    assert sum(numbers(part)[0] for part in parts if part) == pytest.approx(numbers(total)[0], abs=0.005)


def test_every_alert_is_paid_for() -> None:
    [row] = [each for each in ROWS if each.get("part") == "alerts"]
    assert numbers(row["arithmetic"])[0] == len(resources("Microsoft.Insights/scheduledQueryRules"))


def test_every_price_that_is_used_is_named() -> None:
    used = {
        number for row in ROWS for number in re.findall(r"\N{MULTIPLICATION SIGN} (0\.\d+)", str(list(row.values())[1]))
    }
    assert used
    assert {price for price in used if price not in PRICES} == set()

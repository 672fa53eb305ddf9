"""Seeds: ready-made contents for an account."""

from collections.abc import Callable, Mapping
from typing import Any

from local.purview.account import Account
from local.purview.estate.estate import build_estate

Seed = Callable[[Account, Mapping[str, Any]], dict[str, Any]]


def build_nothing(_: Account, __: Mapping[str, Any]) -> dict[str, Any]:
    """An account as it is on its first day."""
    return {}


SEEDS: dict[str, Seed] = {"empty": build_nothing, "estate": build_estate}

"""Seeds: ready-made contents for an account."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from local.purview.estate.estate import build_estate

if TYPE_CHECKING:
    from local.purview.simulator import Purview

Seed = Callable[["Purview", Mapping[str, Any]], dict[str, Any]]


def build_nothing(_: "Purview", __: Mapping[str, Any]) -> dict[str, Any]:
    """An account as it is on its first day."""
    return {}


SEEDS: dict[str, Seed] = {"empty": build_nothing, "estate": build_estate}

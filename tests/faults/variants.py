"""How long the fault tests run, short in each test run, long in `make soak`, and under which conditions."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

IS_LONG = os.environ.get("SYNC_SOAK") == "1"
SOAK_MINUTES = float(os.environ.get("SYNC_SOAK_MINUTES", "30"))
SHORT_STEP = 3


def call_numbers(first: int = 1) -> Iterator[int]:
    """Count the calls at which something happens: each one in a long run, every third in a short one."""
    return count(1) if IS_LONG else count(first, SHORT_STEP)


@dataclass(frozen=True)
class Variant:
    """Other conditions than usual: settings of the app, and switches of what the documents leave open on CluedIn."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    cluedin: Mapping[str, Any] = field(default_factory=dict)


USUAL = Variant("usual")
ALL_ASSETS = Variant("all assets", settings={"SYNC_TERM": "*"})
NAMES_TAKEN = Variant("a name once only", cluedin={"duplicate_names": "refuse"})
SLOW_TO_SHOW = Variant("slow to show", cluedin={"read_after_create_lag_s": 3.0})
OTHER_SHAPES = Variant("other shapes", cluedin={"unauthorized_answer": "graphql_200", "missing_data_set": "null"})
ONE_CALL_A_REQUEST = Variant("one call a request", cluedin={"operations_a_request": 1})
ALL_OTHERS = Variant(
    "all of that",
    settings={"SYNC_TERM": "*"},
    cluedin={**NAMES_TAKEN.cluedin, **SLOW_TO_SHOW.cluedin, **OTHER_SHAPES.cluedin},
)
VARIANTS = (USUAL, ALL_ASSETS, NAMES_TAKEN, SLOW_TO_SHOW, OTHER_SHAPES, ONE_CALL_A_REQUEST, ALL_OTHERS)


def each_variant(*short: Variant) -> pytest.MarkDecorator:
    """Run a test under all conditions in a long run, under those that are named in a short one."""
    chosen = VARIANTS if IS_LONG else short
    return pytest.mark.parametrize("variant", [pytest.param(one, id=one.name) for one in chosen])

"""What `make bench` counts is what goes over the wire."""

import io
import os
from collections import Counter
from collections.abc import Iterator

import pytest
from rich.console import Console

from tests.bench.__main__ import MOST_OPERATIONS, show_costs, show_provisioning, show_ticks, show_views
from tests.bench.acknowledge import Cost, make_acknowledge, new_delivery
from tests.bench.at_size import measure_views
from tests.bench.discover import Discovery
from tests.bench.rig import CLUEDIN, IDENTITY, PURVIEW, STORAGE, Rig, run_rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    """The rig gives its app an environment of its own; other tests want theirs back."""
    before = dict(os.environ)
    try:
        with run_rig() as rig:
            yield rig
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_acknowledging_a_delivery_takes_two_storage_operations(rig: Rig) -> None:
    acknowledge = make_acknowledge(rig.new_app().app)
    acknowledge(new_delivery())  # makes the table and the queue
    with rig.counted() as counts:
        acknowledge(new_delivery())
    assert counts == {STORAGE: 2}


def test_an_idle_tick_takes_one_request_to_purview(rig: Rig) -> None:
    benched = rig.new_app()
    with rig.counted() as first:
        benched.tick()
    with rig.counted() as idle:
        benched.tick()
    assert first[IDENTITY] == 1
    assert first[CLUEDIN] == 0
    assert first[STORAGE] > idle[STORAGE]
    assert {name: idle[name] for name in (PURVIEW, CLUEDIN, IDENTITY)} == {PURVIEW: 1, CLUEDIN: 0, IDENTITY: 0}


def test_each_view_of_the_dashboard_is_measured(rig: Rig) -> None:
    output = io.StringIO()
    found = list(measure_views(rig, 60))
    show_views(Console(file=output, width=120), 60, found)
    assert all(0 < cost.operations <= MOST_OPERATIONS for cost in found)
    assert [cost.view for cost in found if cost.view not in output.getvalue()] == []
    all_of_it, *_, own_page = found
    assert (all_of_it.view, own_page.view) == ("all", "an asset's own page")
    assert all_of_it.page_bytes > own_page.page_bytes


def test_the_tables_show_ratios_only() -> None:
    output = io.StringIO()
    console = Console(file=output, width=120)
    show_costs(console, [Cost("bare", [0.01] * 20, 1), Cost("delivery", [0.025] * 20, 2)])
    counts = Counter({STORAGE: 7, PURVIEW: 1})
    idle = [counts, Counter({STORAGE: 8, PURVIEW: 1})]
    found = Discovery(118, Counter({STORAGE: 78}), 2.0, idle, 0.1, 100, Counter({STORAGE: 45, CLUEDIN: 15}), 0.4)
    show_ticks(console, [found])
    show_provisioning(console, [found])
    assert "│ delivery │                2.0 │    2.5 │  2.5 │" in output.getvalue()
    assert "7 to 8 │ 0.05" in output.getvalue()
    assert "0.15" in output.getvalue()
    assert "4.0 ms" in output.getvalue()
    assert "0.025" not in output.getvalue()

"""The webhook fell silent: what was processed is found all the same, and people hear that no delivery comes."""

from typing import Any

import pytest

from sync_core.lineage.webhook.silent_webhook import NOTE, Silence
from sync_core.notifications.notify import Kept
from tests.kit.lineage_bench import CUSTOMERS, ORDERS, LineageBench, NewBench

NOBODY_HEARS = {"NOTIFY_URLS": "json://127.0.0.1:9/"}
# One of Apprise's plugins imports it; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def loud(new_bench: NewBench) -> LineageBench:
    """An app that notifies, with a source that CluedIn has shown."""
    bench = new_bench(**NOBODY_HEARS)
    bench.clock.advance(60)
    return bench


def look(bench: LineageBench, seconds: float = 300) -> None:
    """Let reconcile run after a while."""
    bench.clock.advance(seconds)
    bench.app.reconcile.run()


def told(bench: LineageBench) -> list[Kept]:
    return [one for _, one in bench.app.notes("outbox").all(Kept) if one.kind == "webhook_silent"]


def process(bench: LineageBench, source_id: str, name: str, *, is_delivered: bool) -> str:
    """Load a data set, let the webhook tell or not, and let it be found."""
    data_set_id = bench.load(source_id, name)
    if is_delivered:
        bench.deliver(data_set_id)
    look(bench)
    bench.work()
    return data_set_id


def let_pass(bench: LineageBench, hours: int) -> None:
    for _ in range(hours):
        look(bench, 3600)


def test_a_webhook_that_falls_silent_is_told_once_with_what_was_found_without_it(loud: LineageBench) -> None:
    source_id = loud.sync_asset(CUSTOMERS)
    look(loud)
    process(loud, source_id, "May.csv", is_delivered=True)
    let_pass(loud, 3)

    silent = process(loud, source_id, "June.csv", is_delivered=False)
    assert told(loud) == []  # a delivery may come late
    let_pass(loud, 1)
    process(loud, source_id, "July.csv", is_delivered=False)
    let_pass(loud, 1)

    (kept,) = told(loud)
    assert [(item.id, item.name) for item in kept.items] == [(silent, "June.csv")]
    assert "1 data set was processed in CluedIn without a delivery (June.csv)" in kept.body


def test_it_is_told_again_when_deliveries_came_and_stay_away_anew(loud: LineageBench) -> None:
    source_id = loud.sync_asset(CUSTOMERS)
    look(loud)
    for name, is_delivered in (("1", True), ("2", False), ("3", True), ("4", False)):
        process(loud, source_id, name, is_delivered=is_delivered)
        let_pass(loud, 3)

    assert [[item.name for item in one.items] for one in told(loud)] == [["2"], ["4"]]


@pytest.mark.parametrize("settings", [{}, NOBODY_HEARS])
def test_who_never_had_a_webhook_or_hears_nothing_is_told_nothing(new_bench: NewBench, settings: Any) -> None:
    bench = new_bench(**settings)
    source_id = bench.sync_asset(ORDERS)
    look(bench)
    process(bench, source_id, "May.csv", is_delivered=False)
    let_pass(bench, 2)

    assert told(bench) == []
    assert (bench.app.cursors.load(Silence, NOTE) or Silence()).waiting == []


def test_a_webhook_that_tells_of_what_was_found_is_not_silent(loud: LineageBench) -> None:
    source_id = loud.sync_asset(CUSTOMERS)
    look(loud)
    for name in ("1", "2"):
        process(loud, source_id, name, is_delivered=True)
        let_pass(loud, 2)
    assert told(loud) == []

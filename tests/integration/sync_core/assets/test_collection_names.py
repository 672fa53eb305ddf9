"""The names of collections come from `reconcile`, and the page asks nobody for them."""

from http import HTTPStatus
from itertools import takewhile

import pytest

from local.simulation.faults import Effect, Fault, Match
from sync_core.assets.collection_names import NOTE, KnownNames
from sync_core.ledger import request_ledger
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from tests.integration.sync_core.operations.dashboard.test_dashboard import show
from tests.kit.estate import Estate

COLLECTIONS = "account/collections"


def offered(estate: Estate) -> dict[str, str]:
    """Return what the filter by collection offers: labels without counts, by value."""
    elements = show(estate).elements
    names = [element.attributes.get("name") if element.name == "select" else None for element in elements]
    options = takewhile(lambda one: one.name == "option", elements[names.index("collection") + 1 :])
    return {one.attributes["value"]: one.text.rpartition(" (")[0] for one in options if one.attributes["value"]}


def reconcile(estate: Estate) -> RunRecord:
    """Run a thorough reconciliation that ends well, and return its record."""
    estate.clock.advance(3600)
    estate.app.reconcile.run()
    run = estate.app.runs.latest(RunKind.RECONCILE, 1)[0]
    assert run.outcome is RunOutcome.SUCCEEDED
    return run


def test_the_filter_shows_friendly_names_and_sends_codes(small_estate: Estate) -> None:
    small_estate.tick()
    codes = {record.collection_id for record in small_estate.records()}
    assert offered(small_estate) == {code: code for code in codes}

    reconcile(small_estate)

    called = {one.name: one.friendly_name for one in small_estate.purview.collections}
    assert offered(small_estate) == {code: called[code] for code in codes}
    assert codes.isdisjoint(called.values())
    record = small_estate.records()[0]
    own_page = show(small_estate, asset=record.key).text
    assert f"in collection {called[record.collection_id]} ({record.collection_id})" in own_page


def test_a_page_reads_names_from_storage_alone(small_estate: Estate) -> None:
    small_estate.tick()
    reconcile(small_estate)
    show(small_estate)  # the first one makes the key that signs the buttons
    stored = small_estate.stored()
    with request_ledger() as requests:
        show(small_estate)
    assert set(requests) == {"storage"}
    assert small_estate.stored() == stored


@pytest.mark.parametrize("status", [200, 403])
def test_names_are_asked_for_once_an_hour_whatever_comes_of_it(small_estate: Estate, status: int) -> None:
    if status != HTTPStatus.OK:
        small_estate.purview.faults.add(Fault(match=Match(url=COLLECTIONS), effect=Effect(status=status), times=None))
    reconcile(small_estate)
    first = small_estate.app.collection_names.notes.load(KnownNames, NOTE)
    small_estate.clock.advance(1800)
    small_estate.app.reconcile.run()
    assert small_estate.app.collection_names.notes.load(KnownNames, NOTE) == first
    reconcile(small_estate)
    assert small_estate.app.collection_names.notes.load(KnownNames, NOTE) != first


@pytest.mark.parametrize(
    "effect",
    [
        Effect(status=403),
        Effect(status=500),
        Effect(status=200, body=[1, {"x": None}]),
        Effect(status=200, body={"value": [7, {"name": {}}]}),
        Effect(status=200, body={"value": None}),
    ],
    ids=["refused", "broken", "no list", "no names", "empty"],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_where_they_may_not_be_read_nothing_stops_and_what_was_known_stays(
    small_estate: Estate, effect: Effect, *, is_known: bool
) -> None:
    small_estate.tick()
    if is_known:
        reconcile(small_estate)
    before = offered(small_estate)
    small_estate.purview.faults.add(Fault(match=Match(url=COLLECTIONS), effect=effect, times=None))
    reconcile(small_estate)
    assert offered(small_estate) == before

"""A whole run has one time, which all its parts share: what it cuts goes on in the next run.

The clock moves by what the calls cost; nobody really waits.
"""

from datetime import timedelta

import pytest

from local.purview import Purview
from local.stack import TERM
from sync_core.discovery import discover_assets, discover_by_term, read_assets
from sync_core.each_request import before_each_request
from sync_core.errors import OutOfTimeError
from sync_core.runs.leases import PARTITION
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import LAST_REQUEST_AFTER, RUN_TIME, recorded_run
from tests.integration.sync_core.discovery.terms.test_resolve_terms import make_term
from tests.integration.sync_core.discovery.test_time_limits import slow, took_s
from tests.integration.sync_core.discovery.unreadable import names
from tests.kit.estate import Estate, NewEstate

A_CALL_S = 8.0
LONGEST_RUN_S = (RUN_TIME + timedelta(seconds=A_CALL_S)).total_seconds()
WORDS = ["Word 1", "Word 2"]
FILES = 8


def test_many_slow_answers_end_a_run_in_its_time_and_the_next_ones_go_on(
    new_small_estate: NewEstate, purview: Purview, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keywords, lists, details and looks all take their share at once."""
    monkeypatch.setattr(read_assets, "ENTITIES_A_CALL", 1)
    monkeypatch.setattr(discover_by_term, "ASSETS_A_BATCH", 1)
    for word in WORDS:
        make_term(purview, word)
    estate = new_small_estate(SYNC_TERM=";".join([TERM, *WORDS]))
    for number in range(FILES):
        estate.act("add_asset", name=f"old {number}", terms=[TERM])
    estate.tick()
    for number in range(FILES):
        estate.act("untag", asset=f"old {number}", term=TERM)
        estate.act("add_asset", name=f"new {number}", terms=[TERM])
    estate.clock.advance(3600)
    slow(estate, A_CALL_S)

    took = []
    for _ in range(8):
        took.append(took_s(estate))
        estate.clock.advance(60)

    assert max(took) <= LONGEST_RUN_S
    assert {f"new {number}" for number in range(FILES)} <= set(names(estate))
    assert {one.name for one in estate.records() if one.absent} == {f"old {number}" for number in range(FILES)}


@pytest.mark.parametrize("rows", [1, 400])
def test_a_slow_search_ends_a_run_in_its_time(new_small_estate: NewEstate, rows: int) -> None:
    estate = new_small_estate(SYNC_TERM="*")
    estate.generate(rows)
    slow(estate, A_CALL_S)
    for _ in range(3):
        assert took_s(estate) <= LONGEST_RUN_S
        estate.clock.advance(60)


def test_no_request_begins_long_after_the_end_of_its_run(small_estate: Estate) -> None:
    """Whichever loop forgets the time."""
    app, began = small_estate.app, small_estate.clock.now()
    slow(small_estate, A_CALL_S)

    def forget_the_time() -> None:
        for _ in range(100):
            app.purview.fetch_glossaries()

    with pytest.raises(OutOfTimeError), recorded_run(app.runs, RunKind.DISCOVER, "run", small_estate.clock.now):
        forget_the_time()

    took = small_estate.clock.now() - began
    assert took <= LAST_REQUEST_AFTER + timedelta(seconds=A_CALL_S)
    assert "takes longer than 6 minutes" in small_estate.last_run().error


def test_the_lease_of_a_discovery_is_renewed_before_each_try_of_a_call(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three tries of one call, with the waits that Purview asks for, take longer than the lease."""
    monkeypatch.setattr(discover_assets, "RENEW_AFTER_S", 0.0)
    asks = {"Retry-After": "3"}
    small_estate.purview_fault("Glossary_ListEntitiesAssignedWithTerm", times=2, status=503, headers=asks)
    terms = []

    def look() -> None:
        lease = small_estate.app.leases.table.get(PARTITION, discover_assets.LEASE)
        assert lease is not None
        terms.append(lease.values["term"])

    with before_each_request(look):
        small_estate.tick()

    assert [fault["fired"] for fault in small_estate.purview.faults.dump()] == [2]
    assert len(set(terms)) > len(terms) * 0.75, (
        "but for requests that go at once, each has a term of the lease of its own"
    )

"""Parts of a discovery that take long end with their time, keep the lease, and go on in the next run.

The clock moves by what the calls cost; nobody really waits.
"""

from contextlib import suppress
from typing import Any

import pytest
import requests

from local.purview import Purview
from local.purview.admin.actions import STEWARD
from local.stack import TERM
from sync_core.errors import SyncError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import make_term
from tests.integration.sync_core.discovery.unreadable import names
from tests.kit.estate import DETAILS, Estate, NewEstate

LIMIT_S = 480.0  # of the ten minutes after which the host kills a run


def slow(estate: Estate, seconds: float) -> None:
    """Each call to Purview takes that long by the estate's clock, and waits that are asked for pass by it, too."""

    class Slow(requests.Session):
        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
            estate.clock.advance(seconds)
            return super().send(request, **kwargs)

    for client in (estate.app.purview, estate.app.catalog):
        object.__setattr__(client.http, "session", Slow())
        object.__setattr__(client.http, "sleep", estate.clock.advance)


def took_s(estate: Estate) -> float:
    """How long a run took whose parts all kept their time: the limit of the whole run must not be what ends it."""
    began = estate.clock.now()
    with suppress(SyncError):
        estate.app.discover_assets.run()
    assert "takes longer than" not in estate.last_run().error
    return (estate.clock.now() - began).total_seconds()


def test_assets_that_are_gone_and_tagged_end_with_their_time(new_small_estate: NewEstate) -> None:
    """Purview does not know one of them: each of many halves takes its time."""
    estate = new_small_estate()
    for number in range(48):
        estate.act("add_asset", name=f"file {number}", terms=[TERM])
    gone = {"errorCode": "ATLAS-404-00-005", "errorMessage": "unknown guid"}
    estate.purview_fault(DETAILS, times=None, status=404, body=gone)
    slow(estate, 8)
    assert took_s(estate) < LIMIT_S


@pytest.mark.parametrize("answer", ["fails", "is slow"])
def test_keywords_that_take_long_end_with_their_time_and_the_next_run_goes_on(
    new_small_estate: NewEstate, purview: Purview, answer: str
) -> None:
    words = [f"Word {number}" for number in range(30 if answer == "fails" else 8)]
    for word in words:
        make_term(purview, word)
    estate = new_small_estate(SYNC_TERM=";".join([TERM, *(f"{word}@Glossary" for word in words)]))
    if answer == "fails":
        estate.purview_fault(
            "Entity_GetByUniqueAttribute", skip=1, times=None, status=503, headers={"Retry-After": "8"}
        )
    slow(estate, 0.1 if answer == "fails" else 8)

    for _ in range(3):
        assert took_s(estate) < LIMIT_S
        estate.clock.advance(60)

    assert names(estate) == ["Customers", "Orders"]
    if answer == "fails":
        assert len(estate.app.deferred.first(99)) > 10
    else:
        assert estate.last_run().outcome == "succeeded"


def test_glossaries_that_cannot_be_listed_end_with_their_time(new_small_estate: NewEstate, purview: Purview) -> None:
    for number in range(30):
        purview.glossary.create_glossary({"name": f"G{number}"}, STEWARD)
    purview.submit_changes()
    estate = new_small_estate(SYNC_TERM=TERM.partition("@")[0])
    estate.purview_fault("Glossary_ListTermHeaders", times=None, status=503, headers={"Retry-After": "8"})
    slow(estate, 0.1)
    assert took_s(estate) < LIMIT_S


def test_types_that_cannot_be_read_end_with_their_time_and_the_next_run_goes_on(new_small_estate: NewEstate) -> None:
    estate = new_small_estate()
    rows = [
        {"guid": f"{number:08}-0000-0000-0000-000000000000", "typeName": f"type_{number}", "displayText": "x"}
        for number in range(30)
    ]
    estate.purview_fault("Glossary_ListEntitiesAssignedWithTerm", times=None, status=200, body=rows)
    estate.purview_fault("Type_GetByName", times=None, status=503, headers={"Retry-After": "8"})
    slow(estate, 0.1)
    assert took_s(estate) < LIMIT_S
    first = len(estate.app.deferred.first(99))
    assert 0 < first < 30
    estate.clock.advance(60)
    took_s(estate)
    assert len(estate.app.deferred.first(99)) > first

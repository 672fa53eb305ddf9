"""A service refuses the app's credentials: people hear it when it lasts, once, and again when it comes back."""

from contextlib import suppress

import pytest

from sync_core.errors import SyncError
from sync_core.notifications.notify import Kept
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

NOBODY_HEARS = {"NOTIFY_URLS": "json://127.0.0.1:9/"}
# One of Apprise's plugins imports it; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def refused(new_small_estate: NewEstate) -> Estate:
    """An estate whose app is refused by Purview until its faults are taken away."""
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    for operation in (ASSIGNMENTS, "Glossary_List$"):
        estate.purview_fault(operation, times=None, status=401)
    return estate


def tick(estate: Estate, minutes: int) -> None:
    for _ in range(minutes):
        estate.clock.advance(60)
        with suppress(SyncError):
            estate.app.discover_assets.run()


def told(estate: Estate) -> list[Kept]:
    return [one for _, one in estate.app.notes("outbox").all(Kept) if one.kind == "credentials_refused"]


def test_a_refusal_of_a_moment_is_no_news_and_one_that_lasts_is_told_once(refused: Estate) -> None:
    tick(refused, 3)
    assert told(refused) == []

    tick(refused, 5)

    (kept,) = told(refused)
    assert [item.id for item in kept.items] == ["Microsoft Purview"]
    assert "Check that PURVIEW_ENDPOINT is the account of the tenant" in kept.body


def test_one_that_comes_back_is_told_again(refused: Estate) -> None:
    tick(refused, 6)
    refused.clock.advance(2 * 3600)
    tick(refused, 1)
    assert len(told(refused)) == 1
    tick(refused, 5)
    assert len(told(refused)) == 2

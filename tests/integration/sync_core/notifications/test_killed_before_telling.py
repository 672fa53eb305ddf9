"""A process that dies between a change and the news of it: the next one tells them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from pydantic import BaseModel

from local.stack import TERM
from sync_core.absence.approval import ApprovalNeeded
from sync_core.absence.retire import NEEDED
from sync_core.app import App
from sync_core.assets.record import AssetStatus
from sync_core.errors import SyncError
from sync_core.notifications.notify import Kept
from sync_core.storage.notes import Notes
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

NOBODY_HEARS = {"NOTIFY_URLS": "json://127.0.0.1:9/"}
MANY = 8
GLOSSARIES = "Glossary_List$"
CATALOG = "BusinessDomain_|Terms_"
WHEN = pytest.mark.parametrize("when", ["before it is kept", "after it is kept"])

# One of Apprise's plugins imports it; not ours to mend.
pytestmark = [pytest.mark.faults, pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")]


class KilledError(BaseException):
    """The process dies."""


@dataclass(frozen=True)
class MortalOutbox(Notes):
    """The process dies when it keeps its first notification of a kind."""

    fatal: str = ""
    when: str = ""
    deaths: list[str] = field(default_factory=list)

    def save(self, name: str, note: BaseModel) -> None:
        """Keep a notification, or die."""
        is_fatal = isinstance(note, Kept) and note.kind == self.fatal and not self.deaths
        if is_fatal:
            self.deaths.append(self.when)
        if not is_fatal or self.when == "after it is kept":
            super().save(name, note)
        if is_fatal:
            raise KilledError


def let_die(app: App, kind: str, when: str) -> list[str]:
    """Let a process die at the news of a kind; return where its deaths are noted."""
    outbox = MortalOutbox(app.notify.outbox.table, app.notify.outbox.kind, kind, when)
    app.__dict__["notify"] = replace(app.notify, outbox=outbox)
    return outbox.deaths


def kept(estate: Estate) -> list[str]:
    """The kinds of what is kept to be told."""
    return [one.kind for _, one in estate.app.notes("outbox").all(Kept)]


def run(estate: Estate, step: Callable[[App], object], times: int, seconds: float) -> None:
    """Let a process work, and go on after its death."""
    for _ in range(times):
        estate.clock.advance(seconds)
        with suppress(KilledError, SyncError):
            step(estate.app)


def discover(app: App) -> None:
    app.discover_assets.run()


def reconcile(app: App) -> None:
    app.reconcile.run()


@WHEN
def test_that_assets_are_retired_is_told(new_small_estate: NewEstate, when: str) -> None:
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "asset_retired", when)
    estate.act("untag", asset="Orders", term=TERM)

    run(estate, discover, 4, 660)

    assert deaths == [when]
    assert estate.record_of("Orders").status is AssetStatus.RETIRED
    assert "asset_retired" in kept(estate)
    assert "synchronization_completed" in kept(estate)  # of the first run alone
    assert estate.app.assets.news() == []


@WHEN
def test_that_a_person_must_approve_is_told(new_estate: NewEstate, when: str) -> None:
    new_estate(**NOBODY_HEARS).sync()
    estate = new_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "approval_needed", when)
    for record in estate.records()[:MANY]:
        estate.act("untag", asset=record.qualified_name, term=TERM)

    run(estate, discover, 4, 660)

    assert deaths == [when]
    assert "approval_needed" in kept(estate)
    assert estate.app.approvals.load(ApprovalNeeded, NEEDED) is not None


@WHEN
def test_that_a_term_is_paused_is_told(new_small_estate: NewEstate, when: str) -> None:
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "terms_paused", when)
    estate.purview_fault(ASSIGNMENTS, times=None, status=500)

    run(estate, discover, 20, 2 * 3600)

    assert deaths == [when]
    assert "terms_paused" in kept(estate)


@WHEN
def test_that_a_store_of_terms_is_paused_is_told(new_small_estate: NewEstate, when: str) -> None:
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "store_paused", when)
    estate.purview_fault(CATALOG, times=None, status=500)

    run(estate, discover, 12, 660)

    assert deaths == [when]
    assert "store_paused" in kept(estate)


@WHEN
def test_that_credentials_are_refused_is_told(new_small_estate: NewEstate, when: str) -> None:
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "credentials_refused", when)
    estate.purview_fault(ASSIGNMENTS, times=None, status=401)
    estate.purview_fault(GLOSSARIES, times=None, status=401)

    run(estate, discover, 9, 90)

    assert deaths == [when]
    assert "credentials_refused" in kept(estate)


@WHEN
def test_that_groups_are_made_again_is_told(new_small_estate: NewEstate, when: str) -> None:
    new_small_estate(**NOBODY_HEARS).sync()
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "groups_made_again", when)
    run(estate, reconcile, 1, 900)
    estate.delete_group("Orders")

    run(estate, reconcile, 5, 900)

    assert deaths == [when]
    assert "groups_made_again" in kept(estate)
    assert estate.app.asset_jobs.load(estate.record_of("Orders").key) is not None


@WHEN
def test_that_many_groups_are_missing_is_told(new_estate: NewEstate, when: str) -> None:
    new_estate(**NOBODY_HEARS).sync()
    estate = new_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "groups_missing", when)
    run(estate, reconcile, 1, 900)
    for name, _ in estate.groups()[:MANY]:
        estate.delete_group(name)

    run(estate, reconcile, 5, 900)

    assert deaths == [when]
    assert "groups_missing" in kept(estate)


@WHEN
def test_that_deliveries_arrive_without_a_body_is_told(new_small_estate: NewEstate, when: str) -> None:
    estate = new_small_estate(**NOBODY_HEARS)
    deaths = let_die(estate.app, "webhook_bodies_missing", when)
    chunked = {"content-type": "application/json", "transfer-encoding": "chunked"}
    assert estate.app.data_set_processed.answer(chunked, b"").status == 202

    run(estate, reconcile, 3, 900)

    assert deaths == [when]
    assert "webhook_bodies_missing" in kept(estate)

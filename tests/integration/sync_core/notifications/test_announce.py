"""Notifications, through Apprise to a receiver on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulation import serve
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery import discover_by_term, read_assets
from sync_core.errors import ConfigError
from sync_core.jobs.message import AssetMessage
from sync_core.jobs.worker import Worker
from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.notify import LONGEST_BODY, Kept
from sync_core.notifications.receivers import Receiver as NotificationReceiver
from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import Estate, NewEstate

if TYPE_CHECKING:
    from sync_core.storage.queues import WorkQueue

SECRET = "a-channels-secret"
# One of Apprise's plugins imports it; not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass
class Receiver:
    """Takes notifications as Teams, Slack or any webhook would; `status` is what it answers."""

    status: int = 200
    received: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tried: int = 0
    url: str = ""

    async def take(self, request: Request) -> Response:
        body = await request.json()
        self.tried += 1
        if self.status == 200:
            self.bodies.append(body)
            self.received.append((body["title"], body["message" if "message" in body else "text"]))
        return Response(status_code=self.status)


@dataclass(frozen=True)
class Deadly(NotificationReceiver):
    """The process dies when it sends."""

    def send(self, announcement: Announcement) -> None:
        raise ZeroDivisionError(announcement)


@dataclass(frozen=True)
class EagerQueue:
    """Its messages are worked off before the next one is sent."""

    worker: Worker

    def send(self, message: AssetMessage) -> None:
        self.worker.handle(message.to_json().encode())


@pytest.fixture
def new_receiver() -> Iterator[Callable[[], Receiver]]:
    with ExitStack() as parts:

        def make() -> Receiver:
            receiver = Receiver()
            app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])
            address = parts.enter_context(serve(app)).removeprefix("http://")
            receiver.url = f"json://{address}/{SECRET}"
            return receiver

        yield make


@pytest.fixture
def receiver(new_receiver: Callable[[], Receiver]) -> Receiver:
    return new_receiver()


@pytest.fixture
def estate(new_small_estate: NewEstate, receiver: Receiver) -> Estate:
    """An app that notifies the receiver, for the assets that carry the term."""
    return new_small_estate(NOTIFY_URLS=receiver.url)


def test_one_new_data_source_is_announced_by_its_assets_name(estate: Estate, receiver: Receiver) -> None:
    estate.act("untag", asset="Customers", term=TERM)

    estate.sync()

    assert receiver.received == [
        ("Data source created", "Data source 'Orders' created for Purview asset"),
        ("Synchronization completed", "1 created, 0 found in place, 0 failed"),
    ]


def test_many_new_data_sources_are_collected_into_one_message(estate: Estate, receiver: Receiver) -> None:
    for name in ("Products", "suppliers.csv", "dim_date", "readme.txt"):
        estate.act("tag", asset=name, term=TERM)

    estate.sync()

    (created, completed) = receiver.received
    assert created[0] == "Data source created"
    assert created[1].startswith("6 data sources have been created for assets registered in Purview (")
    assert all(name in created[1] for name in ("Customers", "Orders", "Products", "readme.txt"))
    assert completed == ("Synchronization completed", "6 created, 0 found in place, 0 failed")


def test_what_happens_to_many_in_one_run_is_one_notification_of_its_kind(estate: Estate, receiver: Receiver) -> None:
    leaving, coming = ("Products", "suppliers.csv", "dim_date"), ("readme.txt", "Invoices")
    for name in leaving:
        estate.act("tag", asset=name, term=TERM)
    estate.sync()
    for name in leaving:
        estate.act("untag", asset=name, term=TERM)
    for name in coming:
        estate.act("add_asset", name=name, qualifiedName=f"https://lake.example/{name}", terms=[TERM])

    told = list[list[str]]()
    for _ in range(3):
        receiver.received.clear()
        estate.clock.advance(60)
        estate.sync()
        told.append([title for title, _ in receiver.received])

    assert all(len(titles) == len(set(titles)) for titles in told)
    titles = [title for one in told for title in one]
    assert titles.count("Data source created") == titles.count("Assets are no longer synced") == 1
    (retired,) = [body for body in receiver.bodies if body["title"] == "Assets are no longer synced"]
    assert all(name in retired["message"] for name in leaving)


def test_a_run_that_sends_its_work_in_batches_announces_it_once(
    estate: Estate, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover_by_term, "ASSETS_A_BATCH", 1)
    monkeypatch.setattr(read_assets, "ENTITIES_A_CALL", 1)
    save = replace(estate.app.save_assets, queue=cast("WorkQueue", EagerQueue(estate.app.create_data_source_group)))
    by_term = replace(estate.app.discover_by_term, save=save)

    replace(estate.app.discover_assets, by_term=by_term).run()

    assert len(estate.groups()) == 2
    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]


def test_a_keyword_that_names_no_term_keeps_nobody_from_hearing_of_the_others(
    new_small_estate: NewEstate, receiver: Receiver
) -> None:
    estate = new_small_estate(NOTIFY_URLS=receiver.url, SYNC_TERM=f"{TERM}; nonsense")
    save = replace(estate.app.save_assets, queue=cast("WorkQueue", EagerQueue(estate.app.create_data_source_group)))
    by_term = replace(estate.app.discover_by_term, save=save)

    with pytest.raises(ConfigError):
        replace(estate.app.discover_assets, by_term=by_term).run()

    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]


def test_nothing_new_is_not_announced(estate: Estate, receiver: Receiver) -> None:
    estate.sync()
    receiver.received.clear()

    for _ in range(2):
        estate.sync()

    assert receiver.received == []


def test_the_completion_counts_what_was_found_in_place_and_names_what_was_given_up(
    estate: Estate, receiver: Receiver
) -> None:
    estate.add_foreign_group("Orders", "mssql://contoso-sql.database.windows.net/crm/dbo/Orders")
    refused = {"errors": [{"message": "400: no such type"}], "data": None}
    estate.cluedin_fault(CREATE_SOURCE, status=200, body=refused, times=2)  # in a batch, and alone

    estate.sync()
    estate.deliver_again()
    estate.tick()

    ((title, body),) = receiver.received
    assert title == "Synchronization completed"
    assert body.startswith(
        "0 created, 1 found in place, 1 failed: 'Customers' (CluedIn answered an error to createDataSource: 400: "
        "no such type). What may heal is tried again by itself"
    )


@pytest.mark.parametrize("coming", [0, 1])
def test_what_stood_before_and_is_looked_at_again_is_found_and_not_created(
    estate: Estate, receiver: Receiver, coming: int
) -> None:
    estate.sync()
    receiver.received.clear()
    for number in range(coming):
        estate.act("add_asset", name="New", qualifiedName=f"https://lake.example/{number}", terms=[TERM])
    resync = {"action": "resync", "asset": estate.record_of("Orders").key}
    estate.app.answer_actions.answer({"content-type": "application/json"}, json.dumps(resync).encode())

    estate.sync()

    assert receiver.received[-1] == ("Synchronization completed", f"{coming} created, 1 found in place, 0 failed")
    created = [text for title, text in receiver.received if title == "Data source created"]
    assert created == ["Data source 'New' created for Purview asset"] * coming


def test_a_source_that_is_gone_and_made_again_is_created(estate: Estate, receiver: Receiver) -> None:
    estate.sync()
    receiver.received.clear()
    record = estate.record_of("Orders")
    estate.delete_group("Orders")
    estate.app.assets.ask_again(
        record.key,
        lambda one: one.queued_again(estate.clock.now(), "run").model_copy(update={"gone_at": estate.clock.now()}),
        "run",
        estate.clock.now(),
    )

    estate.deliver_again()

    assert receiver.received[-1] == ("Synchronization completed", "1 created, 0 found in place, 0 failed")


def test_nothing_is_announced_while_anything_is_outstanding(estate: Estate, receiver: Receiver) -> None:
    estate.cluedin_fault(CREATE_SOURCE, status=503)
    estate.sync()
    assert receiver.received == []

    estate.deliver_again()

    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]
    assert receiver.received[1][1] == "2 created, 0 found in place, 0 failed"


def test_news_that_a_dead_worker_left_are_announced_by_the_next_tick(estate: Estate, receiver: Receiver) -> None:
    estate.tick()
    for record in estate.records():
        stored = estate.app.asset_jobs.load(record.key)
        assert stored is not None
        claim = estate.app.asset_jobs.claim(stored, stored.job, "run-1", None)
        stored_asset = estate.app.assets.existing(record.key)
        estate.app.asset_work.provision.provision(stored_asset, claim)  # and dies before announcing

    run = estate.tick()

    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]
    assert run.counts["announced"] == 2


@pytest.mark.parametrize("status", [500, 404])
def test_a_receiver_that_fails_fails_nothing_and_is_shown(estate: Estate, receiver: Receiver, status: int) -> None:
    receiver.status = status

    estate.sync()

    assert {record.status for record in estate.records()} == {AssetStatus.SYNCED}
    shown = estate.status()["notifications"]
    assert shown["data_source_created"]["error"].startswith("NOTIFY_URLS: entry 1 did not take the notification: ")
    assert shown["data_source_created"]["error"].endswith(" It is kept, and sent again.")
    assert shown["synchronization_completed"]["error"]
    assert SECRET not in str(shown)


def test_what_a_receiver_did_not_take_is_kept_until_it_does(estate: Estate, receiver: Receiver) -> None:
    receiver.status = 503
    estate.sync()
    for _ in range(3):
        estate.clock.advance(300)
        estate.app.reconcile.run()
    assert receiver.received == []
    receiver.status = 200

    estate.clock.advance(3600)
    estate.app.reconcile.run()
    estate.clock.advance(3600)
    estate.app.reconcile.run()

    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]
    assert [last["error"] for last in estate.status()["notifications"].values()] == ["", ""]
    assert list(estate.app.notes("outbox").all(Kept)) == []


def test_who_has_heard_it_does_not_hear_it_again(
    new_small_estate: NewEstate, new_receiver: Callable[[], Receiver]
) -> None:
    broken, well = new_receiver(), new_receiver()
    broken.status = 500
    estate = new_small_estate(NOTIFY_URLS=f"{well.url};{broken.url}")
    estate.sync()
    broken.status = 200

    estate.clock.advance(600)
    estate.app.reconcile.run()

    assert len(well.received) == 2
    assert broken.received == well.received


def test_a_wrong_entry_that_is_put_right_gets_what_was_kept(new_small_estate: NewEstate, receiver: Receiver) -> None:
    new_small_estate(NOTIFY_URLS="nonsense").sync()
    estate = new_small_estate(NOTIFY_URLS=receiver.url)
    estate.clock.advance(600)
    estate.app.reconcile.run()
    assert [title for title, _ in receiver.received] == ["Data source created", "Synchronization completed"]


def test_a_receiver_that_fails_costs_one_try_a_run_however_much_is_kept(estate: Estate, receiver: Receiver) -> None:
    receiver.status = 500
    for number in range(5):
        estate.app.notify.tell(Announcement("a_kind", f"title {number}", "body"), list)
    estate.clock.advance(600)
    tried = receiver.tried

    estate.app.reconcile.run()

    assert receiver.tried == tried + 1


def test_news_of_any_length_can_be_kept(estate: Estate, receiver: Receiver) -> None:
    receiver.status = 500
    items = tuple(Item(f"id {number}", "\U0001f600" * 3000, "數" * 3000) for number in range(300))
    estate.app.notify.tell(Announcement("a_kind", "title", "\U0001f600" * 400_000, items), list)
    ((_, kept),) = estate.app.notes("outbox").all(Kept)
    assert len(kept.body) == LONGEST_BODY
    assert estate.status()["notifications"]["a_kind"]["error"]


def test_a_worker_that_dies_between_dropping_news_and_telling_them_has_lost_nothing(
    estate: Estate, receiver: Receiver
) -> None:
    dead = replace(estate.app.notify, receivers=[Deadly(SecretStr("json://127.0.0.1"), 1)])
    with pytest.raises(ZeroDivisionError):
        dead.send_once([Announcement("a_kind", "title", "body")], lambda: True)
    estate.clock.advance(600)
    estate.app.reconcile.run()
    assert receiver.received == [("title", "body")]


def test_news_that_another_worker_tells_are_told_once(estate: Estate, receiver: Receiver) -> None:
    assert not estate.app.notify.send_once([Announcement("a_kind", "title", "body")], lambda: False)
    estate.clock.advance(600)
    estate.app.reconcile.run()
    assert receiver.received == []


def test_news_that_cannot_be_told_for_a_month_are_dropped(estate: Estate, receiver: Receiver) -> None:
    receiver.status = 500
    estate.app.notify.tell(Announcement("a_kind", "title", "body"), list)
    estate.clock.advance(31 * 24 * 3600)
    estate.app.reconcile.run()
    assert list(estate.app.notes("outbox").all(Kept)) == []


def test_a_plain_url_hears_which_assets_it_is_about(
    new_small_estate: NewEstate, new_receiver: Callable[[], Receiver]
) -> None:
    receiver = new_receiver()
    estate = new_small_estate(NOTIFY_URLS=receiver.url.replace("json://", "http://"))
    estate.sync()
    created, completed = receiver.bodies
    assert (created["kind"], completed["kind"]) == ("data_source_created", "synchronization_completed")
    assert {(item["id"], item["name"]) for item in created["items"]} == {
        (record.guid, record.name) for record in estate.records()
    }
    assert completed["items"] == []
    assert created["text"].startswith("2 data sources have been created")


def test_one_receiver_that_fails_keeps_no_other_from_hearing(
    new_small_estate: NewEstate, new_receiver: Callable[[], Receiver]
) -> None:
    broken, well = new_receiver(), new_receiver()
    broken.status = 500
    estate = new_small_estate(NOTIFY_URLS=f"json://127.0.0.1:9/{SECRET}; nonsense;{broken.url};{well.url}")

    estate.sync()

    assert [title for title, _ in well.received] == ["Data source created", "Synchronization completed"]
    shown = estate.status()["notifications"]["data_source_created"]
    assert "NOTIFY_URLS: entry 2 is no notification URL that Apprise knows" in shown["error"]
    assert SECRET not in str(shown)


def test_notifications_that_cannot_be_sent_at_all_fail_nothing(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # importing it fails

    estate.sync()

    assert {record.status for record in estate.records()} == {AssetStatus.SYNCED}
    assert "ModuleNotFoundError" in estate.status()["notifications"]["synchronization_completed"]["error"]


def test_apprise_is_not_even_imported_where_no_one_is_to_be_notified(small_estate: Estate) -> None:
    code = """
import os, sys
from sync_core.app import triggers
app = triggers.app()
app.discover_assets.run()
app.create_data_source_group.handle(b"nonsense")
print(len(list(app.assets.all())), "apprise" in sys.modules)
"""
    settings = small_estate.app.settings
    environment = {
        **os.environ,
        "PURVIEW_ENDPOINT": settings.purview_endpoint,
        "PURVIEW_COLLECTION": settings.purview_collection,
        "CLUEDIN_URL": settings.cluedin_url,
        "CLUEDIN_ACCESS_TOKEN": "given",
        "SYNC_TERM": settings.sync_term,
        "AzureWebJobsStorage": small_estate.storage,
        "NOTIFY_URLS": "",
    }

    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split() == ["2", "False"]

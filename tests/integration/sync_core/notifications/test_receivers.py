"""Notifications over real HTTP to receivers on this machine, through the real Apprise and as JSON."""

import json
import logging
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import apprise.plugins.base
import apprise.plugins.discord
import apprise.plugins.rocketchat
import apprise.plugins.telegram
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from sync_core.errors import ConfigError, SyncError, TransientError
from sync_core.ledger import request_ledger
from sync_core.notifications import receivers
from sync_core.notifications.announcement import Announcement, Item
from sync_core.notifications.pages import Pages
from sync_core.notifications.receivers import new_receivers
from sync_core.notifications.texts import Failure, data_sets_failed
from tests.kit.scripted import Asked, Scripted

# Apprise loads all its plugins at the first URL, and those use what Python deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SECRET_PATH = "/top-secret"
TEN_FAILURES = data_sets_failed([Failure(f"data set {number} {'🧪' * 20}", "y" * 180) for number in range(10)])


LONG = Announcement("a_kind", "title", "Ä" * 15_000).about([Item(f"id {n}", "n" * 200, "r" * 200) for n in range(50)])


@pytest.fixture(autouse=True)
def _no_pause_between_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apprise leaves 5.5 s between the parts of a long message, out of courtesy to services on the internet."""
    monkeypatch.setattr(apprise.plugins.base.NotifyBase, "request_rate_per_sec", 0)


def send(url: str, announcement: Announcement = Announcement("a_kind", "title", "body")) -> None:  # noqa: B008
    (receiver,) = new_receivers([SecretStr(url)])
    receiver.send(announcement)


def json_url(service: Scripted) -> str:
    return service.url.replace("http://", "json://") + "/hook?-X-Key=top-secret"


def told(service: Scripted) -> list[tuple[str, str]]:
    bodies = [json.loads(asked.body) for asked in service.asked]
    return [(body["title"], body["message"]) for body in bodies]


def test_title_and_text_are_told_through_apprise(service: Scripted) -> None:
    with request_ledger() as requests:
        send(json_url(service), Announcement("a_kind", "Data source created", "Data source 'Ä; <b>.csv' created"))
    assert told(service) == [("Data source created", "Data source 'Ä; <b>.csv' created")]
    assert requests == Counter(notifications=1)


def test_a_plain_url_gets_json(service: Scripted) -> None:
    items = [Item("g1", "Orders\nof May"), Item("d2", "Customers", "CluedIn refused it.")]
    send(f"{service.url}/hook?key=k", Announcement("data_set_failed", "A title", "a text").about(items))

    (asked,) = service.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/hook", "key=k")
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {
        "kind": "data_set_failed",
        "title": "A title",
        "text": "a text",
        "items": [
            {"id": "g1", "name": "Orders\\nof May", "reason": ""},
            {"id": "d2", "name": "Customers", "reason": "CluedIn refused it."},
        ],
    }


@pytest.mark.parametrize("limit_bytes", [90_000, 20_000])
def test_who_finds_a_text_too_large_gets_its_beginning(service: Scripted, limit_bytes: int) -> None:
    def answer(asked: Asked) -> Response:
        return Response(status_code=413 if len(asked.body) > limit_bytes else 200)

    service.answers = [answer] * 2
    with request_ledger() as requests:
        send(f"{service.url}/hook", LONG)
    whole, short = (json.loads(asked.body) for asked in service.asked)
    assert (whole["text"], len(whole["items"])) == (LONG.body, 50)
    assert short == {**whole, "text": "Ä" * 999 + "…", "items": whole["items"][:5]}
    assert requests == Counter(notifications=2)


def test_who_finds_the_beginning_too_large_is_asked_no_third_time(service: Scripted) -> None:
    service.answers = [Response(status_code=413)] * 3
    with pytest.raises(TransientError, match="entry 1 did not take the notification: it answered 413"):
        send(f"{service.url}/hook", LONG)
    assert len(service.asked) == 2


def test_links_are_told_to_programs_and_end_a_text_for_people(service: Scripted) -> None:
    pages = Pages("https://sync.contoso.com/api/dashboard")
    one = pages.linked(Announcement("asset_retired", "A title", "a text").about([Item("g1", "Orders")]))
    two = pages.linked(Announcement("asset_retired", "A title", "a text").about([Item("g1", "A"), Item("g2", "B")]))
    service.answers = [Response()] * 3

    send(f"{service.url}/hook", one)
    for announcement in (one, two):
        send(json_url(service), announcement)

    body = json.loads(service.asked[0].body)
    assert body["link"] == "https://sync.contoso.com/api/dashboard"
    assert [item["url"] for item in body["items"]] == ["https://sync.contoso.com/api/dashboard?asset=g1"]
    assert [json.loads(asked.body)["message"] for asked in service.asked[1:]] == [
        "a text See https://sync.contoso.com/api/dashboard?asset=g1",
        "a text See https://sync.contoso.com/api/dashboard",
    ]


def test_a_long_text_still_ends_with_its_link(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise.plugins.discord.NotifyDiscord, "notify_url", service.url)
    service.answers = [limited("content", 2000, {})] * 10
    long = Announcement("a_kind", "title", "x y " * 5000, link="https://sync.contoso.com/api/dashboard")

    send("discord://123456789/abcdefghijklmnop", long)

    assert json.loads(service.asked[-1].body)["content"].endswith("See https://sync.contoso.com/api/dashboard")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_each_answer_of_success_counts(service: Scripted, status: int) -> None:
    service.answers = [Response(status_code=status)]
    send(f"{service.url}/hook")


@pytest.mark.parametrize("answer", [302, 400, 404, 410, 429, 500, None])
def test_a_receiver_that_does_not_take_it_is_told_by_its_place(service: Scripted, answer: int | None) -> None:
    service.answers = [Response(status_code=answer, headers={"Location": "/x"}) if answer else None]
    with pytest.raises(TransientError, match=r"NOTIFY_URLS: entry 1 did not take the notification: \w+") as caught:
        send(service.url + SECRET_PATH)
    assert len(service.asked) == 1
    assert SECRET_PATH not in "".join(traceback.format_exception(caught.value))


def test_apprise_says_so_too(service: Scripted) -> None:
    service.answers = [Response("", 500)]
    with pytest.raises(TransientError, match="NOTIFY_URLS: entry 1 did not take"):
        send(json_url(service))


@pytest.mark.parametrize("entry", ["nonsense://top-secret@x", "top-secret", "discord://top-secret"])
def test_an_entry_that_is_no_notification_url_is_named_by_its_place(entry: str) -> None:
    (_, wrong) = new_receivers([SecretStr("json://127.0.0.1"), SecretStr(entry)])
    with pytest.raises(ConfigError, match="NOTIFY_URLS: entry 2 is no notification URL"):
        wrong.send(Announcement("kind", "title", "body"))


@pytest.mark.parametrize(
    "entry", ["nonsense://top-secret@x", "json://127.0.0.1:1/top-secret", "http://127.0.0.1:1/top-secret"]
)
def test_no_error_and_no_line_of_ours_shows_a_url(entry: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sync_core")
    (receiver,) = new_receivers([SecretStr(entry)])
    with pytest.raises(SyncError) as caught:
        receiver.send(Announcement("kind", "title", "body"))
    own_lines = [record.getMessage() for record in caplog.records if record.name.startswith("sync_core")]
    assert "top-secret" not in f"{receiver!r} {own_lines} {''.join(traceback.format_exception(caught.value))}"


def limited(field: str, most: int, answer: dict[str, Any]) -> Callable[[Asked], Response]:
    """A receiver that refuses what is longer than it takes, counted as UTF-16 does."""

    def respond(asked: Asked) -> Response:
        text = str(json.loads(asked.body).get(field) or "")
        return JSONResponse(answer, 400 if len(text.encode("utf-16-le")) > 2 * most else 200)

    return respond


def words(text: str) -> set[str]:
    return set(re.findall(r"data set [0-9]", text))


def test_ten_failed_data_sets_fit_discord(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise.plugins.discord.NotifyDiscord, "notify_url", service.url)
    service.answers = [limited("content", 2000, {})] * 10
    assert len(TEN_FAILURES.body) > 2000

    send("discord://123456789/abcdefghijklmnop", TEN_FAILURES)

    assert len(service.asked) > 1
    texts = [json.loads(asked.body)["content"] for asked in service.asked]
    assert len(words("".join(texts))) == 10


def test_what_is_longer_still_fits_telegram(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise.plugins.telegram.NotifyTelegram, "notify_url", service.url + "/bot")
    service.answers = [limited("text", 4096, {"ok": True, "result": {}})] * 10

    send(
        "tgram://123456789:ABCdefghIJKLmnopQRSTuvwxyz12345678A/12315544/",
        Announcement("a_kind", "title", "x 🧪" * 2500),
    )

    assert len(service.asked) >= 2


@pytest.mark.parametrize(("scheme", "most"), [("mmost", 4000), ("rocket", 1000)])
def test_what_is_longer_still_fits_a_service_of_ones_own(service: Scripted, scheme: str, most: int) -> None:
    host = service.url.removeprefix("http://")
    urls = {
        "mmost": f"mmost://{host}/3ccdd113474722377935511fc85d3dd4",
        "rocket": f"rocket://{'a' * 17}/{'b' * 43}@{host}/%23r",
    }
    service.answers = [limited("text", most, {"success": True, "ok": True})] * 10

    send(urls[scheme], TEN_FAILURES)

    assert service.asked


def test_a_receiver_of_short_messages_gets_a_few_of_them_and_not_forty(service: Scripted) -> None:
    host = service.url.removeprefix("http://")
    send(f"rocket://{'a' * 17}/{'b' * 43}@{host}/%23r", Announcement("a_kind", "title", "x" * 40_000))
    assert 2 <= len(service.asked) <= 6


def test_what_the_url_says_of_the_length_counts(service: Scripted) -> None:
    host = service.url.removeprefix("http://")
    send(f"rocket://{'a' * 17}/{'b' * 43}@{host}/%23r?overflow=truncate", TEN_FAILURES)
    assert len(service.asked) == 1


def rooms(service: Scripted) -> str:
    host = service.url.removeprefix("http://")
    return f"rocket://{'a' * 17}/{'b' * 43}@{host}/%23r/%23s"


@pytest.fixture
def slow(service: Scripted, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """A receiver to which a long text takes longer than is waited for."""
    monkeypatch.setattr(apprise.plugins.rocketchat.NotifyRocketChat, "request_rate_per_sec", 0.2)
    monkeypatch.setattr(receivers, "LONGEST_S", 0.1)
    return service


def try_until_it_is_over(receiver: receivers.Receiver, announcement: Announcement) -> list[str]:
    """Send again and again, as runs do, until it was taken; return what was told before."""
    told = []
    for _ in range(100):
        try:
            receiver.send(announcement)
        except TransientError as error:
            told.append(str(error))
            time.sleep(0.1)
        else:
            return told
    raise AssertionError


def test_what_took_too_long_and_arrived_is_not_sent_again(slow: Scripted) -> None:
    slow.answers = [JSONResponse({"success": True})] * 50
    (receiver,) = new_receivers([SecretStr(rooms(slow))])
    long = Announcement("a_kind", "title", " ".join(map(str, range(600))))

    told = try_until_it_is_over(receiver, long)

    assert "did not answer in time" in told[0]
    texts = Counter((json.loads(asked.body)["channel"], asked.body) for asked in slow.asked)
    assert len(texts) > 2
    assert set(texts.values()) == {1}


def test_what_took_too_long_and_was_refused_is_sent_again(slow: Scripted) -> None:
    slow.answers = [
        JSONResponse({"success": is_taken}, 200 if is_taken else 400) for is_taken in (False, False, True, True)
    ]
    (receiver,) = new_receivers([SecretStr(rooms(slow))])

    try_until_it_is_over(receiver, Announcement("a_kind", "title", "short"))

    assert len(slow.asked) == 4


def test_another_text_is_no_answer_to_one_that_took_too_long(slow: Scripted) -> None:
    slow.answers = [JSONResponse({"success": True})] * 50
    (receiver,) = new_receivers([SecretStr(rooms(slow))])
    for text in ("one", "another"):
        try_until_it_is_over(receiver, Announcement("a_kind", "title", text))
    assert {json.loads(asked.body)["text"].split()[-1] for asked in slow.asked} == {"one", "another"}

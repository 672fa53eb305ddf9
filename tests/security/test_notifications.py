"""Notifications carry names that people gave to assets, to addresses that are secrets."""

import json
import logging

import pytest
from pydantic import SecretStr

from sync_core.errors import ConfigError, SyncError
from sync_core.logs import quieten_libraries
from sync_core.notifications.announcement import Announcement
from sync_core.notifications.receivers import Receiver, new_receivers
from sync_core.notifications.texts import data_sources_created
from tests.kit.scripted import Scripted

# Apprise loads all its plugins at the first URL, and those use what Python deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HOSTILE = "<img src=http://evil.example/pixel> [sign in](http://evil.example) \n\nURGENT: pay *now*"
SEED = "seeded0secret"


def notify(url: str, name: str = "Orders") -> None:
    Receiver(SecretStr(url), 1).send(data_sources_created([name]))


@pytest.mark.parametrize(
    ("markup", "live"),
    [("html", ["<img"]), ("markdown", ["[sign in](", "*now*"]), ("text", [])],
)
def test_markup_in_a_name_is_shown_and_does_not_count(service: Scripted, markup: str, live: list[str]) -> None:
    notify(f"json://{service.url.removeprefix('http://')}/hook?format={markup}", HOSTILE)
    message = json.loads(service.asked[0].body)["message"]
    assert "URGENT" in message
    assert [each for each in live if each in message] == []


def test_a_name_makes_no_line_of_its_own(service: Scripted) -> None:
    notify(f"json://{service.url.removeprefix('http://')}/hook?format=text", HOSTILE)
    assert "\n" not in json.loads(service.asked[0].body)["message"]


@pytest.mark.parametrize(
    "url",
    [
        f"bogus://{SEED}/key",
        SEED,
        f"slack://{SEED}",
        f"msteams://{SEED}",
        f"https://127.0.0.1:1/api/webhooks/{SEED}",
        f"http://user:{SEED}@127.0.0.1:1/{SEED}?key={SEED}",
        f"https://{SEED}:port/x",
        f"json://user:{SEED}@127.0.0.1:1/{SEED}?key={SEED}",
    ],
)
def test_an_address_that_fails_is_neither_logged_nor_told(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quieten_libraries()
    with pytest.raises(SyncError, match="NOTIFY_URLS") as caught:
        notify(url)
    assert SEED not in f"{caught.value!r}{caplog.text}{Receiver(SecretStr(url), 1)!r}"


def test_the_error_says_which_entry_is_meant() -> None:
    with pytest.raises(ConfigError, match="entry 2 "):
        new_receivers([SecretStr("json://127.0.0.1:1"), SecretStr("bogus://x")])[1].send(Announcement("kind", "t", "b"))

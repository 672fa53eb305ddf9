"""Notifications through the real Apprise to a webhook on this machine."""

import json
import logging
import traceback
from collections import Counter

import pytest
from pydantic import SecretStr
from starlette.responses import Response

from sync_core.clients.notifications import new_notifier
from sync_core.domain.ledger import request_ledger
from sync_core.errors import ConfigError, SyncError, TransientError
from tests.integration.sync_core.clients.scripted import Scripted

# Apprise loads all its plugins at the first URL, and those use what Python deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def url_of(service: Scripted) -> SecretStr:
    return SecretStr(service.url.replace("http://", "json://") + "/hook?-X-Key=top-secret")


def told(service: Scripted) -> list[tuple[str, str]]:
    bodies = [json.loads(asked.body) for asked in service.asked]
    return [(body["title"], body["message"]) for body in bodies]


def test_without_urls_nobody_is_notified() -> None:
    notifier = new_notifier(())
    assert not notifier.is_on
    notifier.send("title", "body")


def test_everyone_is_told_title_and_text(service: Scripted, elsewhere: Scripted) -> None:
    notifier = new_notifier([url_of(service), url_of(elsewhere)])
    assert notifier.is_on
    with request_ledger() as requests:
        notifier.send("Data source created", "Data source 'Ä; <b>.csv' created for Purview asset")
    assert told(service) == told(elsewhere)
    assert told(service) == [("Data source created", "Data source 'Ä; <b>.csv' created for Purview asset")]
    assert requests == Counter(notifications=1)


def test_one_that_fails_does_not_keep_the_others_from_being_told(service: Scripted, elsewhere: Scripted) -> None:
    service.answers = [Response("", 500)]
    with pytest.raises(TransientError, match="NOTIFY_URLS"):
        new_notifier([url_of(service), url_of(elsewhere)]).send("title", "body")
    assert told(elsewhere) == [("title", "body")]


def test_an_entry_that_is_no_notification_url_is_named_by_its_place_and_the_others_are_told(service: Scripted) -> None:
    urls = [SecretStr("nonsense://top-secret@x"), url_of(service), SecretStr("top-secret")]
    with pytest.raises(ConfigError, match="NOTIFY_URLS: entry 1, 3 is no notification URL"):
        new_notifier(urls).send("title", "body")
    assert told(service) == [("title", "body")]


def test_nothing_but_wrong_entries_is_told_as_such() -> None:
    with pytest.raises(ConfigError, match="entry 1 is no"):
        new_notifier([SecretStr("nonsense")]).send("title", "body")


@pytest.mark.parametrize("entry", ["nonsense://top-secret@x", "json://127.0.0.1:1/top-secret"])
def test_no_error_and_no_line_of_ours_shows_a_url(entry: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sync_core")
    notifier = new_notifier([SecretStr(entry)])
    with pytest.raises(SyncError) as caught:
        notifier.send("title", "body")
    own_lines = [record.getMessage() for record in caplog.records if record.name.startswith("sync_core")]
    assert "top-secret" not in f"{notifier!r} {own_lines} {''.join(traceback.format_exception(caught.value))}"

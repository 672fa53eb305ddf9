"""Sends notifications: to Teams, Slack, mail and a hundred others through Apprise, to any other URL as JSON."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from sync_core.errors import ConfigError, TransientError
from sync_core.http.plain import post_json
from sync_core.ledger import record_request
from sync_core.notifications.announcement import Announcement, Item
from sync_core.safe_text import one_line

if TYPE_CHECKING:
    from apprise import NotifyBase

MOST_MESSAGES = 4  # into which a long text is split: a receiver that takes 160 characters must not get forty
COUNTER = 20  # characters for `[1/4]` and line breaks
PLAIN_SCHEMES = frozenset({"http", "https"})
NAME = "notifications"
LONGEST_S = 30.0  # Apprise waits some seconds for each byte, and this is many times as long
SHORT = 1000  # characters for who finds a text too large: as many as Apprise gives Teams
FEW_ITEMS = 5
SUCCESS = 2  # the first digit of an answer that says so


@dataclass(frozen=True)
class Receiver:
    """One entry of `NOTIFY_URLS`; `position` counts from 1. Its URL is a secret: no error and no row shows it."""

    url: SecretStr
    position: int
    id: str = field(init=False)
    _left: list[tuple[Announcement, Future[str]]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", sha256(self.url.get_secret_value().encode()).hexdigest()[:16])

    def send(self, announcement: Announcement) -> None:
        """Send a notification. Texts hold names given by people: no markup in them counts, and no line break.

        A plain `https://` URL gets `{"kind", "title", "text", "items": [{"id", "name", "reason", "url"?}], "link"?}` by
        POST.

        Raises:
            ConfigError: the entry is no notification URL.
            TransientError: it did not take the notification.
        """
        record_request(NAME)
        refusal = self._try(announcement)
        if refusal is None:
            raise ConfigError(f"NOTIFY_URLS: entry {self.position} is no notification URL that Apprise knows.")
        if refusal:
            told = f"NOTIFY_URLS: entry {self.position} did not take the notification: {refusal}."
            raise TransientError(told, service=NAME)

    def _try(self, announcement: Announcement) -> str | None:
        """Return why it did not take it, an empty text if it did, None where nobody knows such a URL.

        An error does not leave it: it may show the URL.
        """
        url = self.url.get_secret_value()
        try:
            plugin = _find_plugin(url)
            if plugin is not None:
                return self._in_time(announcement, lambda: _notify(plugin, announcement))
            return _post(url, announcement) if urlsplit(url).scheme.lower() in PLAIN_SCHEMES else None
        except Exception as error:  # noqa: BLE001  # a hundred plugins of other people: they must not fail the sync
            return type(error).__name__

    def _in_time(self, announcement: Announcement, work: Callable[[], str]) -> str:
        """Leave a sending behind that takes too long, e.g. to who drips; one at a time, or threads would pile up.

        Apprise pauses before each message to each room: a long text for some rooms takes longer, and arrives all the
        same. Who asks for it again hears so, or all rooms would get it at each try.
        """
        if self._left:
            left, outcome = self._left[0]
            if not outcome.done():
                return "it has not answered the one before"
            if left == announcement and not outcome.exception() and not outcome.result():
                self._left.clear()
                return ""
        outcome = Future[str]()
        Thread(target=_settle, args=(outcome, work), daemon=True).start()
        self._left[:] = [(announcement, outcome)]
        wait([outcome], LONGEST_S)
        if not outcome.done():
            return "it did not answer in time"
        self._left.clear()
        return outcome.result()


def _settle(outcome: "Future[str]", work: Callable[[], str]) -> None:
    try:
        outcome.set_result(work())
    except Exception as error:  # noqa: BLE001  # it is raised where the outcome is asked for
        outcome.set_exception(error)


def new_receivers(urls: Sequence[SecretStr]) -> tuple[Receiver, ...]:
    """Return the receivers of these URLs."""
    return tuple(Receiver(url, position) for position, url in enumerate(urls, start=1))


def _find_plugin(url: str) -> "NotifyBase | None":
    """Return the service that Apprise knows by this URL: also by a plain one, such as Discord's or Slack's own."""
    if urlsplit(url).scheme.lower() == "http":
        return None
    import apprise  # noqa: PLC0415  # slow to import, and needed by those alone who set NOTIFY_URLS

    plugin = apprise.Apprise.instantiate(url)
    return plugin if isinstance(plugin, apprise.NotifyBase) else None


def _notify(plugin: "NotifyBase", announcement: Announcement) -> str:
    """Send through Apprise, in as many messages as the service's length asks for; return why it was not taken."""
    import apprise  # noqa: PLC0415

    title, body, link = one_line(announcement.title), one_line(announcement.body), _link_to_read(announcement)
    if plugin.overflow_mode == apprise.OverflowMode.UPSTREAM:  # that is: nobody said otherwise in the URL
        plugin.overflow_mode = apprise.OverflowMode.SPLIT
        # Services count as UTF-16 does: an emoji is two.
        wide = sum(character > "\uffff" for character in title + body)
        plugin.body_maxlen -= min(wide, plugin.body_maxlen // 2)
        body = _cut(body, MOST_MESSAGES * (plugin.body_maxlen - len(title) - COUNTER) - len(link))
    everyone = apprise.Apprise()
    everyone.add(plugin)
    is_sent = everyone.notify(title=title, body=body + link, body_format=apprise.NotifyFormat.TEXT)
    return "" if is_sent else "it refused it, or did not answer"


def _post(url: str, announcement: Announcement) -> str:
    """Send as JSON; where that is too large, once more with the beginning of it. Return why it was not taken."""
    status = post_json(url, _to_body(announcement))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        shorter = replace(announcement, body=_cut(announcement.body, SHORT), items=announcement.items[:FEW_ITEMS])
        record_request(NAME)
        status = post_json(url, _to_body(shorter))
    return "" if status // 100 == SUCCESS else f"it answered {status}"


def _to_body(announcement: Announcement) -> dict[str, Any]:
    return {
        "kind": announcement.kind,
        "title": one_line(announcement.title),
        "text": one_line(announcement.body),
        "items": [_to_json(item) for item in announcement.items],
        **({"link": announcement.link} if announcement.link else {}),
    }


def _to_json(item: Item) -> dict[str, str]:
    told = {"id": item.id, "name": one_line(item.name), "reason": one_line(item.reason)}
    return {**told, "url": item.url} if item.url else told


def _link_to_read(announcement: Announcement) -> str:
    """Return what a text ends with: the page of the one thing that it is about, or that of all."""
    urls = [item.url for item in announcement.items if item.url]
    link = urls[0] if len(urls) == 1 == len(announcement.items) else announcement.link
    return f" See {link}" if link else ""


def _cut(text: str, length: int) -> str:
    return text if len(text) <= max(length, 1) else text[: max(length, 1) - 1] + "…"

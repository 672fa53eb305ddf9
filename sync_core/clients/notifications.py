"""Sends notifications through Apprise: Teams, Slack, mail, any webhook. Loaded only when it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from sync_core.domain.ledger import record_request
from sync_core.errors import ConfigError, TransientError
from sync_core.safe_text import one_line


class Notifier(Protocol):
    """Sends one notification to everyone who is to hear of it."""

    @property
    def is_on(self) -> bool:
        """Whether anyone is."""

    def send(self, title: str, body: str) -> None:
        """Send it.

        Raises:
            ConfigError, TransientError: it did not reach all of them.
        """


@dataclass(frozen=True)
class NoNotifier:
    """No one is to be notified: `NOTIFY_URLS` is empty."""

    is_on: bool = False

    def send(self, title: str, body: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class AppriseNotifier:
    """Notifies every URL of `NOTIFY_URLS`. The URLs are secrets: they hold tokens and keys, so no error shows one."""

    urls: Sequence[SecretStr]
    is_on: bool = True

    def send(self, title: str, body: str) -> None:
        """Send to all URLs; one that fails does not keep the others from being sent.

        Title and body are text that holds names given by people: no markup in them counts, and no line break.
        """
        import apprise  # noqa: PLC0415  # slow to import, and needed by those alone who set NOTIFY_URLS

        everyone = apprise.Apprise()
        unknown = [
            str(position) for position, url in enumerate(self.urls, start=1) if not everyone.add(url.get_secret_value())
        ]
        record_request("notifications")
        message = {"title": one_line(title), "body": one_line(body), "body_format": apprise.NotifyFormat.TEXT}
        is_sent = everyone.notify(**message) if everyone else True
        if unknown:
            raise ConfigError(f"NOTIFY_URLS: entry {', '.join(unknown)} is no notification URL that Apprise knows.")
        if not is_sent:
            raise TransientError("At least one of NOTIFY_URLS did not take the notification.", service="notifications")


def new_notifier(urls: Sequence[SecretStr]) -> Notifier:
    """Return the notifier for these URLs."""
    return AppriseNotifier(urls) if urls else NoNotifier()

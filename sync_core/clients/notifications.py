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
        record_request("notifications")
        try:
            unknown, is_sent = self._notify_all(one_line(title), one_line(body))
        except Exception as error:  # a hundred plugins of other people: whatever they raise must not fail the sync
            failure = f"Apprise failed with {type(error).__name__} while it loaded or notified NOTIFY_URLS."
            raise TransientError(failure, service="notifications") from error
        if unknown:
            raise ConfigError(f"NOTIFY_URLS: entry {', '.join(unknown)} is no notification URL that Apprise knows.")
        if not is_sent:
            raise TransientError("At least one of NOTIFY_URLS did not take the notification.", service="notifications")

    def _notify_all(self, title: str, body: str) -> tuple[list[str], bool]:
        """Notify all; return the positions of unknown URLs, and whether all known ones took it."""
        import apprise  # noqa: PLC0415  # slow to import, and needed by those alone who set NOTIFY_URLS

        everyone = apprise.Apprise()
        unknown = [
            str(position) for position, url in enumerate(self.urls, start=1) if not everyone.add(url.get_secret_value())
        ]
        if not everyone:
            return unknown, True
        return unknown, bool(everyone.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))


def new_notifier(urls: Sequence[SecretStr]) -> Notifier:
    """Return the notifier for these URLs."""
    return AppriseNotifier(urls) if urls else NoNotifier()

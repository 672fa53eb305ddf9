"""People who hear what the app tells, without a channel between."""

from dataclasses import dataclass, field, replace
from typing import Any

from sync_core.app import App
from sync_core.discovery.discover_assets import DiscoverAssets
from sync_core.notifications.announcement import Announcement


@dataclass
class People:
    """A receiver that keeps what it hears, as `kind: text`."""

    id: str = "people"
    told: list[str] = field(default_factory=list)

    def send(self, announcement: Announcement) -> None:
        """Take a notification."""
        self.told.append(f"{announcement.kind}: {announcement.body}")

    def hear_of_pauses(self, app: App) -> DiscoverAssets:
        """Return discovery that tells them of paused terms."""
        by_term = app.discover_by_term
        return replace(app.discover_assets, by_term=replace(by_term, tell=replace(by_term.tell, notify=self._of(app))))

    def hear_of_curation(self, app: App) -> DiscoverAssets:
        """Return discovery that tells them of asset curation."""
        by_term = app.discover_by_term
        tell = replace(by_term.tell_curation, notify=self._of(app))
        return replace(app.discover_assets, by_term=replace(by_term, tell_curation=tell))

    def _of(self, app: App) -> Any:
        receivers: Any = [self]
        return replace(app.discover_by_term.tell.notify, receivers=receivers)

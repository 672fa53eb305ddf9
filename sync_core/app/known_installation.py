"""What is known of the organization and the account to which the settings lead; nobody is asked."""

from dataclasses import dataclass

from pydantic import BaseModel

from sync_core.app.installation import Installation, short_hash
from sync_core.settings import Settings
from sync_core.storage.notes import Notes

FIRST = ""  # the first installation on a storage account has the plain names
FIRST_NOTE = "first"


class ScopeOf(BaseModel):
    """Where the state of an organization and an account lies."""

    scope: str


@dataclass(frozen=True)
class KnownInstallation:
    """Reads and keeps the installation. `notes` are outside of every installation."""

    settings: Settings
    notes: Notes

    def current(self) -> Installation:
        """Return the installation as far as it is known: one storage operation, two for settings that are new."""
        known = self.notes.load(Installation, self._name)
        return known or Installation(scope=self._name if self.is_anybody_here() else FIRST)

    def is_anybody_here(self) -> bool:
        """Whether an installation has the plain names already."""
        return self.notes.load(ScopeOf, FIRST_NOTE) is not None

    def save(self, installation: Installation) -> None:
        """Keep what is known now."""
        self.notes.save(self._name, installation)

    @property
    def _name(self) -> str:
        settings = self.settings
        return short_hash(f"{settings.cluedin_url}\n{settings.organization}\n{settings.purview_endpoint}")

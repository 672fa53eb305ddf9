"""What is known of the organization and the account to which the settings lead; nobody is asked.

Several instances may begin at once on an empty storage account. Who is first is settled by inserts, so that all of them
work on one state.
"""

from dataclasses import dataclass

from pydantic import BaseModel

from sync_core.app.installation import Identity, Installation, short_hash
from sync_core.settings import Settings
from sync_core.storage.notes import Notes

FIRST = ""  # the first installation on a storage account has the plain names
FIRST_NOTE = "first"


class First(BaseModel):
    """Whose the plain names are: the key of an organization and an account."""

    key: str


@dataclass(frozen=True)
class KnownInstallation:
    """Reads and keeps the installation. `notes` are outside of every installation."""

    settings: Settings
    notes: Notes

    def current(self) -> Installation:
        """Return the installation as far as it is known: one storage operation, two for settings that are new."""
        known = self.notes.load(Installation, self._name)
        return known or Installation(scope=self._name if self.is_anybody_here() else FIRST)

    def is_settled_on(self, scope: str) -> bool:
        """Whether the state that this names is known to be of those to whom the settings lead."""
        known = self.current()
        return known.scope == scope and (known.identity is not None or scope == FIRST)

    def is_anybody_here(self) -> bool:
        """Whether an installation has the plain names already."""
        return self.notes.load(First, FIRST_NOTE) is not None

    def scope_of(self, identity: Identity) -> str:
        """Return where the state of an organization and an account lies; the first one takes the plain names."""
        self.notes.add(FIRST_NOTE, First(key=identity.key))
        first = self.notes.load(First, FIRST_NOTE)
        return FIRST if first and first.key == identity.key else identity.key

    def keep_first(self, installation: Installation) -> Installation:
        """Keep what these settings lead to, and return that; what another instance has found meanwhile counts."""
        self.notes.add(self._name, installation)
        kept = self.notes.load(Installation, self._name)
        if kept is None:  # another version wrote it
            self.save(installation)
        return kept or installation

    def save(self, installation: Installation) -> None:
        """Keep what is known now."""
        self.notes.save(self._name, installation)

    @property
    def _name(self) -> str:
        settings = self.settings
        return short_hash(f"{settings.cluedin_url}\n{settings.organization}\n{settings.purview_endpoint}")

"""Finds the state that belongs to the organization and the account to which the settings lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel

from sync_core.app.installation import BY_HOST, Identity, Installation, short_hash, weigh
from sync_core.cluedin.client import CluedInClient
from sync_core.each_request import before_each_request
from sync_core.errors import OutOfTimeError, SyncError, TransientError
from sync_core.logs import get_logger
from sync_core.purview.client import PurviewClient
from sync_core.settings import Settings
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

FIRST = ""  # the first installation on a storage account has the plain names
FIRST_NOTE = "first"
ASK_TIME = timedelta(seconds=30)  # a run that begins after it has its own time, of the host's ten minutes


class ScopeOf(BaseModel):
    """Where the state of an organization and an account lies."""

    scope: str


@dataclass(frozen=True)
class FindInstallation:
    """Reads and keeps the installation. `notes` are outside of every installation."""

    settings: Settings
    cluedin: CluedInClient
    purview: PurviewClient
    notes: Notes
    clock: Callable[[], datetime]

    def current(self) -> Installation:
        """Return the installation as far as it is known: one storage operation, two for settings that are new."""
        known = self.notes.load(Installation, self._name)
        return known or Installation(scope=self._name if self._is_anybody_here() else FIRST)

    def _is_anybody_here(self) -> bool:
        return self.notes.load(ScopeOf, FIRST_NOTE) is not None

    def verify(self) -> Installation:
        """Ask whom the settings lead to, and return the installation. What cannot be asked changes nothing.

        Raises:
            TransientError: the same settings lead to somebody else, which is not believed yet: do nothing meanwhile.
        """
        known = self.current()
        if known.is_fresh(self.clock()):
            return known
        try:
            with before_each_request(self._in_time()):
                seen = Identity(organization=self.cluedin.organization_id(), account=self._account())
        except SyncError as error:
            logger.warning("Whom the settings lead to cannot be asked; the state stays as it is: %s", error)
            return known
        weighed = weigh(known, seen, self.clock())
        installation = weighed.installation
        if weighed.scope_of is not None:
            scope = self._scope_of(weighed.scope_of)
            installation = installation.model_copy(update={"scope": scope})
        if not weighed.is_in_doubt:
            installation = installation.model_copy(update={"verified_at": self.clock()})
        self.notes.save(self._name, installation)
        if weighed.is_in_doubt:
            raise TransientError(
                f"CLUEDIN_URL and PURVIEW_ENDPOINT lead to organization {seen.organization} and account {seen.account} "
                "now, and led to others before. Nothing is done until they have done so for ten minutes."
            )
        return installation

    def _in_time(self) -> Callable[[], None]:
        ends_at = self.clock() + ASK_TIME

        def check() -> None:
            if self.clock() >= ends_at:
                raise OutOfTimeError("There was no time to ask whom the settings lead to.")

        return check

    @property
    def _name(self) -> str:
        settings = self.settings
        return short_hash(f"{settings.cluedin_url}\n{settings.organization}\n{settings.purview_endpoint}")

    def _account(self) -> str:
        """The account's root collection; its host where the collections may not be read."""
        try:
            roots = [collection.name for collection in self.purview.fetch_collections() if not collection.parent]
        except OutOfTimeError:
            raise
        except SyncError as error:
            logger.info("The root collection cannot be read, the account is known by its host: %s", error)
            roots = []
        return roots[0] if len(roots) == 1 else BY_HOST + (urlsplit(self.settings.purview_endpoint).hostname or "")

    def _scope_of(self, identity: Identity) -> str:
        """Return the scope of an organization and account: where their state lies already, or from now on."""
        name = f"scope-{identity.key}"
        found = self.notes.load(ScopeOf, name)
        if found is not None:
            return found.scope
        scope = identity.key
        if not self._is_anybody_here():
            scope = FIRST
            self.notes.save(FIRST_NOTE, ScopeOf(scope=scope))
        self.notes.save(name, ScopeOf(scope=scope))
        return scope

"""Finds the state that belongs to the organization and the account to which the settings lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sync_core.app.installation import BY_HOST, Identity, Installation, weigh
from sync_core.app.known_installation import KnownInstallation
from sync_core.cluedin.client import CluedInClient
from sync_core.each_request import before_each_request
from sync_core.errors import OutOfTimeError, SyncError, TransientError
from sync_core.logs import get_logger
from sync_core.purview.client import PurviewClient

logger = get_logger(__name__)

ASK_TIME = timedelta(seconds=30)  # a run that begins after it has its own time, of the host's ten minutes


@dataclass(frozen=True)
class FindInstallation:
    """Finds the installation, and keeps what is known of it."""

    known: KnownInstallation
    cluedin: CluedInClient
    purview: PurviewClient
    clock: Callable[[], datetime]

    def verify(self) -> Installation:
        """Ask whom the settings lead to, and return the installation. What cannot be asked changes nothing.

        Raises:
            TransientError: the same settings lead to somebody else, which is not believed yet: do nothing meanwhile.
        """
        known = self.known.current()
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
            scope = self.known.scope_of(weighed.scope_of)
            installation = installation.model_copy(update={"scope": scope})
        if not weighed.is_in_doubt:
            installation = installation.model_copy(update={"verified_at": self.clock()})
        if known.identity is None:
            return self.known.keep_first(installation)
        self.known.save(installation)
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

    def _account(self) -> str:
        """The account's root collection; its host where the collections may not be read."""
        try:
            roots = self.purview.fetch_roots()
        except OutOfTimeError:
            raise
        except SyncError as error:
            logger.info("The root collection cannot be read, the account is known by its host: %s", error)
            roots = []
        host = urlsplit(self.known.settings.purview_endpoint).hostname or ""
        return roots[0] if len(roots) == 1 else BY_HOST + host

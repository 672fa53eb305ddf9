"""Registers our type definitions in Purview, once per version of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.errors import RejectedError
from sync_core.lineage.graph.types import VERSION, entity_types, relationship_types
from sync_core.logs import get_logger
from sync_core.purview.lineage_client import PurviewLineageClient
from sync_core.single_flight import SingleFlight
from sync_core.storage.notes import Notes

logger = get_logger(__name__)


TRY_AGAIN_AFTER = timedelta(days=1)


class RegisteredTypes(BaseModel):
    """When this version of the definitions was registered.

    `columns_refused` is why Purview takes no columns; `columns_unseen` that it takes them and does not show them.
    """

    registered_at: datetime
    columns_refused: str = ""
    columns_unseen: bool = False

    def is_due(self, now: datetime) -> bool:
        """Whether to try again: what Purview did not do with columns one day, it may do the next."""
        return bool(self.columns_refused or self.columns_unseen) and now - self.registered_at >= TRY_AGAIN_AFTER


@dataclass(frozen=True)
class RegisterTypes:
    """Sees to it that Purview knows our types. Safe to run by several workers at once.

    `note_nothing_stands` is called when Purview had none of our types, so that nothing of ours can stand there.
    """

    lineage: PurviewLineageClient
    notes: Notes
    clock: Callable[[], datetime]
    note_nothing_stands: Callable[[datetime], None] = lambda _: None
    _flight: SingleFlight[RegisteredTypes] = field(default_factory=SingleFlight, repr=False)

    def ensure(self) -> RegisteredTypes:
        """Register the types unless this version of them was registered before; return what was registered."""
        return self._flight.do(self._ensure)

    def _ensure(self) -> RegisteredTypes:
        known = self.notes.load(RegisteredTypes, VERSION)
        return self.register() if known is None or known.is_due(self.clock()) else known

    def missing(self) -> list[str]:
        """Return which types of our assets and processes Purview does not have; reads only."""
        names = [str(definition["name"]) for definition in entity_types()]
        return [name for name in names if not self.lineage.knows_type(name)]

    def register(self) -> RegisteredTypes:
        """Register the types, also if they were before: someone may have deleted them.

        The relationships carry the columns only. No public source shows that every account takes them as they are, so
        their refusal is noted, and lineage goes on without columns of its own.

        Raises:
            RejectedError: Purview refuses the types of the assets and processes themselves.
        """
        if self.lineage.register_types({"entityDefs": entity_types()}):
            self.note_nothing_stands(self.clock())
        refused = ""
        try:
            self.lineage.register_types({"relationshipDefs": relationship_types()})
        except RejectedError as error:
            refused = str(error)
            logger.warning("Purview refuses the relationships of columns, lineage goes on without: %s", refused)
        registered = RegisteredTypes(registered_at=self.clock(), columns_refused=refused)
        self.notes.save(VERSION, registered)
        return registered

    def note_unseen_columns(self) -> None:
        """Note that Purview takes columns and does not show them, so that not every push looks for them in vain."""
        self.notes.save(VERSION, RegisteredTypes(registered_at=self.clock(), columns_unseen=True))

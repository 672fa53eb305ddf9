"""Registers our type definitions in Purview, once per version of them."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.errors import RejectedError
from sync_core.mapping.lineage_types import VERSION, entity_types, relationship_types
from sync_core.state.notes import Notes

logger = logging.getLogger(__name__)


class RegisteredTypes(BaseModel):
    """When this version of the definitions was registered; `columns_refused` is why Purview takes no columns."""

    registered_at: datetime
    columns_refused: str = ""


@dataclass(frozen=True)
class RegisterTypes:
    """Sees to it that Purview knows our types. Safe to run by several workers at once."""

    lineage: PurviewLineageClient
    notes: Notes
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ensure(self) -> RegisteredTypes:
        """Register the types unless this version of them was registered before; return what was registered."""
        with self._lock:
            return self.notes.load(RegisteredTypes, VERSION) or self.register()

    def register(self) -> RegisteredTypes:
        """Register the types, also if they were before: someone may have deleted them.

        The relationships carry the columns only. No public source shows that every account takes them as they are, so
        their refusal is noted, and lineage goes on without columns of its own.

        Raises:
            RejectedError: Purview refuses the types of the assets and processes themselves.
        """
        self.lineage.register_types({"entityDefs": entity_types()})
        refused = ""
        try:
            self.lineage.register_types({"relationshipDefs": relationship_types()})
        except RejectedError as error:
            refused = str(error)
            logger.warning("Purview refuses the relationships of columns, lineage goes on without: %s", refused)
        registered = RegisteredTypes(registered_at=self.clock(), columns_refused=refused)
        self.notes.save(VERSION, registered)
        return registered

"""Registers our type definitions in Purview, once per version of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.mapping.lineage_types import VERSION, entity_types, relationship_types
from sync_core.state.notes import Notes


class RegisteredTypes(BaseModel):
    """When this version of the definitions was registered."""

    registered_at: datetime


@dataclass(frozen=True)
class RegisterTypes:
    """Sees to it that Purview knows our types. Safe to run by several workers at once."""

    lineage: PurviewLineageClient
    notes: Notes
    clock: Callable[[], datetime]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ensure(self) -> None:
        """Register the types unless this version of them was registered before."""
        with self._lock:
            if self.notes.load(RegisteredTypes, VERSION) is None:
                self.register()

    def register(self) -> None:
        """Register the types, also if they were before: someone may have deleted them."""
        self.lineage.register_types(entity_types(), relationship_types())
        self.notes.save(VERSION, RegisteredTypes(registered_at=self.clock()))

"""The part of a plan that is being made, and where the next one goes on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from sync_core.answer import LARGEST_PAGE
from sync_core.assets.entry import PARTS
from sync_core.discovery.all_cursor import Span
from sync_core.discovery.terms.keywords import Selection
from sync_core.ledger import request_ledger
from sync_core.operations.parts import Part
from sync_core.operations.plan.plan import Planned
from sync_core.operations.plan.plan_groups import Groups
from sync_core.operations.plan.read_selected import Described, Rows

MAX_TRIES = 3


class Left(BaseModel):
    """Where a plan goes on: in which list, behind how many rows; or which windows of the search are left.

    Once all that is selected was read (`is_read`), in which part of the index of the records. `tries` counts the parts
    that came no further than this.
    """

    model_config = ConfigDict(frozen=True)

    term: int = Field(default=0, ge=0)
    offset: int = Field(default=0, ge=0)
    windows: list[Span] = Field(default=[(0, None)], max_length=1000)
    part: int = Field(default=0, ge=0, le=PARTS)
    is_read: bool = False
    tries: int = Field(default=0, ge=0)

    def again(self) -> "Left | None":
        """Return the same place for another part; None after some that came no further."""
        return self.model_copy(update={"tries": self.tries + 1}) if self.tries < MAX_TRIES else None


@dataclass
class Draft:
    """The part of a plan that is being made."""

    part: Part
    left: Left
    selection: Selection
    rows: Rows
    keys: list[str] = field(default_factory=list)
    paused: frozenset[str] = frozenset()
    unknown: Sequence[str] = ()
    is_configured: bool = True
    groups: Groups = field(default_factory=Groups)
    used: set[str] = field(default_factory=set)
    looks: int = 0
    planned: list[Planned] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    governed: int = 0
    ungoverned: int | None = 0
    notes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    pace_s: dict[str, float] = field(default_factory=dict)

    def has_room(self, more: int = 0) -> bool:
        """Whether this part takes more, beside what is told with it: there is time, and its answer is not large yet."""
        return self.part.has_time() and len(self.planned) + more < LARGEST_PAGE

    def take(self, described: Described) -> None:
        """Count what was left out."""
        self.left_out.update(described.left_out)
        told = {"hidden": described.hidden, "gone": described.gone, "awaitingType": described.awaiting}
        self.counts.update({name: count for name, count in told.items() if count})

    @contextmanager
    def measured(self, service: str) -> Iterator[None]:
        """Measure how long a request to a service takes."""
        began = self.part.age_s
        with request_ledger() as requests:
            yield
        if count := requests.get(service, 0):
            self.pace_s[service] = (self.part.age_s - began) / count

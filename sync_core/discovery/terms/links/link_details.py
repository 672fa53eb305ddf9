"""What stands behind a target's links, some minutes old at most, kept so that a new process need not ask again."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from sync_core.chunks import chunks
from sync_core.purview.wire import AssignedEntity
from sync_core.storage.notes import Notes, note_name

REFRESH_AFTER = timedelta(minutes=10)
YOUNG_FOR = timedelta(minutes=2)  # what was just made may be unknown briefly (docs/vendors/unified-catalog.md, 9)
# A row holds 1 MiB: of what is longer or more, a new process asks again.
ENTITIES_A_NOTE = 300
LONGEST_NAME = 400
MOST_IDS = 2000


@dataclass
class Details:
    """The entities behind a target's links, as the Data Map had them at `read_at`; those that are gone for sure.

    `is_old` are those to read anew. `asked` are ids that the catalog was asked for meanwhile without hearing of an
    asset of the Data Map; `elsewhere` those that it shows, of another source; `first_asked` when that began, of those
    that it does not show.
    """

    read_at: datetime
    entities: dict[str, AssignedEntity] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    is_old: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    first_asked: dict[str, datetime] = field(default_factory=dict)

    def is_due(self, now: datetime) -> bool:
        """Whether all of it is to be read anew."""
        return now - self.read_at >= REFRESH_AFTER

    def grow_old(self, now: datetime) -> None:
        """Let all of it be read anew; until that is done it stays as it was."""
        self.read_at, self.is_old = now, set(self.entities)
        self.gone.clear()
        self.asked.clear()

    def learned(self, nowhere: Collection[str], elsewhere: Collection[str], now: datetime) -> None:
        """Note what the catalog was asked for in vain; what it does not show is asked for again at first."""
        self.elsewhere |= set(elsewhere)
        self.elsewhere.difference_update(nowhere)
        began = {catalog_id: self.first_asked.setdefault(catalog_id, now) for catalog_id in nowhere}
        self.asked |= {*elsewhere, *(catalog_id for catalog_id in nowhere if now - began[catalog_id] >= YOUNG_FOR)}


class DetailsNote(BaseModel):
    """The details of a target but for its entities, which follow in so many `parts`."""

    read_at: datetime
    parts: int
    gone: list[str] = Field(default_factory=list)
    asked: list[str] = Field(default_factory=list)
    elsewhere: list[str] = Field(default_factory=list)
    first_asked: dict[str, datetime] = Field(default_factory=dict)


class EntitiesNote(BaseModel):
    """Some entities, each with its guid, type and name."""

    entities: list[tuple[str, str, str]]


@dataclass
class KeepDetails:
    """Keeps the notes, and what this process knows of them: only what changed is written."""

    notes: Notes
    clock: Callable[[], datetime]
    _details: dict[str, Details] = field(default_factory=dict)
    _saved: dict[str, BaseModel] = field(default_factory=dict)

    def of(self, key: str) -> Details:
        """Return the details of a target; from storage where this process knows none, or old ones only."""
        details = self._details.get(key)
        if details is None or details.is_due(self.clock()):
            details = self._load(key) or details or Details(self.clock())
            self._details[key] = details
        if details.is_due(self.clock()):
            details.grow_old(self.clock())
        return details

    def save(self, key: str, guids: Collection[str]) -> None:
        """Keep what is known now, of these entities; the note that tells of the others comes last."""
        details = self._details[key]
        rows = [
            (guid, one.type_name, one.display_text)
            for guid in dict.fromkeys(guids)
            if (one := details.entities.get(guid)) and len(one.type_name + one.display_text) <= LONGEST_NAME
        ]
        parts = list(chunks(rows, ENTITIES_A_NOTE))
        for number, part in enumerate(parts):
            self._write(f"{_name(key)}-{number}", EntitiesNote(entities=part))
        gone, asked, elsewhere = (sorted(ids)[:MOST_IDS] for ids in (details.gone, details.asked, details.elsewhere))
        began = dict(sorted(details.first_asked.items())[:MOST_IDS])
        head = DetailsNote(
            read_at=details.read_at, parts=len(parts), gone=gone, asked=asked, elsewhere=elsewhere, first_asked=began
        )
        self._write(_name(key), head)

    def _load(self, key: str) -> Details | None:
        head = self.notes.load(DetailsNote, _name(key))
        if head is None or (key in self._details and head.read_at <= self._details[key].read_at):
            return None
        entities = {guid: AssignedEntity(guid, type_name, name, "") for guid, type_name, name in self._rows(key, head)}
        gone, asked, elsewhere = set(head.gone), set(head.asked), set(head.elsewhere)
        return Details(head.read_at, entities, gone, set(), asked, elsewhere, dict(head.first_asked))

    def _rows(self, key: str, head: DetailsNote) -> Iterator[tuple[str, str, str]]:
        for number in range(head.parts):
            part = self.notes.load(EntitiesNote, f"{_name(key)}-{number}")
            yield from part.entities if part else ()

    def _write(self, name: str, note: BaseModel) -> None:
        if self._saved.get(name) != note:
            self.notes.save(name, note)
            self._saved[name] = note


def _name(key: str) -> str:
    return f"{note_name(key)}-details"

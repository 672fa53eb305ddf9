"""A tenant in memory with one classic term and its successor in the Unified Catalog, and an app that looks at it.

What a steward and the service may do to them is done to its fields; `Watcher.look` is one complete run over the lists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel

from sync_core.catalog.values import Concept, DataAsset, Domain, Kind, Links, Status
from sync_core.discovery.terms.assignments import Assignments
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import Standing
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.discovery.terms.term_memory import TermMemory
from sync_core.errors import NotFoundError, SyncError, TransientError
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.defer import unremembered
from sync_core.runs.run_log import RunLog

CLASSIC, COPY = "c1", "terms/u1"
LIMIT = 100


class NotesInMemory:
    """Notes that last as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, BaseModel] = {}

    def load(self, _model: type[BaseModel], name: str) -> Any:
        return self.kept.get(name)

    def save(self, name: str, note: BaseModel) -> None:
        self.kept[name] = note

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def all(self, model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
        yield from ((name, note) for name, note in list(self.kept.items()) if isinstance(note, model))


@dataclass
class Tenant:
    """The two terms. `list_after`, `search_after` and `links` are what is unconfirmed of the migration."""

    classic: set[str]
    list_after: str = "frozen"
    search_after: str = "none"
    links: str = "kept"
    phase: str = "off"
    linked: set[str] = field(default_factory=set)
    status: Status | None = None
    emptied: set[str] = field(default_factory=set)
    trouble: str = ""
    now: datetime = datetime(2026, 11, 1, tzinfo=UTC)

    @property
    def is_enabled(self) -> bool:
        """Classic terms do not count any more."""
        return self.phase in {"staged", "moved", "published", "direct"}

    def go_to(self, phase: str) -> None:
        """Go on with the migration."""
        self.phase = phase
        if phase == "staged":
            self.linked = set(sorted(self.classic)[:LIMIT] if self.links == "cut" else self.classic)
            self.status = Status.DRAFT
        if phase == "published":
            self.status = Status.PUBLISHED

    # The Data Map

    def fetch_assigned_entities(self, _guid: str, offset: int) -> list[AssignedEntity]:
        """The classic list, as far as the service still tells it."""
        self._raise_trouble("classic")
        if self.is_enabled and self.list_after == "not_found":
            raise NotFoundError("no such term")
        is_empty = self.trouble == "classic empty" or (self.is_enabled and self.list_after == "empty")
        shown = set() if is_empty else self.classic - self.emptied
        return [AssignedEntity(guid, "azure_sql_table", guid, guid) for guid in sorted(shown)][offset:]

    def fetch_terms_of(self, guid: str) -> set[str]:
        """The terms that an asset itself names."""
        return {CLASSIC} if guid in self.classic else set()

    def search(self, wanted: dict[str, Any], *, limit: int, keywords: str = "") -> Any:
        """What assets the search finds, by the classic term, by their name, or at all."""
        is_found = "termGuid" not in wanted or not self.is_enabled or self.search_after == "found"
        is_found = is_found and self.trouble != "search empty"
        found = {guid for guid in self.classic if not keywords or guid == keywords} if is_found else set()
        assets = [SimpleNamespace(guid=guid) for guid in sorted(found)[:limit]]
        return SimpleNamespace(count=len(assets), assets=assets)

    def fetch_assets(self, guids: Sequence[str]) -> Iterator[Any]:
        """The entities; asked of the catalog, where links lead."""
        for guid in guids:
            is_link = guid.startswith("link-")
            yield (
                DataAsset(guid, guid.removeprefix("link-"), "azure_sql_table", guid)
                if is_link
                else SimpleNamespace(guid=guid, type_name="azure_sql_table", name=guid)
            )

    def fetch_few(self, guids: Sequence[str]) -> list[Any]:
        """The same of the Data Map alone, with one call."""
        return list(self.fetch_assets(guids))

    # The Unified Catalog

    def fetch_domains(self) -> list[Domain]:
        """One domain."""
        return [Domain("f", "Finance", Status.PUBLISHED)]

    def fetch_concept(self, kind: Kind, _concept_id: str) -> Concept:
        """The copy, which a reader does not see while it is a draft."""
        self._check_shown()
        return Concept(kind, "u1", "Tag", "f", Status.PUBLISHED)

    def fetch_links(self, _kind: Kind, _concept_id: str) -> Links:
        """What the copy is linked with."""
        self._raise_trouble("catalog")
        self._check_shown()
        shown = set[str]() if self.trouble == "catalog empty" else self.linked
        return Links(tuple(f"link-{guid}" for guid in sorted(shown)))

    def fetch_concepts_of(self, _kind: Kind, asset_id: str) -> list[str]:
        """What an asset says of its links."""
        return ["u1"] if asset_id.removeprefix("link-") in self.linked else []

    def _check_shown(self) -> None:
        if self.status is not Status.PUBLISHED:
            raise NotFoundError("no such term")

    def _raise_trouble(self, store: str) -> None:
        if self.trouble == f"{store} fails":
            raise TransientError("it fails")
        if self.trouble == f"{store} gone":
            raise NotFoundError("no such term")


@dataclass
class Watcher:
    """The app's side: what it remembers, and how often in a row each asset was missing."""

    tenant: Tenant
    approved: int = 0
    terms: dict[str, set[str]] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    pauses: dict[str, str] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    memory: TermMemory = field(default_factory=lambda: TermMemory(*_notes()))
    notes: Any = field(default_factory=NotesInMemory)
    lists: TermLists = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Go on in another process, which knows what is stored."""
        self.memory = TermMemory(self.memory.notes, self.memory.links)
        tenant: Any = self.tenant
        self.lists = TermLists(
            purview=tenant,
            catalog=tenant,
            memory=self.memory,
            notes=self.notes,
            clock=lambda: self.tenant.now,
            may_be_empty=lambda count: count <= self.approved,
            is_asset=lambda _name: True,
        )

    def look(self, minutes: int = 11) -> Assignments:
        """Read all lists, judge them, and count who is missing."""
        self.tenant.now += timedelta(minutes=minutes)
        known = self.memory.recall_all(["Tag"])
        is_found = self.tenant.status is Status.PUBLISHED
        keys = [key for key in (COPY, CLASSIC) if key == CLASSIC or is_found or key in known]
        kept = [] if is_found else [key for key in keys if key == COPY]
        lists = self.lists.begin(
            {key: [Keyword("Tag")] for key in keys}, kept, unremembered(RunLog("r", self.tenant.now))
        )
        seen, failures = Assignments.of(keys), dict[str, SyncError]()
        for key in keys:
            try:
                seen.add(key, lists.fetch(key, 0))
            except SyncError as error:
                failures[key] = error
        self.standing, self.pauses = lists.settle(seen, failures)
        self.pauses |= {key: str(error) for key, error in failures.items()}
        self._count(seen, keys)
        return seen

    def _count(self, seen: Assignments, keys: Sequence[str]) -> None:
        for guid in seen.entities:
            self.terms.setdefault(guid, set())
            self.retired.discard(guid)
        for guid, terms in self.terms.items():
            held = self.standing.holding.intersection(self.standing.evidence(guid, terms))
            is_missing = guid not in seen.entities and not self.standing.keeps(guid, terms)
            self.absent[guid] = self.absent.get(guid, 0) + 1 if is_missing else 0
            if self.absent[guid] > 1:
                self.retired.add(guid)
            if guid in seen.entities:
                self.terms[guid] = {*held} | {key for key in keys if seen.shows(key, guid)}

    @property
    def missing(self) -> set[str]:
        """Who was missing at the last look."""
        return {guid for guid, count in self.absent.items() if count}


def _notes() -> tuple[Any, Any]:
    return NotesInMemory(), NotesInMemory()

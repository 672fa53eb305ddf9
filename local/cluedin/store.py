"""The tables of one organization, in memory, with the indexes that keep 10,000 groups quick."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic_core import to_jsonable_python

from local.cluedin.errors import not_found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from local.cluedin import model
    from local.simulation import Clock

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `total` counts the rows of all pages."""

    total: int | None
    data: list[Row]


def cut_page(rows: list[Row], page: int, page_size: int) -> Page[Row]:
    """Cut a page out of a list; pages are numbered from 0."""
    start = max(page, 0) * max(page_size, 0)
    return Page(total=len(rows), data=rows[start : start + max(page_size, 0)])


@dataclass
class Store:
    """All tables. Callers hold `lock` for the length of one operation, as a database transaction would."""

    clock: Clock
    organization: model.Organization
    lock: RLock = field(default_factory=RLock)
    users: dict[str, model.User] = field(default_factory=dict)
    data_source_sets: dict[int, model.DataSourceSet] = field(default_factory=dict)
    data_sources: dict[int, model.DataSource] = field(default_factory=dict)
    data_sets: dict[str, model.DataSet] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    annotations: dict[int, model.EntityAnnotation] = field(default_factory=dict)
    vocabularies: dict[str, model.Vocabulary] = field(default_factory=dict)
    vocabulary_keys: dict[str, model.VocabularyKey] = field(default_factory=dict)
    submissions: dict[int, model.Submission] = field(default_factory=dict)
    golden_records: dict[str, model.GoldenRecord] = field(default_factory=dict)
    streams: dict[str, model.Stream] = field(default_factory=dict)
    notifications: list[model.UserNotification] = field(default_factory=list)
    api_tokens: dict[str, model.ApiToken] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    clues: list[str] = field(default_factory=list)
    _sources_of_set: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _data_sets_of_source: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _numbers: dict[str, Iterator[int]] = field(default_factory=lambda: defaultdict(lambda: count(1)))

    def take_number(self, table: str) -> int:
        """Next id of a table with integer ids; ids are never used twice."""
        return next(self._numbers[table])

    def now(self) -> datetime:
        """Aware UTC, by the simulator's clock."""
        return self.clock.now()

    def add_data_source(self, source: model.DataSource) -> None:
        """Insert a source and index it by its group."""
        self.data_sources[source.id] = source
        self._sources_of_set[source.data_source_set_id].append(source.id)

    def add_data_set(self, data_set: model.DataSet) -> None:
        """Insert a data set and index it by its source."""
        self.data_sets[data_set.id] = data_set
        self._data_sets_of_source[data_set.data_source_id].append(data_set.id)

    def visible_data_source_sets(self) -> list[model.DataSourceSet]:
        """Every group that lists and look-ups see by now, in order of ids."""
        return self._visible(self.data_source_sets.values())

    def visible_sources_of(self, data_source_set_id: int) -> list[model.DataSource]:
        """A group's sources that are seen by now."""
        return self._visible(self.data_sources[number] for number in self._sources_of_set.get(data_source_set_id, ()))

    def visible_data_sets_of(self, data_source_id: int) -> list[model.DataSet]:
        """A source's data sets that are seen by now."""
        return self._visible(self.data_sets[guid] for guid in self._data_sets_of_source.get(data_source_id, ()))

    def set_up_anew(self) -> None:
        """Delete every group, and count ids from 1 again, as after an installation or a restore."""
        for number in list(self.data_source_sets):
            self.remove_data_source_set(number)
        for table in ("data_source_sets", "data_sources"):
            self._numbers[table] = count(1)

    def remove_data_source_set(self, data_source_set_id: int) -> None:
        """Delete a group with its sources and their data sets."""
        self.data_source_sets.pop(data_source_set_id)
        for number in self._sources_of_set.pop(data_source_set_id, ()):
            self.data_sources.pop(number)
            for guid in self._data_sets_of_source.pop(number, ()):
                self.data_sets.pop(guid)

    def find_data_source_set(self, given: object) -> model.DataSourceSet | None:
        """Look a group up by its id, int or string, visible or not: writing does not wait for the lag."""
        return self.data_source_sets.get(to_number(given))

    def find_data_source(self, given: object) -> model.DataSource | None:
        """Look a source up by its id, int or string."""
        return self.data_sources.get(to_number(given))

    def data_set(self, given: object) -> model.DataSet:
        """Get a data set by its id in any case.

        Raises:
            ServiceError: 404 when there is none.
        """
        found = self.data_sets.get(str(given).upper())
        if found is None:
            raise not_found("data set", given)
        return found

    def annotation(self, given: object) -> model.EntityAnnotation:
        """Get a mapping by its id, int or string.

        Raises:
            ServiceError: 404 when there is none.
        """
        found = self.annotations.get(to_number(given))
        if found is None:
            raise not_found("annotation", given)
        return found

    def is_visible(self, row: model.DataSourceSet | model.DataSource | model.DataSet) -> bool:
        """Whether lists and look-ups see it by now."""
        return row.visible_at <= self.now()

    def dump(self) -> dict[str, Any]:
        """Every table as JSON, for a person or a test to look at; no passwords and no tokens."""
        tables = {name: getattr(self, name) for name in _DUMPED}
        rows = {name: list(table.values()) if isinstance(table, dict) else table for name, table in tables.items()}
        users = [replace(user, password="***") for user in self.users.values()]
        described = {"organization": self.organization, "users": users, "settings": self.settings, **rows}
        dumped: dict[str, Any] = to_jsonable_python(described)
        return dumped

    def _visible(self, rows: Iterable[Any]) -> list[Any]:
        now = self.now()
        return [row for row in rows if row.visible_at <= now]


_DUMPED = (
    "data_source_sets",
    "data_sources",
    "data_sets",
    "annotations",
    "vocabularies",
    "vocabulary_keys",
    "submissions",
    "streams",
    "notifications",
    "clues",
)


def to_number(given: object) -> int:
    """Read an integer-like id; 0, which is nobody's, when it is none."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() else 0

"""Reads which assets a term selects, some at a time, so that an answer can stop and go on between any two."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sync_core.catalog.client import CatalogClient
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.terms.targets import is_of_catalog, split_key
from sync_core.purview.asset import Asset
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.runs.defer import Deferrals, unremembered
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog

ROWS_A_STEP = 200
PAGES_IN_ANY_CASE = 5  # of a list: without them a small plan in several parts would count assets twice


@dataclass(frozen=True, slots=True)
class Row:
    """An entity as a term lists it."""

    guid: str
    type_name: str
    name: str


@dataclass
class Rows:
    """The lists of some terms, each page read once in a part of an answer."""

    purview: PurviewClient
    catalog: CatalogClient
    _pages: dict[tuple[str, int], tuple[list[Row], int]] = field(default_factory=dict)

    def step(self, key: str, offset: int) -> tuple[list[Row], int | None]:
        """Return some rows of a list from a place on, and where it goes on; None at its end."""
        page, within = divmod(offset, PAGE_SIZE)
        rows, size = self._page(key, page)
        end = within + ROWS_A_STEP
        if end < size:
            return rows[within:end], offset + ROWS_A_STEP
        return rows[within:], (page + 1) * PAGE_SIZE if size >= PAGE_SIZE and not is_of_catalog(key) else None

    def before(self, keys: Sequence[str], term: int, offset: int, has_time: Callable[[], bool]) -> list[Row] | None:
        """Return the rows that stand before a place in the lists; None where they are many, and there is no time."""
        found: list[Row] = []
        for number, key in enumerate(keys[: term + 1]):
            place: int | None = 0
            while place is not None and (number < term or place < offset):
                is_known = (key, place // PAGE_SIZE) in self._pages
                if not is_known and len(self._pages) >= PAGES_IN_ANY_CASE and not has_time():
                    return None
                rows, following = self.step(key, place)
                found += rows if number < term or following is None or following <= offset else rows[: offset - place]
                place = following
        return found

    def _page(self, key: str, page: int) -> tuple[list[Row], int]:
        if (key, page) not in self._pages:
            self._pages[key, page] = self._read_linked(key) if is_of_catalog(key) else self._read_assigned(key, page)
        return self._pages[key, page]

    def _read_assigned(self, key: str, page: int) -> tuple[list[Row], int]:
        """Rows that do not count keep their places."""
        rows = self.purview.fetch_assigned_entities(key, page * PAGE_SIZE)
        return [Row(one.guid if one.is_active else "", one.type_name, one.display_text) for one in rows], len(rows)

    def _read_linked(self, key: str) -> tuple[list[Row], int]:
        """All that a term of the catalog is linked with, as the catalog describes it: it does not tell names."""
        target = split_key(key)
        links = self.catalog.fetch_links(*target).ids if target else ()
        found = [Row(one.guid, one.type_name, "") for one in self.catalog.fetch_assets(links) if one.guid]
        return found, len(found)


@dataclass
class Described:
    """What was read of some rows: data assets, how many of which type were left out and why, and who was not told."""

    assets: list[Asset] = field(default_factory=list)
    left_out: dict[tuple[str, str], int] = field(default_factory=dict)
    hidden: int = 0
    gone: int = 0
    awaiting: int = 0


@dataclass(frozen=True)
class Describe:
    """Reads what entities are."""

    purview: PurviewClient
    types: AssetTypes
    new_log: Callable[[], RunLog]

    def describe(self, rows: Sequence[Row]) -> Described:
        """Return the data assets among some rows; one that cannot be read hides no other."""
        found, deferrals = Described(), unremembered(self.new_log())
        guids = [row.guid for row in rows if self._is_asset(row.type_name, found, deferrals)]
        reading = ReadAssets(self.purview).begin(deferrals, (), lambda: True)
        for group in reading.groups(guids):
            for part in reading.read(group):
                found.assets += part.assets
                found.gone += len(part.guids) - len(part.assets) if part.is_read else 0
        found.hidden = len(deferrals.all(Kind.ASSET))
        return found

    def only_assets(self, assets: Sequence[Asset]) -> Described:
        """Leave out what is no data asset."""
        found, deferrals = Described(), unremembered(self.new_log())
        found.assets = [one for one in assets if self._is_asset(one.type_name, found, deferrals)]
        return found

    def _is_asset(self, type_name: str, found: Described, deferrals: Deferrals) -> bool:
        why = self.types.why_left_out(type_name, deferrals) if type_name else ""
        if why:
            found.left_out[type_name, why] = found.left_out.get((type_name, why), 0) + 1
        found.awaiting += why is None
        return why == ""


def guids_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the guids of the rows that count."""
    return (row.guid for row in rows if row.guid)

"""Reads which terms and data products an asset has, in both stores, and which of them the keywords stand for."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.keywords import Selection
from sync_core.discovery.terms.resolve_terms import ResolvedTerms, ResolveTerms
from sync_core.discovery.terms.targets import Store, split_key
from sync_core.errors import ForbiddenError, SyncError, UnknownTermError
from sync_core.operations.explain.evidence import InPurview, Tag, Tags, Work
from sync_core.purview.asset import Asset
from sync_core.purview.client import ENTITIES_A_CALL, PAGE_SIZE, PurviewClient
from sync_core.purview.wire import AssignedEntity
from sync_core.runs import deferred
from sync_core.runs.defer import unremembered
from sync_core.runs.deferred import Deferred
from sync_core.runs.deferred_store import DeferredStore
from sync_core.runs.run_log import RunLog
from sync_core.settings import TermStore

STEP = re.compile(r"/(?:columns/)?[^/#]+")
MAX_TAGS = 20
MAX_TARGETS = 20
MAX_PAGES_PER_LIST = 5
MAX_COLUMNS_READ = 3 * ENTITIES_A_CALL


@dataclass
class _Look:
    """What one look has found so far; what cannot be read hides nothing else."""

    seen: InPurview
    work: Work
    has_time: Callable[[], bool]
    errors: list[str] = field(default_factory=list)
    closed: str = ""
    ids: list[str] = field(default_factory=list)  # the catalog's ids of the asset

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what fails in the block."""
        try:
            yield
        except SyncError as error:
            self.errors.append(str(error))


@dataclass(frozen=True)
class LookAtTags:
    """Reads terms. `is_asset` says whether a type is one of data assets, as far as anybody knows."""

    purview: PurviewClient
    catalog: CatalogClient
    terms: ResolveTerms
    deferred: DeferredStore
    is_asset: Callable[[str], bool]
    new_log: Callable[[], RunLog]

    def look(self, seen: InPurview, work: Work, has_time: Callable[[], bool]) -> Tags:
        """Return the terms of an asset; lists of the keywords' terms are read where the asset does not name these."""
        look = _Look(seen, work, has_time)
        carried = (*self._classic(look), *self._of_catalog(look))[: 2 * MAX_TAGS]
        terms, unknown = self._targets(look)
        targets = dict(list(terms.keywords.items())[:MAX_TARGETS]) if terms else {}
        has = {tag.key for tag in carried}
        listed, columns = set[str](), dict[str, list[str]]()
        for key in targets if has.isdisjoint(targets) else ():
            with look.noting():
                is_listed, on_columns = self._read_list(key, look)
                listed |= {key} if is_listed else set()
                columns |= {key: on_columns} if on_columns else {}
        return Tags(
            carried=tuple(carried),
            targets=targets,
            names=terms.findings.names if terms else {},
            listed=frozenset(listed),
            columns=columns,
            paused=self._paused(targets, look),
            unknown=tuple(unknown),
            errors=tuple(dict.fromkeys(look.errors)),
            closed=look.closed,
        )

    def keys(self, work: Work) -> list[str]:
        """Return the keys of the terms that the keywords stand for; none where they name nothing.

        Raises:
            SyncError: they cannot be looked up.
        """
        if work.is_all:
            return []
        selection = Selection(work.keywords, work.setting)
        with suppress(UnknownTermError):
            known = self.terms.known(selection) or self.terms.resolve_anew(selection, unremembered(self.new_log()))
            return known.guids[:MAX_TARGETS]
        return []

    # What the asset itself names

    def _classic(self, look: _Look) -> list[Tag]:
        """Return the classic terms that it names, with their glossaries as their formal names tell them."""
        terms = dict(list(look.seen.terms.items())[:MAX_TAGS])
        formal: dict[str, Asset] = {}
        if terms:
            with look.noting():
                formal = {one.guid: one for one in self.purview.fetch_few(list(terms))}
        return [_tag_of(guid, name, formal.get(guid)) for guid, name in terms.items()]

    def _of_catalog(self, look: _Look) -> list[Tag]:
        """Return what the catalog links it with; one that it does not show is told by its id alone.

        It is asked also where only classic terms count: then a tag there explains why nothing happens.
        """
        concepts: list[tuple[Kind, str]] = []
        domains: Mapping[str, str] = {}
        try:
            look.ids = [one.id for one in self.catalog.fetch_assets_of([look.seen.guid])]
            concepts = [
                (kind, one)
                for asset in look.ids
                for kind in Kind
                for one in self.catalog.fetch_concepts_of(kind, asset)
            ]
            domains = {one.id: one.name for one in self.catalog.fetch_domains()} if concepts else {}
        except ForbiddenError as error:
            look.closed = str(error) if look.work.store is not TermStore.CLASSIC else ""
        except SyncError as error:
            if look.work.store is not TermStore.CLASSIC:
                look.errors.append(str(error))
        return [self._concept(kind, one, domains) for kind, one in concepts[:MAX_TAGS]]

    def _concept(self, kind: Kind, concept_id: str, domains: Mapping[str, str]) -> Tag:
        concept = Concept(kind, concept_id, "", "", Status.OTHER)
        with suppress(SyncError):
            concept = self.catalog.fetch_concept(kind, concept_id)
        return Tag(Store.UNIFIED, kind, concept.id, concept.name, domains.get(concept.domain_id, ""), concept.status)

    # What the keywords stand for

    def _targets(self, look: _Look) -> tuple[ResolvedTerms | None, list[str]]:
        """Return what the last run knew of the keywords, or what they stand for now; and of each that names nothing."""
        selection = Selection(look.work.keywords, look.work.setting)
        try:
            known = self.terms.known(selection)
            terms = known or self.terms.resolve_anew(selection, unremembered(self.new_log()))
        except UnknownTermError as error:
            return None, [str(error)]
        except SyncError as error:
            look.errors.append(str(error))
            return None, []
        return terms, [] if known else list(terms.unknown)

    def _read_list(self, key: str, look: _Look) -> tuple[bool, list[str]]:
        """Return whether a term's list shows the asset, and which of its columns."""
        target = split_key(key)
        if target is not None:
            links = self.catalog.fetch_links(*target).ids
            return not set(links).isdisjoint(look.ids), []
        rows = list(self._rows(key, look))
        is_listed = any(row.guid == look.seen.guid for row in rows)
        return is_listed, [] if is_listed else list(self._columns(rows, look))

    def _rows(self, key: str, look: _Look) -> Iterator[AssignedEntity]:
        for page in range(MAX_PAGES_PER_LIST):
            if page and not look.has_time():
                return
            rows = self.purview.fetch_assigned_entities(key, page * PAGE_SIZE)
            yield from (row for row in rows if row.is_active)
            if len(rows) < PAGE_SIZE:
                return

    def _columns(self, rows: Sequence[AssignedEntity], look: _Look) -> Iterator[str]:
        """Yield the names of those that are columns of the asset itself, and not of something below it."""
        asset = look.seen.asset
        parts = [row.guid for row in rows if not self.is_asset(row.type_name)][:MAX_COLUMNS_READ]
        if asset is None or not asset.qualified_name or not parts:
            return
        for one in self.purview.fetch_assets(parts, look.has_time):
            if is_own_column(one, asset):
                yield one.name or one.qualified_name

    def _paused(self, keys: Mapping[str, Sequence[str]], look: _Look) -> dict[str, Deferred]:
        found = dict[str, Deferred]()
        for key in keys:
            with look.noting():
                one = self.deferred.find(deferred.Kind.TERM, key)
                found |= {key: one} if one else {}
        return found


def is_own_column(column: Asset, asset: Asset) -> bool:
    """Whether a column is the asset's own, by what its qualified name has behind the asset's.

    A `#` stands between a table or file and its columns, schemas included; elsewhere it is a step, or one below
    `columns` (docs/vendors/purview.md, section 3). What has more steps is a column of something in a container.
    """
    rest = column.qualified_name.removeprefix(asset.qualified_name)
    if not asset.qualified_name or rest == column.qualified_name:
        return False
    return rest.startswith("#") or (bool(STEP.fullmatch(rest)) and column.type_name.endswith("column"))


def _tag_of(guid: str, name: str, formal: Asset | None) -> Tag:
    """Return a classic term; its formal name ends with its glossary's."""
    place = formal.qualified_name.rpartition("@")[2] if formal and "@" in formal.qualified_name else ""
    return Tag(Store.CLASSIC, Kind.TERM, guid, (formal.name if formal else "") or name, place)

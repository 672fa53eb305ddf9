"""Reads the lists of terms and data products of the Unified Catalog: one that changed counts only if its term does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Kind
from sync_core.discovery.terms.curation.signs import LINK_LIMIT
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.links.read_links import ReadLinks
from sync_core.discovery.terms.paused import BusyError, GoneError, PausedError, UnpublishedError
from sync_core.discovery.terms.standing import problem_of
from sync_core.discovery.terms.term_memory import TermMemory, digest_of
from sync_core.errors import AddressError, ConfigError, NotFoundError, ThrottledError
from sync_core.purview.wire import AssignedEntity
from sync_core.runs.counts import Count
from sync_core.runs.defer import Deferrals

WARN_FROM = 80


@dataclass(frozen=True, slots=True)
class Seen:
    """What a list of the catalog showed in this run."""

    rows: list[AssignedEntity]
    digest: str
    place: str = ""
    is_readable: bool = True
    nowhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CatalogLists:
    """Reads lists in one run. `keywords` are those of each key; `kept` are keys that are not found any more."""

    catalog: CatalogClient
    memory: TermMemory
    links: ReadLinks
    keywords: Mapping[str, Sequence[Keyword]]
    kept: frozenset[str]
    deferrals: Deferrals
    has_time: Callable[[], bool]

    def read(self, key: str, kind: Kind, concept_id: str) -> Seen:
        """Read a list; whatever the catalog refuses, a sign-in or too many requests, the classic terms go on.

        Raises:
            PausedError: it may not count.
            SyncError: it cannot be read.
        """
        try:
            return self._read(key, kind, concept_id)
        except NotFoundError as error:
            raise GoneError(f"It is not shown: it was deleted, or is a draft. {error}") from error
        except AddressError:
            raise
        except ThrottledError as error:
            raise BusyError(str(error), retry_after_s=error.retry_after_s) from error
        except ConfigError as error:
            raise PausedError(str(error)) from error

    def _read(self, key: str, kind: Kind, concept_id: str) -> Seen:
        """One request where nothing changed; a list that changed counts only if its term does."""
        links = self.catalog.fetch_links(kind, concept_id)
        digest = digest_of(links.ids)
        note, place = self.memory.recall(key, digest), ""
        if note is None or note.digest != digest or key in self.kept:
            place = self._check(key, kind, concept_id)
            self._warn(key, len(links))
        found = self.links.read(key, links.ids, self.deferrals, self.has_time)
        if found.without_asset:
            self.deferrals.log.counts[Count.NO_DATA_MAP_ASSET] += found.without_asset
        is_readable = not links.unreadable and not found.unread
        return Seen(found.rows, digest, place, is_readable, found.nowhere)

    def _check(self, key: str, kind: Kind, concept_id: str) -> str:
        """Return the domain of a term or data product that may count."""
        keywords = self.keywords[key]
        concept = self.catalog.fetch_concept(kind, concept_id)
        has_place = any(keyword.glossary for keyword in keywords)
        domains = {one.id: one.name for one in self.catalog.fetch_domains()} if has_place else {}
        problem = problem_of(keywords, concept, domains)
        if problem:
            raise UnpublishedError(f"'{keywords[0]}' in the Unified Catalog: {problem}.")
        return concept.domain_id

    def _warn(self, key: str, count: int) -> None:
        if count >= WARN_FROM and key.startswith(Kind.TERM):
            self.deferrals.log.notes.append(
                f"'{self.keywords[key][0]}' is linked with {count} assets; Purview allows {LINK_LIMIT} relationships "
                "of a term: use several terms, or a data product."
            )

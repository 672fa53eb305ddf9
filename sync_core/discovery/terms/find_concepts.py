"""Finds the terms and data products of the Unified Catalog that the keywords name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Concept, Kind
from sync_core.discovery.terms.keywords import Keyword, Selection
from sync_core.discovery.terms.targets import Resolution, resolve
from sync_core.errors import ConfigError, ForbiddenError, SyncError
from sync_core.runs import deferred
from sync_core.runs.defer import Deferrals, is_ours
from sync_core.settings import TermStore
from sync_core.storage.notes import Notes

STORE = "the Unified Catalog"
NOTE = "catalog"


class CatalogNote(BaseModel):
    """The catalog has shown a term or data product in its life: from then on a refusal is a pause."""

    has_shown: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the catalog has for the keywords; `why_unread` says why it could not be asked, if it could not."""

    resolution: Resolution = field(default_factory=lambda: Resolution((), ()))
    domains: Mapping[str, str] = field(default_factory=dict)
    why_unread: str = ""

    store: TermStore = TermStore.AUTO

    @property
    def keys(self) -> dict[str, str]:
        """The keyword of each target, by the target's key."""
        return {target.key: target.keywords[0] for target in self.resolution.targets}

    @property
    def named(self) -> set[str]:
        """All keywords that have a target."""
        return {keyword for target in self.resolution.targets for keyword in target.keywords}

    def hint(self, keyword: Keyword) -> str:
        """Return what a person can do for a keyword that the catalog has nothing for; empty if that is another's word.

        A draft is told; a product, or anything where only the catalog is asked, cannot be elsewhere.
        """
        drafts = [concept for one, concept in self.resolution.unpublished if one == keyword]
        if drafts:
            where = ", ".join(self.domains.get(concept.domain_id, concept.domain_id) for concept in drafts)
            return f"the Unified Catalog has it as {drafts[0].status} in {where}; publish it there."
        if self.why_unread:
            return self.why_unread if self._is_for_catalog(keyword) else ""
        if not self._is_for_catalog(keyword):
            return ""
        return (
            "the Unified Catalog shows nothing published of that name; expected the exact name, as Term, "
            "Term@Governance domain or product:Name. If it exists, publish it, and give the app's identity the role "
            "Global Catalog Reader."
        )

    def _is_for_catalog(self, keyword: Keyword) -> bool:
        return keyword.is_product or self.store is TermStore.UNIFIED


@dataclass(frozen=True)
class FindConcepts:
    """Asks the catalog, unless the setting leaves it out."""

    catalog: CatalogClient
    store: TermStore
    notes: Notes

    @property
    def asks_classic(self) -> bool:
        """Whether classic terms are looked for at all."""
        return self.store is not TermStore.UNIFIED

    def find(self, selection: Selection, deferrals: Deferrals) -> Found:
        """Return the targets of all keywords; one that is a draft or hidden is not among them.

        Raises:
            ConfigError: with SYNC_TERM_STORE=unified, the app has no role in a catalog that never showed anything.
        """
        if self.store is TermStore.CLASSIC:
            return Found(store=self.store)
        if deferrals.waits(deferred.Kind.STORE, STORE):
            known = deferrals.find(deferred.Kind.STORE, STORE)
            return self._unread(str(known))
        try:
            found = self._find(selection)
        except ForbiddenError as error:
            return self._refused(error, deferrals)
        except SyncError as error:  # also a refused sign-in, or a request to slow down: the other store goes on
            if is_ours(error) or self.store is TermStore.UNIFIED:
                raise
            return self._unread(str(deferrals.failed(deferred.Kind.STORE, STORE, error, STORE)))
        deferrals.succeeded(deferred.Kind.STORE, [STORE])
        if found.resolution.targets and deferrals.notes_of is not None and not self._has_shown():
            self.notes.save(NOTE, CatalogNote())
        return found

    def domains(self) -> dict[str, str]:
        """Return the names of the governance domains, by id."""
        return {domain.id: domain.name for domain in self.catalog.fetch_domains()}

    def _find(self, selection: Selection) -> Found:
        domains = self.domains()
        wanted = dict.fromkeys(
            (Kind.PRODUCT if keyword.is_product else Kind.TERM, keyword.term) for keyword in selection.keywords
        )
        concepts: list[Concept] = [one for kind, name in wanted for one in self.catalog.find_concepts(kind, name)]
        return Found(resolve(selection, (), concepts, domains), domains, store=self.store)

    def _refused(self, error: ForbiddenError, deferrals: Deferrals) -> Found:
        """No role is no pause only for a catalog that never showed anything: then the classic terms decide alone."""
        if self._has_shown():
            return self._unread(str(deferrals.failed(deferred.Kind.STORE, STORE, error, STORE)))
        if self.store is TermStore.UNIFIED:
            raise ConfigError(f"SYNC_TERM_STORE is unified, and the app may not read {STORE}: {error}") from error
        return self._unread(str(error))

    def _unread(self, why: str) -> Found:
        return Found(why_unread=why, store=self.store)

    def _has_shown(self) -> bool:
        return self.notes.load(CatalogNote, NOTE) is not None

"""The simulated account: all its parts, put together."""

from local.purview.behaviour.access import Access, Tokens
from local.purview.behaviour.business_metadata import BusinessMetadata
from local.purview.behaviour.catalog import Catalog
from local.purview.behaviour.collections import Collections
from local.purview.behaviour.entities import Entities
from local.purview.behaviour.glossary import Glossary
from local.purview.behaviour.lineage import Lineage
from local.purview.behaviour.policies import Policies
from local.purview.behaviour.relationships import Relationships
from local.purview.behaviour.typedefs import Typedefs
from local.purview.behaviour.types import TypeRegistry
from local.purview.builtin import builtin_definitions
from local.purview.search.documents import DocumentMaker
from local.purview.search.index import SearchIndex
from local.purview.search.query import Search
from local.purview.switches import PurviewSwitches
from local.purview.unified.curation import Curation
from local.purview.unified.unified import UnifiedCatalog
from local.simulation import Clock, Simulator

ACCOUNT = "contoso"


class Account(Simulator[PurviewSwitches]):
    """One Microsoft Purview account. The parts hold the behaviour; the wire format is in `wire/`."""

    def __init__(
        self, switches: PurviewSwitches | None = None, clock: Clock | None = None, account: str = ACCOUNT
    ) -> None:
        super().__init__(switches or PurviewSwitches(), clock)
        self.account_name = account
        self.reset()

    def reset(self) -> None:
        """A new account: the built-in types, a root collection, nothing else."""
        now_ms = self.clock.now_ms
        self.types = TypeRegistry()
        for definition in builtin_definitions():
            self.types.put(definition)
        self.collections = Collections(self.account_name, self.clock.now().isoformat())
        self.catalog = Catalog(self.types)
        self.typedefs = Typedefs(self.catalog, now_ms)
        self.entities = Entities(self.catalog, self._root, self._switches, now_ms)
        self.business_metadata = BusinessMetadata(self.catalog, self._switches, now_ms)
        self.relationships = Relationships(self.catalog, self._switches, now_ms)
        self.lineage = Lineage(self.catalog)
        curation = Curation()
        self.glossary = Glossary(self.catalog, self._root, self._switches, now_ms, lambda: curation.is_frozen)
        self.tokens = Tokens()
        self.access = Access(self.collections)
        self.policies = Policies(self.collections, self.access, self._switches)
        self.index = SearchIndex()
        self.search = Search(self.index, self.types, self.collections)
        self._documents = DocumentMaker(self.catalog, self.glossary)
        self.unified = UnifiedCatalog(self.catalog, self.access, curation, self._switches, self.clock.now)

    @property
    def _hides_classic_terms(self) -> bool:
        return self.unified.curation.is_enabled and self.switches.classic_search_after == "none"

    def _root(self) -> str:
        return self.collections.root.name

    def _switches(self) -> PurviewSwitches:
        return self.switches

    def submit_changes(self) -> None:
        """Hand what changed since the last call to the search index, which takes it up after its lag, if it has one."""
        at_ms = self.clock.now_ms()
        for guid in self.catalog.take_changes():
            document = self._documents.make(guid, self.switches, with_terms=not self._hides_classic_terms)
            if document is None and self.switches.deletions_leave_index_at_once:
                self.index.apply(guid, None)
            else:
                self.index.submit(at_ms, guid, document)
        self.catch_up_index()

    def catch_up_index(self) -> None:
        """Let the index take up what is older than its lag."""
        self.index.catch_up(self.clock.now_ms() - int(self.switches.index_lag_s * 1000))

    def flush_index(self) -> None:
        """Let the index take up everything now."""
        self.index.catch_up(self.clock.now_ms())

"""What the doctor tells of the Unified Catalog: which host answers, and what the keywords find there."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync_core.catalog.client import CatalogClient
from sync_core.catalog.values import Kind
from sync_core.discovery.terms.curation.signs import LINK_LIMIT
from sync_core.discovery.terms.curation.tell_curation import describe_curation
from sync_core.discovery.terms.find_concepts import FindConcepts, Found
from sync_core.discovery.terms.keywords import Keyword, Selection
from sync_core.discovery.terms.links.catalog_lists import WARN_FROM
from sync_core.discovery.terms.tell_apart import details_of, tell_apart
from sync_core.discovery.terms.term_findings import describe_proposals
from sync_core.discovery.terms.term_lists import TermLists
from sync_core.errors import ConfigError, SyncError
from sync_core.operations.probe_rights import NotProvenError
from sync_core.runs.defer import unremembered
from sync_core.runs.run_log import RunLog
from sync_core.settings import PUBLIC_CATALOG, Settings, TermStore, is_loopback

ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]")
CLASSIC_ONLY = "SYNC_TERM_STORE is classic: the Unified Catalog is not asked"


@dataclass(frozen=True)
class ExamineCatalog:
    """Each check returns what it saw; it changes nothing."""

    settings: Settings
    concepts: FindConcepts
    lists: TermLists
    client_of: Callable[[str], CatalogClient]
    root_names: Callable[[], Sequence[str]]

    def host(self) -> str:
        """Tell whether the configured host answers, and if not which other one does.

        Raises:
            ConfigError: another host answers; or none, and the Unified Catalog is the only store.
            NotProvenError: none answers; classic terms decide alone.
        """
        if self.settings.sync_term_store is TermStore.CLASSIC:
            return CLASSIC_ONLY
        configured, failures = self.settings.purview_catalog_endpoint, list[str]()
        for url in self._hosts():
            try:
                count = len(self.client_of(url).fetch_domains())
            except SyncError as error:
                failures.append(f"{url}: {error}")
                continue
            if url == configured:
                return f"{url} shows {count} governance domains"
            raise ConfigError(f"{failures[0]} But {url} answers: set PURVIEW_CATALOG_ENDPOINT={url}.")
        if self.settings.sync_term_store is TermStore.UNIFIED:
            raise ConfigError(" ".join(failures))
        raise NotProvenError(f"classic terms decide alone. {' '.join(failures)}")

    def keywords(self, selection: Selection, log: RunLog) -> str:
        """Tell what the keywords find in the catalog, with how many links, and what is known of asset curation.

        Raises:
            NotProvenError: the catalog cannot be read at all.
            ConfigError: some links cannot be read; it tells all the same what can.
        """
        if self.settings.sync_term_store is TermStore.CLASSIC:
            return CLASSIC_ONLY
        found = self.concepts.find(selection, unremembered(log))
        if found.why_unread:
            raise NotProvenError(found.why_unread)
        targets, unread = self._links_of(found)
        named = {keyword for target in found.resolution.targets for keyword in target.keywords}
        others = [_not_there(one, found) for one in selection.keywords if str(one) not in named]
        drafts = [f"'{keyword}' is also there as {one.status}" for keyword, one in found.resolution.unpublished]
        told = [*unread, *targets, *drafts, *others, *self._curation(selection, found)]
        text = " ".join(f"{one.rstrip('.')}." for one in told)
        if unread:
            raise ConfigError(text)
        return text

    def _hosts(self) -> list[str]:
        """The configured one first. No simulator's token goes to a public host."""
        hosts = [self.settings.purview_catalog_endpoint, self.settings.purview_endpoint]
        is_local = is_loopback(urlsplit(self.settings.purview_endpoint).hostname or "")
        return list(dict.fromkeys(hosts if is_local else [*hosts, *self._account_hosts(), PUBLIC_CATALOG]))

    def _account_hosts(self) -> Iterator[str]:
        """The account's own host, which PURVIEW_ENDPOINT need not be: its root collection has the account's name."""
        with suppress(SyncError):
            yield from (f"https://{name}.purview.azure.com" for name in self.root_names() if ACCOUNT.fullmatch(name))

    def _links_of(self, found: Found) -> tuple[list[str], list[str]]:
        """Return what is told of each term or data product, and of those whose links cannot be read, by the reason."""
        told, failures = list[str](), dict[str, list[str]]()
        names = tell_apart(found.names, details_of(found.resolution.targets, found.domains))
        for target in found.resolution.targets:
            try:
                told.append(self._told(names[target.key], target.kind, target.id))
            except SyncError as error:
                failures.setdefault(str(error), []).append(names[target.key])
        return told, [f"the links of {', '.join(names)} cannot be read: {why}" for why, names in failures.items()]

    def _told(self, name: str, kind: Kind, concept_id: str) -> str:
        count = len(self.concepts.catalog.fetch_links(kind, concept_id))
        is_near = kind is Kind.TERM and count >= WARN_FROM
        limit = f" of {LINK_LIMIT} that a term can have: use several terms, or a data product" if is_near else ""
        return f"{name} has {count} links{limit}"

    def _curation(self, selection: Selection, found: Found) -> Iterator[str]:
        if curation := self.lists.curation():
            yield from describe_curation(curation, found.proposals)
        else:
            yield "asset curation is not seen to be enabled"
            if found.proposals:
                yield f"should it be: {' '.join(describe_proposals(found.proposals))}"
        if found.proposals:
            words = [found.proposals.get(str(one), str(one)) for one in selection.keywords]
            yield f"that is: {selection.setting}={'; '.join(words)}"


def _not_there(keyword: Keyword, found: Found) -> str:
    if others := found.others.get(str(keyword)):
        return f"'{keyword}': nothing published there has that name in that domain; {'; '.join(others)} is there"
    return f"'{keyword}': nothing published there has that name, and a draft is not shown"

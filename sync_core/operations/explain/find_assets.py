"""Finds the assets that a name means: by the store, the search, the terms' lists and what is recorded."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord
from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.terms.targets import is_of_catalog
from sync_core.errors import SyncError
from sync_core.operations.explain.asked import Asked
from sync_core.operations.explain.findings import Cause, Finding, Weight
from sync_core.purview.asset import Asset
from sync_core.purview.asset_types import GLOSSARY_PREFIX, OWN_PREFIX
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.search_filters import GLOSSARY_OBJECTS
from sync_core.spelling import normalized

T = TypeVar("T")
MAX_ASSETS = 10
MAX_HITS = 50
NO_TERMS = {"not": {"objectType": GLOSSARY_OBJECTS}}
MAX_SIMILAR = 5
MAX_LISTED_PAGES = 5


@dataclass
class Found:
    """What a name means: guids in the order in which they are explained, and findings about the name itself."""

    guids: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, guid: str, type_name: str) -> None:
        """Add an asset; glossary objects have names too."""
        if guid and not type_name.startswith(GLOSSARY_PREFIX):
            self.guids.setdefault(guid, type_name)

    def read(self, what: Callable[[], Iterable[T]]) -> list[T]:
        """Return what a call gives, nothing where it fails: one that fails hides no other."""
        try:
            return list(what())
        except SyncError as error:
            self.errors.append(str(error))
            return []


@dataclass(frozen=True)
class FindAssets:
    """Looks for the assets of a name."""

    purview: PurviewClient
    assets: AssetStore
    types: AssetTypes

    def find(
        self, asked: Asked, targets: Callable[[], list[str]], has_time: Callable[[], bool], *, asks_purview: bool
    ) -> Found:
        """Return the assets; `targets` gives the keys of the terms that the keywords stand for.

        Whoever is asked for by guid is not looked for. While Purview wants to be left alone, only what is recorded is
        looked through.
        """
        found = Found()
        if asked.guid:
            found.guids[asked.guid] = ""
            return found
        if asks_purview:
            self._add_shown(found, asked.text, targets, has_time)
        if not found.guids:
            for record in found.read(lambda: self._recorded(asked.text, has_time)):
                found.add(record.guid, record.type_name)
        if not found.guids:
            self._add_similar(found, asked.text, asks_purview=asks_purview)
        elif found.errors:
            found.findings.append(_not_answered(asked.text, found.errors, Weight.NOTE))
        return self._told(found, asked)

    def _add_shown(
        self, found: Found, text: str, targets: Callable[[], list[str]], has_time: Callable[[], bool]
    ) -> None:
        for hit in (*found.read(lambda: self._stored(text)), *found.read(lambda: self._search(text))):
            found.add(hit.guid, hit.type_name)
        if has_time():
            self._add_listed(found, text, targets, has_time)

    def _recorded(self, text: str, has_time: Callable[[], bool]) -> Iterator[AssetRecord]:
        for page in self.assets.pages_called(text):
            yield from page
            if not has_time():
                return

    def _stored(self, text: str) -> list[Asset]:
        stored = self.purview.find_asset(text)
        return [stored] if stored else []

    def _search(self, text: str) -> list[Asset]:
        """Return the hits of exactly that name or qualified name."""
        wanted = [
            {"attributeName": name, "operator": "eq", "attributeValue": text} for name in ("qualifiedName", "name")
        ]
        hits = self.purview.search({"or": wanted}, limit=MAX_HITS).assets
        return [hit for hit in hits if text in {hit.qualified_name, hit.name, hit.display_text}]

    def _add_listed(
        self, found: Found, text: str, targets: Callable[[], list[str]], has_time: Callable[[], bool]
    ) -> None:
        """A term's own list names what the search does not show yet."""
        for key in found.read(targets):
            if is_of_catalog(key):
                continue
            for page in range(MAX_LISTED_PAGES):
                if not has_time():
                    return
                rows = found.read(partial(self.purview.fetch_assigned_entities, key, page * PAGE_SIZE))
                for row in rows:
                    if row.is_active and normalized(row.display_text) == normalized(text):
                        found.add(row.guid, row.type_name)
                if len(rows) < PAGE_SIZE:
                    break

    def _add_similar(self, found: Found, text: str, *, asks_purview: bool) -> None:
        """Nothing is called just so: another spelling counts, and what else the search finds is named."""
        search = partial(self.purview.search, NO_TERMS, limit=MAX_HITS, keywords=text)
        words = found.read(lambda: search().assets) if asks_purview else []
        hits = [hit for hit in words if not hit.type_name.startswith(GLOSSARY_PREFIX)]
        wanted = normalized(text).casefold()
        for hit in hits:
            if wanted in {normalized(hit.name).casefold(), normalized(hit.qualified_name).casefold()}:
                found.add(hit.guid, hit.type_name)
        if found.guids:
            return
        if found.errors:
            found.findings.append(_not_answered(text, found.errors, Weight.IN_THE_WAY))
        elif not asks_purview:
            found.findings.append(_not_answered(text, ["It is not asked, as it wants to be left alone."], Weight.WAITS))
        else:
            others = [hit for hit in hits if not hit.type_name.startswith(OWN_PREFIX)]
            similar = "; ".join(f"'{hit.name}' ({hit.qualified_name})" for hit in others[:MAX_SIMILAR])
            found.findings.append(_not_found(text, similar))

    def _told(self, found: Found, asked: Asked) -> Found:
        """Put data assets first, and what our lineage wrote last; of many only some are explained."""
        ordered = sorted(found.guids.items(), key=lambda one: self._rank(one[1]))
        found.guids = dict(ordered[:MAX_ASSETS])
        if len(ordered) > 1:
            more = len(ordered) - len(found.guids)
            what = f"{len(ordered)} assets are called '{asked.text}'; each is explained"
            what += f", but for {more}." if more else "."
            fix = "Ask by qualified name or guid for one of them."
            found.findings.append(Finding(Cause.SEVERAL, Weight.NOTE, what, "; ".join(found.guids), fix))
        return found

    def _rank(self, type_name: str) -> int:
        if type_name.startswith(OWN_PREFIX):
            return 2
        return 0 if self.types.seems_asset(type_name) else 1


def _not_answered(text: str, errors: list[str], weight: Weight) -> Finding:
    """Where not all could be asked, nobody knows that nothing has the name."""
    what = f"Not all could be asked for what is called '{text}'."
    told, fix = " ".join(dict.fromkeys(errors)), "Ask again; the doctor tells what does not answer, and why."
    return Finding(Cause.NOT_ANSWERED, weight, what, told, fix)


def _not_found(text: str, similar: str) -> Finding:
    what = f"Nothing in Purview that the app sees is called '{text}', and nothing of that name is recorded."
    told = f"The search also finds: {similar}." if similar else "The search finds nothing like it."
    fix = (
        "Give the exact name, the qualified name, the guid or the portal's address of the asset. If it exists, the app "
        "may not see it: give its identity the role Data Reader at its collection. After a scan the search shows it "
        "some ten minutes later."
    )
    return Finding(Cause.NOT_FOUND, Weight.IN_THE_WAY, what, told, fix)

"""Checks from end to end whether the app can do its work with the settings and rights it has, and says what is wrong.

As a command it changes nothing but its own registration of type definitions in Purview, which lineage would do as well;
over HTTP nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import BaseModel, Field

from sync_core.answer import HttpAnswer, json_answer
from sync_core.cluedin.client import CluedInClient
from sync_core.discovery.selection import ReadSelection
from sync_core.discovery.terms.resolve_terms import ResolveTerms
from sync_core.errors import ConfigError, RejectedError, SyncError
from sync_core.lineage.register_types import RegisterTypes
from sync_core.lineage.webhook.empty_bodies import EmptyBodies
from sync_core.logs import get_logger
from sync_core.operations.examine_catalog import ExamineCatalog
from sync_core.operations.parts import Part, format_token, parse_token
from sync_core.operations.probe_rights import NotProvenError, ProbeRights, StatusOnAssets
from sync_core.purview.client import PurviewClient
from sync_core.purview.resolve_collection import ResolveCollection
from sync_core.runs.defer import unremembered
from sync_core.runs.deferred import Deferred
from sync_core.runs.run_log import RunLog
from sync_core.storage.table import Table

logger = get_logger(__name__)

NOTHING = "-"
MOST_TERMS = 20
MOST_GROUPS = 100  # one page: that there are some is enough
Check = tuple[str, Callable[[], str]]
YES, NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off", ""})


def wants_examination(query: Mapping[str, str]) -> bool:
    """Read the query's `examine`.

    Raises:
        RejectedError: it is neither yes nor no.
    """
    text = query.get("examine", "").strip().lower()
    if text not in YES | NO:
        raise RejectedError(f"examine is '{query['examine']}'; expected true or false.", code="examine")
    return text in YES


class Verdict(StrEnum):
    """What a check ends with."""

    PASS = "PASS"  # noqa: S105  # not a password
    FAIL = "FAIL"
    OPEN = "OPEN"  # nothing is known to be wrong, and nothing proves that it is right


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `detail` is what was seen, what is wrong and what to do, or what is not proven yet."""

    check: str
    verdict: Verdict
    detail: str

    @property
    def is_well(self) -> bool:
        """Whether nothing is known to be wrong."""
        return self.verdict is not Verdict.FAIL


class Left(BaseModel):
    """With which check an examination goes on."""

    check: int = Field(ge=0)


@dataclass(frozen=True)
class Doctor:
    """Runs the checks, each for itself: one that fails does not hide what the others find."""

    tables: Sequence[Table]
    purview: PurviewClient
    terms: ResolveTerms
    collection: ResolveCollection
    types: RegisterTypes
    cluedin: CluedInClient
    selection: ReadSelection
    new_log: Callable[[], RunLog]
    probe: ProbeRights
    paused: Callable[[], Mapping[str, Deferred]]
    catalog: ExamineCatalog
    empty_bodies: EmptyBodies
    monotonic: Callable[[], float]
    status_on_assets: StatusOnAssets | None = None

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET status?examine=true`: what the app itself, with its own identity, finds. Writes nothing.

        `isWell` is about the findings of this part; `next` is the page token of the following one, null on the last.

        Raises:
            RejectedError: the query's `next` is no page token.
        """
        token, part, findings = query.get("next", ""), Part.begin(self.monotonic), list[Finding]()
        checks = self._checks(self._see_types)
        number = parse_token(Left, token).check if token else 0
        for check in checks[number:]:
            findings += self._carry_out(*check)
            number += 1
            if not part.has_time():
                break
        following = format_token(Left(check=number)) if number < len(checks) else None
        return json_answer({**tell(findings), "next": following})

    def look(self) -> Iterator[Finding]:
        """Yield what each check finds that writes nothing."""
        return self.examine(self._see_types)

    def examine(self, check_types: Callable[[], str] | None = None) -> Iterator[Finding]:
        """Yield what each check finds; without another `check_types`, the types are registered, to prove the right."""
        for check in self._checks(check_types or self._register_types):
            yield from self._carry_out(*check)

    def _checks(self, check_types: Callable[[], str]) -> list[Check]:
        return [
            ("Storage: the app can read all its tables", self._check_tables),
            (
                "Purview: the app's identity may read the glossary (Data Reader on the root collection)",
                self._check_glossary,
            ),
            ("Purview: the collection for CluedIn's assets exists", self._check_collection),
            ("Purview: the app's identity may register its types (Data Curator)", check_types),
            ("Purview: the app's identity may write to the collection (Data Curator)", self.probe.wrote_lineage),
            ("CluedIn: the service account can sign in and see data source groups", self._check_groups),
            ("CluedIn: the service account has an id to write with", self._check_author),
            ("CluedIn: the service account may make groups and data sources", self.probe.made_a_source),
            ("CluedIn: the service account may read data sets", self.probe.read_data_sets),
            ("CluedIn: the service account may read mappings (Annotation, Data Catalog)", self.probe.read_mapping),
            ("CluedIn: the service account may read submissions (Annotation)", self.probe.read_submissions),
            ("Unified Catalog: its host answers the app's identity", self.catalog.host),
            ("Unified Catalog: what the keywords find there", self._check_catalog),
            ("Keywords: they select something that exists", self._check_keywords),
            (
                "Purview: the app's identity may write the status onto assets (Data Curator on their collections)",
                self._check_status_on_assets,
            ),
            ("Webhook: deliveries arrive with their body", self._check_bodies),
        ]

    def _carry_out(self, name: str, check: Callable[[], str]) -> Iterator[Finding]:
        """Yield what a check finds; nothing, where it has nothing to say while all is well."""
        try:
            if found := check():
                yield Finding(name, Verdict.PASS, found)
        except NotProvenError as reason:
            yield Finding(name, Verdict.OPEN, f"not proven: {reason}")
        except SyncError as error:
            yield Finding(name, Verdict.FAIL, str(error))
        except Exception as error:
            logger.exception("A check of the doctor ends in what nobody foresaw")
            yield Finding(name, Verdict.FAIL, f"{type(error).__name__}: look into the log.")

    def _check_status_on_assets(self) -> str:
        return self.status_on_assets.check() if self.status_on_assets else ""

    def _check_bodies(self) -> str:
        """Nobody can tell that bodies do arrive, only that they did not."""
        if problem := self.empty_bodies.explain():
            raise ConfigError(problem)
        return ""

    def _check_tables(self) -> str:
        for table in self.tables:
            table.get(NOTHING, NOTHING)
        return f"{len(self.tables)} tables"

    def _check_glossary(self) -> str:
        if not self.terms.concepts.asks_classic:  # what it answers decides nothing, and it may be gone by then
            return "no glossary is asked for: SYNC_TERM_STORE=unified"
        return ", ".join(glossary.name for glossary in self.purview.fetch_glossaries()) or "there is no glossary yet"

    def _check_collection(self) -> str:
        found = self.collection.resolve()
        return f"{found.name} ({found.friendly_name})"

    def _register_types(self) -> str:
        self.types.register()
        return "registered"

    def _see_types(self) -> str:
        missing = self.types.missing()
        if missing:
            raise NotProvenError(f"Purview does not have {', '.join(missing)} yet; the first lineage registers them")
        return "registered"

    def _check_groups(self) -> str:
        groups = self.cluedin.fetch_groups("")
        count = sum(1 for _ in islice(groups, MOST_GROUPS))
        told = f"at least {count} groups" if count == MOST_GROUPS else f"{count} groups"
        return f"{told}; {groups.doubt}" if groups.doubt else told

    def _check_author(self) -> str:
        return self.cluedin.author_id()

    def _check_catalog(self) -> str:
        log = self.new_log()
        wanted = self.selection.look()
        if wanted is None:
            return "the sync is switched off"
        return "all assets" if wanted.is_all else self.catalog.keywords(wanted, log)

    def _check_keywords(self) -> str:
        log = self.new_log()
        selection = self.selection.look()
        if selection is None:
            return "the sync is switched off"
        if selection.is_all:
            return "all assets"
        terms = self.terms.resolve_anew(selection, unremembered(log))
        terms.check()
        paused = self.paused()
        told = "; ".join(
            f"{terms.findings.name_of(key)}{_told(paused[key]) if key in paused else ''}"
            for key in sorted(terms.guids, key=lambda key: key not in paused)[:MOST_TERMS]
        )
        told = f"{selection}: {len(terms.guids)} terms: {told}"
        if not paused.keys().isdisjoint(terms.guids):
            raise NotProvenError(told)
        return told


def tell(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return findings as JSON: whether all is well, and each with its `check`, `verdict` and `detail`."""
    told = [
        {"check": one.check, "isWell": one.is_well, "verdict": one.verdict, "detail": one.detail} for one in findings
    ]
    return {"isWell": all(one["isWell"] for one in told), "findings": told}


def _told(paused: Deferred) -> str:
    return (
        f" is paused: {paused.reason.rstrip('.')}, since {paused.since:%Y-%m-%d %H:%M} UTC, next look "
        f"{paused.next_look_at:%Y-%m-%d %H:%M}"
    )

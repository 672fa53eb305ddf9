"""What a person should see first: what waits for them, and what is not as it should be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from sync_core.assets.listed import ListedAsset
from sync_core.assets.record import AssetStatus
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.notifications.texts import approve_command
from sync_core.operations.dashboard.links import FILTERS, Links
from sync_core.operations.dashboard.next_steps import is_blocked, stuck_letters
from sync_core.operations.dashboard.words import lines, relative, shortened
from sync_core.operations.explain.judge import READER
from sync_core.operations.facts import Facts
from sync_core.operations.well_being import is_discovery_well
from sync_core.runs.deferred import Kind
from sync_core.runs.run import RunOutcome
from sync_core.wording import many, verb

EXAMPLES = 10
LONGEST_CAUSE = 400
LETTERS = 3  # with their buttons; the others have theirs further down
LOOKS = 3  # the others have theirs on their own pages
PAUSED = frozenset({Kind.TERM, Kind.GLOSSARY, Kind.STORE})
ASSETS, DEAD_LETTERS, NOTIFICATIONS = "assets", "dead-letters", "notifications"  # parts of the page


@dataclass(frozen=True, slots=True)
class Mended:
    """An asset at which a person, who has mended it, may have the app look again: its key or guid, and its name."""

    asset: str
    name: str


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One thing to see to: what it is, details, a command that settles it, and where on the page there is more.

    `approves` is how many assets a person may let go by a button, 0 where there is nothing to approve; `letters` are
    dead letters to be replayed or closed by buttons, `mended` assets to be looked at again. `is_chosen` says that
    people wanted it so: it is told, and waits for nobody.
    """

    title: str
    details: tuple[str, ...] = ()
    command: str = ""
    link: str = ""
    approves: int = 0
    letters: tuple[DeadLetter, ...] = ()
    mended: tuple[Mended, ...] = ()
    is_chosen: bool = False


def find_attention_items(facts: Facts, links: Links, rejected: Iterable[ListedAsset] = ()) -> Iterator[AttentionItem]:
    """Yield what waits for a person, the most urgent first; `rejected` are such assets, as far as they are known."""
    yield from _discovery(facts)
    yield from _approval(facts)
    yield from _dead_letters(facts, links)
    yield from _blocked(facts)
    yield from _hidden(facts, links)
    yield from _paused(facts)
    yield from _rejected(facts, links, rejected)
    yield from _unreadable(facts)
    yield from _webhook(facts)
    yield from _curation(facts)
    yield from _catalog(facts)
    yield from _switches(facts)
    yield from _notifications(facts, links)


def _discovery(facts: Facts) -> Iterator[AttentionItem]:
    latest = facts.runs[0] if facts.runs else None
    if latest is None or is_discovery_well(latest, facts.generated_at):
        return
    if latest.outcome is RunOutcome.FAILED:
        yield AttentionItem("The last discovery failed", lines(latest.error))
        return
    last_sign = latest.finished_at or latest.started_at
    details = "It runs every minute: look whether the app is running, and at its log."
    yield AttentionItem(f"Nothing was heard of discovery since {last_sign:%H:%M:%S} UTC", (details,))


def _approval(facts: Facts) -> Iterator[AttentionItem]:
    needed = facts.approval_needed
    if needed is None:
        return
    names = ", ".join(shortened(name, 60) for name in needed.examples)
    since = relative(needed.since, facts.generated_at)
    details = (
        f"{needed.assets} of {many(needed.of, 'asset')} are no longer found in Purview ({since}): {names}.",
        "Nothing was changed. Look whether the term was renamed, or the app's identity lost a role. To retire them:",
    )
    title = f"Retiring {many(needed.assets, 'asset')} waits for a person's approval"
    yield AttentionItem(title, details, approve_command(needed.assets), approves=needed.assets)


def _dead_letters(facts: Facts, links: Links) -> Iterator[AttentionItem]:
    stuck = stuck_letters(facts)
    if stuck:
        letters = tuple(one for one in facts.dead_letters if one.id in stuck)[:LETTERS]
        title = f"{many(len(stuck), 'dead letter')} {verb(len(stuck), 'waits', 'wait')} for a person"
        yield AttentionItem(title, link=links.to(DEAD_LETTERS), letters=letters)


def _blocked(facts: Facts) -> Iterator[AttentionItem]:
    """Of the assets and data sets that are shown: work that is tried again, in vain until somebody mends its cause."""
    blocked = [job for job in facts.jobs.values() if is_blocked(job)]
    if blocked:
        causes = dict.fromkeys(shortened(job.last_error, LONGEST_CAUSE) for job in blocked)
        title = (
            f"Work on {many(len(blocked), 'asset or data set', 'assets and data sets')} waits until its cause is mended"
        )
        yield AttentionItem(title, tuple(causes)[:EXAMPLES])


def _hidden(facts: Facts, links: Links) -> Iterator[AttentionItem]:
    """They come first in the table of all."""
    found = list(facts.hidden.values())
    if found:
        shown = ", ".join(shortened(one.name or one.id, 60) for one in found[:EXAMPLES])
        more = f" and {len(found) - EXAMPLES} more" if len(found) > EXAMPLES else ""
        what = f"Purview answers 403: {shown}{more}. Nothing is changed about it meanwhile. {READER}"
        title = f"{many(len(found), 'asset')} {verb(len(found), 'is', 'are')} hidden from the app"
        mended = tuple(Mended(one.id, one.name or one.id) for one in found[:LOOKS])
        yield AttentionItem(title, (what,), link=_table(links), mended=mended)


def _paused(facts: Facts) -> Iterator[AttentionItem]:
    """Terms, and what holds them, that could not be read or believed more than once."""
    paused = [one for one in facts.deferred if one.kind in PAUSED and one.looks > 1]
    if paused:
        what = "What is tagged or untagged with them does not arrive, and no asset counts as missing by them."
        shown = (shortened(str(one), LONGEST_CAUSE) for one in paused[:EXAMPLES])
        yield AttentionItem("Terms are paused", (what, *shown))


def _rejected(facts: Facts, links: Links, rejected: Iterable[ListedAsset]) -> Iterator[AttentionItem]:
    count = facts.counts.get(AssetStatus.REJECTED, 0)
    if count:
        first = nsmallest(LOOKS, rejected, key=lambda one: (one.name.casefold(), one.key))
        mended = tuple(Mended(one.key, one.name or one.qualified_name or one.guid) for one in first)
        link = _table(links, state=AssetStatus.REJECTED.value)
        yield AttentionItem(f"{many(count, 'asset')} must be mended in Purview", link=link, mended=mended)


def _table(links: Links, **chosen: str) -> str:
    """Return the link to the table of all assets, or to a part of it, whatever is chosen now."""
    return links.filtered(ASSETS, **{**dict.fromkeys(FILTERS, ""), **chosen})


def _unreadable(facts: Facts) -> Iterator[AttentionItem]:
    found = facts.unreadable
    if found:
        title = f"{many(len(found), 'row')} of the state cannot be read"
        advice = "Another version of the app may have written them; the rest goes on without them."
        shown = (f"{one.kind} {one.key}: {shortened(one.reason, 200)}" for one in found[:EXAMPLES])
        yield AttentionItem(title, (advice, *shown))


def _curation(facts: Facts) -> Iterator[AttentionItem]:
    if facts.terms.curation:
        yield AttentionItem("Asset curation is enabled in this tenant", tuple(facts.terms.curation))


def _catalog(facts: Facts) -> Iterator[AttentionItem]:
    if facts.terms.closed_catalog:
        how = "If no term of it is to select assets, set SYNC_TERM_STORE=classic: then it is not asked."
        yield AttentionItem("The Unified Catalog is not read", (facts.terms.closed_catalog, how), is_chosen=True)


def _webhook(facts: Facts) -> Iterator[AttentionItem]:
    if facts.webhook_problem:
        yield AttentionItem("Deliveries of CluedIn arrive without their body", (facts.webhook_problem,))


def _switches(facts: Facts) -> Iterator[AttentionItem]:
    if facts.toggle and not facts.toggle.enabled:
        yield AttentionItem(
            "The sync is switched off",
            ("No asset is discovered. What is recorded already is finished.",),
            is_chosen=True,
        )
    if not facts.is_lineage_on:
        yield AttentionItem(
            "Lineage is switched off",
            ("LINEAGE_ENABLED is false: data sets are not written to Purview.",),
            is_chosen=True,
        )


def _notifications(facts: Facts, links: Links) -> Iterator[AttentionItem]:
    if any(last.error for last in facts.notifications.values()):
        yield AttentionItem("A notification could not be sent", link=links.to(NOTIFICATIONS))

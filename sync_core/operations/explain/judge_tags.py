"""Whether the keywords select an asset by the terms that it has, and if not, how near they come; pure."""

from collections.abc import Iterator

from sync_core.assets.record import AssetStatus
from sync_core.catalog.values import Kind, Status
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.targets import Store
from sync_core.operations.explain.evidence import Evidence, Sight, Tag, Tags, Work
from sync_core.operations.explain.findings import Cause, Finding, Weight
from sync_core.settings import TermStore
from sync_core.spelling import normalized

MOST_TOLD = 5
STATUS_CAUSES = {Status.DRAFT: Cause.DRAFT, Status.EXPIRED: Cause.EXPIRED}


def judge_tags(evidence: Evidence) -> Iterator[Finding]:
    """Say in which stores and terms it is found, and what keeps the keywords from selecting it."""
    tags, work = evidence.tags, evidence.work
    if tags is None or work.is_all or not work.keywords:
        return
    weight = Weight.NOTE if tags.hits else Weight.IN_THE_WAY
    for error in tags.errors:
        yield Finding(Cause.NOT_ANSWERED, weight, "Not all of its terms could be read.", error, "Ask again.")
    if tags.closed:
        what = "The app has no role in the Unified Catalog: what it has there is not seen."
        fix = "If its term is one of the Unified Catalog, give the app's identity the role Global Catalog Reader."
        yield Finding(Cause.NOT_ANSWERED, Weight.NOTE, what, tags.closed, fix)
    if tags.hits:
        yield from _judge_hits(tags, evidence)
        yield from _judge_unknown(tags, work)
    elif evidence.purview.sight is not Sight.GONE:
        yield from _judge_misses(tags, evidence)
    else:
        yield from _judge_unknown(tags, work)


def _judge_unknown(tags: Tags, work: Work) -> Iterator[Finding]:
    """A term that was never shown to the app may be a draft, or expired: that looks the same as none."""
    weight = Weight.NOTE if tags.hits else Weight.IN_THE_WAY
    for why in tags.unknown:
        what = "A keyword names nothing that the app is shown, and until each does nobody counts as missing."
        fix = f"Correct {work.setting}, or make the term; publish it, if it is a draft or expired."
        yield Finding(Cause.KEYWORD_UNKNOWN, weight, what, why, fix)


def _judge_hits(tags: Tags, evidence: Evidence) -> Iterator[Finding]:
    active = [key for key in tags.hits if key not in tags.paused]
    for key in tags.hits:
        told = tags.names.get(key, key)
        if key in tags.paused:
            yield _paused(tags, key, is_in_the_way=not active and evidence.record is None)
            continue
        keywords = ", ".join(f"'{one}'" for one in tags.targets[key])
        what = f"It has the {told}, which {keywords} in {evidence.work.setting} selects."
        yield Finding(Cause.TAGGED, Weight.NOTE, what, key)


def _paused(tags: Tags, key: str, *, is_in_the_way: bool) -> Finding:
    paused = tags.paused[key]
    reason = paused.reason
    cause = Cause.DRAFT if "draft" in reason else Cause.EXPIRED if "expired" in reason else Cause.TERM_PAUSED
    what = (
        f"The {tags.names.get(key, key)} is paused since {paused.since:%Y-%m-%d %H:%M} UTC: what it showed last stays, "
        "and what was tagged since is not seen."
    )
    fix = f"See to what it says; it is looked at again at {paused.next_look_at:%Y-%m-%d %H:%M} UTC."
    return Finding(cause, Weight.IN_THE_WAY if is_in_the_way else Weight.NOTE, what, reason, fix)


def _judge_misses(tags: Tags, evidence: Evidence) -> Iterator[Finding]:
    """That it has none of the terms says something only where there are some, and all of its own could be read."""
    work = evidence.work
    near = [found for tag in tags.carried for keyword in work.keywords if (found := _near(tag, keyword, work))]
    yield from dict.fromkeys(near)
    for key, columns in tags.columns.items():
        shown = ", ".join(f"'{one}'" for one in columns[:MOST_TOLD])
        what = f"The {tags.names.get(key, key)} is on its column {shown}, and not on the asset itself."
        fix = "Give the term to the asset: columns are left out."
        yield Finding(Cause.TAG_ON_COLUMN, Weight.IN_THE_WAY, what, shown, fix)
    yield from _judge_unknown(tags, work)
    held = [key for key in tags.paused if evidence.record is not None and key in evidence.record.terms]
    for key in held:
        yield _paused(tags, key, is_in_the_way=False)
    has = "; ".join(map(str, tags.carried[:MOST_TOLD])) or "no term and no data product that the app sees"
    what = f"It has none of the terms that {work.setting} selects: {work.words}."
    is_told = near or tags.columns or (held and evidence.record and evidence.record.status is AssetStatus.SYNCED)
    weight = Weight.NOTE if is_told or tags.errors or tags.unknown else Weight.IN_THE_WAY
    give = "Add" if tags.unknown and not tags.targets else "Give it one of these terms, or add"
    fix = f"{give} one of its own to the keywords."
    yield Finding(Cause.NOT_TAGGED, weight, what, f"It has {has}.", fix)


def _near(tag: Tag, keyword: Keyword, work: Work) -> Finding | None:
    """Return what keeps a keyword from selecting by a term that it may have meant."""
    is_same = normalized(tag.name) == normalized(keyword.term)
    if not tag.name or _squeezed(tag.name) != _squeezed(keyword.term):
        return None
    evidence = f"It has the {tag}; {work.setting} has '{keyword}'."
    if not is_same:
        return _misspelt(tag, keyword, work, evidence)
    if keyword.is_product is not (tag.kind is Kind.PRODUCT):
        wanted = f"product:{tag.name}" if tag.kind is Kind.PRODUCT else tag.name
        kinds = "data products" if keyword.is_product else "terms"
        what = f"'{keyword}' selects {kinds}, and it has another thing so called."
        return Finding(Cause.OTHER_KIND, Weight.IN_THE_WAY, what, evidence, f"Write {wanted} in {work.setting}.")
    if not _is_asked(tag.store, work.store):
        what = f"SYNC_TERM_STORE is {work.store}, and the term is one of the other store."
        return Finding(Cause.OTHER_STORE, Weight.IN_THE_WAY, what, evidence, "Set SYNC_TERM_STORE=auto.")
    if keyword.glossary and tag.place and normalized(keyword.glossary) != normalized(tag.place):
        return _elsewhere(tag, keyword, work, evidence)
    if tag.status is not Status.PUBLISHED:
        what = f"The {tag} is not published: what it is linked with does not count."
        cause = STATUS_CAUSES.get(tag.status, Cause.TERM_PAUSED)
        return Finding(cause, Weight.IN_THE_WAY, what, evidence, "Publish it, and its governance domain.")
    what = (
        f"The {tag} is one that '{keyword}' means, and the app does not know it yet: names are looked up every ten "
        "minutes."
    )
    return Finding(Cause.TERM_NEW, Weight.WAITS, what, evidence, "None: it is found by itself.")


def _misspelt(tag: Tag, keyword: Keyword, work: Work, evidence: str) -> Finding:
    is_case = normalized(tag.name).casefold() == normalized(keyword.term).casefold()
    cause, how = (Cause.LETTER_CASE, "letter case") if is_case else (Cause.WHITE_SPACE, "white space")
    place = f"@{keyword.glossary}" if keyword.glossary else ""
    what = f"The keyword and the term differ in {how}: '{keyword.term}' is not '{tag.name}'."
    return Finding(cause, Weight.IN_THE_WAY, what, evidence, f"Write {tag.name}{place} in {work.setting}.")


def _elsewhere(tag: Tag, keyword: Keyword, work: Work, evidence: str) -> Finding:
    is_classic = tag.store is Store.CLASSIC
    cause = Cause.OTHER_GLOSSARY if is_classic else Cause.OTHER_DOMAIN
    where = "glossary" if is_classic else "governance domain"
    what = f"The term is one of the {where} '{tag.place}', and the keyword asks for '{keyword.glossary}'."
    fix = f"Write {keyword.term}@{tag.place} in {work.setting} (or the bare name, for all), or give it that term."
    return Finding(cause, Weight.IN_THE_WAY, what, evidence, fix)


def _is_asked(store: Store, asked: TermStore) -> bool:
    return asked is TermStore.AUTO or asked.value == store.value


def _squeezed(name: str) -> str:
    return "".join(normalized(name).casefold().split())

"""How far each term or data product may be believed: what it showed last, and what a look at it shows now.

Not visible is not untagged. Only what is published, could be read whole and did not fall from several to none at once
decides that an asset is missing; of anything else what it showed last counts as present. All rules of this are here:
decision 23 has them as a table.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sync_core.catalog.values import Concept, Status
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.targets import is_of_catalog, is_term, split_key
from sync_core.notifications.texts import approve_command
from sync_core.spelling import normalized

SEVERAL = 2
SAMPLE = 2000  # of more assets only so many are remembered by name: a row holds 1 MiB
NOWHERE_FOR = timedelta(days=1)  # metadata reaches the catalog within a day (docs/vendors/unified-catalog.md, 9)


class Reason(StrEnum):
    """Why a term is paused; the words are shown to people."""

    DRAFT = "it is a draft: publish it"
    EXPIRED = "it is expired: publish it again"
    UNPUBLISHED = "it is not published"
    RENAMED = "it has another name now"
    MOVED = "it is in another governance domain now"
    PLACE_HIDDEN = "its governance domain is not shown: publish the domain"
    EMPTIED = "its list fell from several assets to none"
    STILL_NAMED = "its list shows no asset, but the last one says that it is still linked"
    UNLISTED = "no glossary lists it under this name any more"


class Sight(StrEnum):
    """What one look at a target came to. `HIDDEN` is also what cannot be read; `GONE` is a 404."""

    ROWS = "shows assets"
    NOTHING = "shows none"
    HIDDEN = "hidden"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a target, whose list was read whole unless it is hidden or gone.

    `assets` are guids of data assets; `digest` and `place` are those of the list and of its domain. Rows that cannot be
    read make it not `is_readable`. `is_tagged`: the last asset says itself that it has the term, whatever the list
    says. `pause` says why it may not count, as people read it.
    """

    sight: Sight
    pause: str = ""
    assets: frozenset[str] = frozenset()
    digest: str = ""
    place: str = ""
    is_readable: bool = True
    is_tagged: bool = False
    nowhere: frozenset[str] = frozenset()


class Memory(BaseModel):
    """What is remembered of a target: what it showed when it counted last, and for which keywords.

    `shown` data assets, up to `SAMPLE` of them by guid, the `digest` of its list and `since` when that is the same.
    `searched_at`: when the search was asked for it. `missing_since`: since when it is gone, or fell from several to
    none, which `has_fallen` says until it shows something or a person approves. `is_over`: a person said that its
    successors have all that it had. `nowhere`: catalog ids that lead nowhere, with when each was first seen.
    """

    model_config = ConfigDict(frozen=True)

    key: str = ""
    keywords: list[str] = Field(default_factory=list)
    place: str = ""
    shown: int = 0
    digest: str = ""
    since: datetime
    sample: list[str] = Field(default_factory=list)
    searched_at: datetime | None = None
    missing_since: datetime | None = None
    has_fallen: bool = False
    is_over: bool = False
    nowhere: dict[str, datetime] = Field(default_factory=dict)

    @field_validator("key")
    @classmethod
    def _check_kind(cls, key: str) -> str:
        """A newer version may know terms of a further kind."""
        split_key(key)
        return key

    @property
    def is_exact(self) -> bool:
        """Whether each asset that it showed is remembered by name."""
        return self.shown == len(self.sample)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a look: `holds` says that it decides no absence, and that what it showed last is present.

    `pause` is why, where people are to be told. `is_forgotten`: another one has taken its place for good.
    """

    holds: bool
    memory: Memory
    pause: str = ""
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What all verdicts of a run depend on. `may_lose`: a person has approved that so many assets go at once.

    `ever` has the guids that each target of the catalog has shown, ever, by key.
    """

    now: datetime
    is_curated: bool
    may_lose: Callable[[int], bool]
    ever: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Which targets hold, and who has followed whom: says of an asset whether it counts as present unseen.

    `heirs` are, by the key of a classic term, the catalog's terms of its keywords, once asset curation is enabled.
    """

    holding: frozenset[str] = frozenset()
    heirs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ever: Mapping[str, Collection[str]] = field(default_factory=dict)

    def evidence(self, guid: str, keys: Collection[str]) -> Iterator[str]:
        """Yield who has a say on an asset that these showed last: its heirs, where one has shown it ever."""
        for key in keys:
            yield from self.heirs_of(guid, key) or [key]

    def heirs_of(self, guid: str, key: str) -> list[str]:
        """Return who decides on an asset in place of a classic term: until one has shown it once, nobody does."""
        return [heir for heir in self.heirs.get(key, ()) if guid in self.ever.get(heir, ())]

    def keeps(self, guid: str, keys: Collection[str]) -> bool:
        """Whether an asset that these showed last counts as present, whatever the lists show."""
        return not self.holding.isdisjoint(self.evidence(guid, keys))


def heirs_among(keywords: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Return the catalog's terms of the same keywords, by the key of each classic term. A product succeeds nobody."""
    terms = [key for key in keywords if is_term(key)]
    return {
        key: [term for term in terms if not set(keywords[term]).isdisjoint(words)]
        for key, words in keywords.items()
        if not is_of_catalog(key)
    }


def has_followed(memory: Memory, heirs: Collection[str], at: Situation) -> bool:
    """Whether the heirs of a classic term have shown all that it showed, or a person said that they have."""
    if not at.is_curated or is_of_catalog(memory.key):
        return False
    inherited = {guid for heir in heirs for guid in at.ever.get(heir, ())}
    return memory.is_over or (memory.shown > 0 and memory.is_exact and inherited.issuperset(memory.sample))


def left_of(memory: Memory, heirs: Collection[str], at: Situation) -> int:
    """Return how many assets of a classic term wait for heirs that have shown others of it; 0 where it has none yet."""
    inherited = {guid for heir in heirs for guid in at.ever.get(heir, ())}
    left = set(memory.sample) - inherited
    is_known = at.is_curated and memory.is_exact and not memory.is_over
    return len(left) if is_known and len(left) < len(memory.sample) else 0


def is_frozen_no_more(memory: Memory, look: Look) -> bool:
    """Whether a classic list shows an asset that it never showed: no tenant with asset curation has such a list."""
    is_list = look.sight is Sight.ROWS and not is_of_catalog(memory.key)
    return is_list and memory.shown > 0 and memory.is_exact and not look.assets.issubset(memory.sample)


def judge_all(
    memories: Mapping[str, Memory], looks: Mapping[str, Look], heirs: Mapping[str, Sequence[str]], at: Situation
) -> dict[str, Verdict]:
    """Return the verdicts of a run, over all lists: several that fall to none at once are a fall from several."""
    over = {
        key: memories[key].model_copy(update={"is_over": True})
        for key in looks
        if (left := left_of(memories[key], heirs.get(key, ()), at)) and at.may_lose(left)
    }
    memories = {**memories, **over}
    followed = {key for key in looks if has_followed(memories[key], heirs.get(key, ()), at)}
    fallen = [key for key, look in looks.items() if look.sight is Sight.NOTHING and key not in followed]
    lost = sum(memories[key].shown for key in fallen if not _was_mistaken(memories[key], looks[key]))
    return {
        key: Verdict(holds=False, memory=memories[key])
        if key in followed
        else _judge(memories, looks, key, lost=lost, at=at)
        for key in looks
    }


def _judge(
    memories: Mapping[str, Memory],
    looks: Mapping[str, Look],
    key: str,
    *,
    lost: int,
    at: Situation,
) -> Verdict:
    memory, look = memories[key], looks[key]
    match look.sight:
        case Sight.ROWS:
            return _of_rows(memory, look, at)
        case Sight.NOTHING:
            return _of_nothing(memory, look, lost, at)
        case Sight.HIDDEN:
            return Verdict(holds=True, memory=memory, pause=look.pause)
        case Sight.GONE:
            is_forgotten = any(_replaces(memory, memories[other], looks[other]) for other in looks if other != key)
            missing = memory.model_copy(update={"missing_since": memory.missing_since or at.now})
            return Verdict(holds=True, memory=missing, pause=look.pause, is_forgotten=is_forgotten)


def _of_rows(memory: Memory, look: Look, at: Situation) -> Verdict:
    """After curation a classic list is evidence of yesterday: it may shrink, and nobody is missing by it."""
    is_of_yesterday = at.is_curated and not is_of_catalog(memory.key)
    assets = look.assets | set(memory.sample) if is_of_yesterday and memory.is_exact else look.assets
    nowhere = {each: memory.nowhere.get(each, at.now) for each in sorted(look.nowhere)[:SAMPLE]}
    is_settled = len(look.nowhere) <= SAMPLE and all(at.now - since >= NOWHERE_FOR for since in nowhere.values())
    update = {
        "shown": len(assets),
        "sample": sorted(assets)[:SAMPLE],
        "digest": look.digest,
        "place": look.place or memory.place,
        "since": memory.since if memory.digest == look.digest else at.now,
        "missing_since": None,
        "has_fallen": False,
        "nowhere": nowhere,
    }
    return Verdict(
        holds=is_of_yesterday or not look.is_readable or not is_settled or bool(look.pause),
        memory=memory.model_copy(update=update),
        pause="" if is_of_yesterday else look.pause,
    )


def _of_nothing(memory: Memory, look: Look, lost: int, at: Situation) -> Verdict:
    has_lost = memory.shown > 0 and not _was_mistaken(memory, look)
    is_fall = has_lost and (memory.has_fallen or lost >= SEVERAL or look.is_tagged)
    if (is_fall and not at.may_lose(lost)) or look.pause or not look.is_readable:
        missing_since = (memory.missing_since or at.now) if is_fall else memory.missing_since
        fallen = memory.model_copy(update={"has_fallen": is_fall, "missing_since": missing_since})
        return Verdict(holds=True, memory=fallen, pause=look.pause or (_fell(lost, at) if is_fall else ""))
    since = memory.since if memory.digest == look.digest else at.now
    update = {"shown": 0, "sample": [], "digest": look.digest, "place": look.place or memory.place, "since": since}
    update |= {"has_fallen": False, "missing_since": None, "nowhere": {}}
    return Verdict(holds=False, memory=memory.model_copy(update=update))


def _was_mistaken(memory: Memory, look: Look) -> bool:
    """Whether a classic list is what it was: what it names was taken for assets before its types were known."""
    return look.digest != "" and look.digest == memory.digest and not is_of_catalog(memory.key)


def _fell(lost: int, at: Situation) -> str:
    word = f"approve it: {approve_command(lost)}."
    if at.is_curated:
        return (
            f"{Reason.EMPTIED}, and this tenant seems to have enabled asset curation: they stay until a published term "
            f"of this name in the Unified Catalog shows them. Only if all of them are really to go, {word}"
        )
    return f"{Reason.EMPTIED}. If that is meant, {word}"


def _replaces(gone: Memory, other: Memory, look: Look) -> bool:
    """Whether a term that is shown was made in place of a gone one: of its keyword and domain, with all it had."""
    is_same = is_of_catalog(gone.key) and gone.place != "" and gone.place == look.place
    has_name = not set(gone.keywords).isdisjoint(other.keywords)
    has_all = gone.shown > 0 and gone.is_exact and look.assets.issuperset(gone.sample)
    return look.sight is Sight.ROWS and is_same and has_name and has_all


def problem_of(keywords: Sequence[Keyword], concept: Concept, domains: Mapping[str, str]) -> Reason | None:
    """Return why a term or data product may not count, as it is now; None if it may.

    Its id counts while it is published and bears the name of a keyword, in a domain of that name if there is one.
    `domains` are names by id.
    """
    match concept.status:
        case Status.DRAFT:
            return Reason.DRAFT
        case Status.EXPIRED:
            return Reason.EXPIRED
        case Status.OTHER:
            return Reason.UNPUBLISHED
        case Status.PUBLISHED:
            pass
    named = [one for one in keywords if normalized(concept.name) == normalized(one.term)]
    if not named:
        return Reason.RENAMED
    domain = normalized(domains.get(concept.domain_id, ""))
    if any(not one.glossary or normalized(one.glossary) == domain for one in named):
        return None
    is_shown = not concept.domain_id or concept.domain_id in domains
    return Reason.MOVED if is_shown else Reason.PLACE_HIDDEN

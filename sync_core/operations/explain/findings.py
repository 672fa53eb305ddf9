"""What an explanation consists of: findings in the order in which an asset meets them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sync_core.purview.asset import Asset


class Weight(StrEnum):
    """What a finding means for the asset."""

    IN_THE_WAY = "inTheWay"  # a person must do something
    WAITS = "waits"  # it goes on by itself
    NOTE = "note"
    WELL = "well"


class Cause(StrEnum):
    """What may stand in the way; the words are for programs."""

    # The question
    NOT_FOUND = "notFound"
    SEVERAL = "several"
    # The settings, and whether the app is at work
    SETTINGS_WRONG = "settingsWrong"
    SETTINGS_OFF = "settingsOff"
    DISCOVERY_FAILS = "discoveryFails"
    THROTTLED = "throttled"
    NOT_ANSWERED = "notAnswered"
    # The asset in Purview
    HIDDEN = "hidden"
    GONE = "gone"
    REJECTED = "rejected"
    TYPE_LEFT_OUT = "typeLeftOut"
    TYPE_UNKNOWN = "typeUnknown"
    OWN_COLLECTION = "ownCollection"
    INDEX_BEHIND = "indexBehind"
    # Its terms
    OTHER_GLOSSARY = "otherGlossary"
    OTHER_DOMAIN = "otherDomain"
    LETTER_CASE = "letterCase"
    WHITE_SPACE = "whiteSpace"
    OTHER_KIND = "otherKind"
    OTHER_STORE = "otherStore"
    DRAFT = "draft"
    EXPIRED = "expired"
    TERM_PAUSED = "termPaused"
    TERM_NEW = "termNew"
    TAG_ON_COLUMN = "tagOnColumn"
    NOT_TAGGED = "notTagged"
    KEYWORD_UNKNOWN = "keywordUnknown"
    TAGGED = "tagged"
    # What the app knows of it
    NOT_SEEN_YET = "notSeenYet"
    DEFERRED = "deferred"
    IN_GRACE = "inGrace"
    GUARD = "guard"
    RETIRED = "retired"
    WAITING = "waiting"
    DEAD_LETTER = "deadLetter"
    # CluedIn
    GROUP_GONE = "groupGone"
    NAME_TAKEN = "nameTaken"
    RENAMED = "renamed"
    IN_CLUEDIN = "inCluedIn"
    # Its data sets
    NO_DATA_SET = "noDataSet"
    MORE_DATA_SETS = "moreDataSets"
    NOT_MAPPED = "notMapped"
    NOT_PROCESSED = "notProcessed"
    PROCESSED_BEFORE = "processedBefore"
    LINEAGE_OFF = "lineageOff"
    LINEAGE_WAITS = "lineageWaits"
    LINEAGE_DEAD = "lineageDead"
    LINEAGE_STANDS = "lineageStands"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: what it is, what shows it, and what to do; nothing, where `fix` is empty."""

    cause: Cause
    weight: Weight
    what: str
    evidence: str = ""
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return it for programs."""
        return {
            "cause": self.cause,
            "weight": self.weight,
            "what": self.what,
            "evidence": self.evidence,
            "fix": self.fix,
        }


def told_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return them without the notes of what stands in the way as well: that it does may show at a later stage only."""
    in_the_way = {(one.cause, one.what) for one in findings if one.weight is Weight.IN_THE_WAY}
    return tuple(one for one in findings if one.weight is not Weight.NOTE or (one.cause, one.what) not in in_the_way)


@dataclass(frozen=True, slots=True)
class Explained:
    """One asset with what was found of it so far; `is_whole` says that nothing more follows."""

    guid: str
    asset: Asset | None
    findings: tuple[Finding, ...] = ()
    is_whole: bool = True

    @property
    def first(self) -> Finding | None:
        """The first thing that stands in the way; else what it waits for; else that all is well, once that is known."""
        for weight in (Weight.IN_THE_WAY, Weight.WAITS, *([Weight.WELL] if self.is_whole else [])):
            found = next((one for one in self.findings if one.weight is weight), None)
            if found:
                return found
        return None

    @property
    def is_well(self) -> bool:
        """Whether nothing stands in its way, as far as it was looked at."""
        return not any(one.weight is Weight.IN_THE_WAY for one in self.findings)

    @property
    def is_left_out(self) -> bool:
        """Whether it is no data asset, whoever has its name."""
        return any(one.cause is Cause.TYPE_LEFT_OUT for one in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        asset = self.asset
        return {
            "guid": self.guid,
            "name": asset.name if asset else "",
            "qualifiedName": asset.qualified_name if asset else "",
            "type": asset.type_name if asset else "",
            "collection": asset.collection_id if asset else "",
            "isLeftOut": self.is_left_out,
            "isWell": self.is_well,
            "isWhole": self.is_whole,
            "first": self.first.to_json() if self.first else None,
            "findings": [one.to_json() for one in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to a question, or a part of it; `next` is the page token of the following part, empty on the last.

    `findings` are about the question itself, and about no single asset.
    """

    asked: str
    findings: tuple[Finding, ...] = ()
    assets: tuple[Explained, ...] = ()
    next: str = ""

    @property
    def is_untold(self) -> bool:
        """Whether nothing could be found out, as nobody answered."""
        asked = [one for one in self.findings if one.weight is not Weight.NOTE]
        return not self.assets and bool(asked) and all(one.cause is Cause.NOT_ANSWERED for one in asked)

    @property
    def about(self) -> Explained | None:
        """The asset that something stands in the way of, else the first of which something is known.

        What is no data asset is meant only where nothing else has the name: a process is often called as its result.
        """
        meant = [one for one in self.assets if not one.is_left_out] or self.assets
        known = [one for one in meant if one.first]
        return next((one for one in known if not one.is_well), known[0] if known else None)

    @property
    def first(self) -> Finding | None:
        """The first thing that stands in the way of the question itself, or of the asset that it is about."""
        own = next((one for one in self.findings if one.weight is Weight.IN_THE_WAY), None)
        if own or self.about is None:
            return own or next((one for one in self.findings if one.weight is Weight.WAITS), None)
        return self.about.first

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "asked": self.asked,
            "first": self.first.to_json() if self.first else None,
            "about": self.about.guid if self.about else None,
            "findings": [one.to_json() for one in self.findings],
            "assets": [one.to_json() for one in self.assets],
            "next": self.next or None,
        }


@dataclass
class Merged:
    """Parts put together as they come."""

    asked: str
    findings: list[Finding] = field(default_factory=list)
    assets: dict[str, Explained] = field(default_factory=dict)

    def add(self, part: Explanation) -> None:
        """Add the next part."""
        self.findings += part.findings
        for one in part.assets:
            known = self.assets.get(one.guid)
            before: Sequence[Finding] = known.findings if known else ()
            self.assets[one.guid] = Explained(one.guid, one.asset, told_once([*before, *one.findings]), one.is_whole)

    def whole(self) -> Explanation:
        """Return what there is."""
        return Explanation(self.asked, tuple(self.findings), tuple(self.assets.values()))


def merged(parts: Iterable[Explanation], asked: str) -> Explanation:
    """Return the parts of one answer as one."""
    whole = Merged(asked)
    for part in parts:
        whole.add(part)
    return whole.whole()

"""What becomes of classic terms when a tenant enables asset curation, which cannot be read but only concluded.

Source: docs/vendors/unified-catalog.md, section 8.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sync_core.catalog.values import Concept, Kind
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import SEVERAL
from sync_core.discovery.terms.targets import Store, Target
from sync_core.spelling import normalized

LISTED_FOR = timedelta(hours=1)  # the search index lags: only what the list has named for so long must be found
SEARCH_EVERY = timedelta(hours=1)
LINK_LIMIT = 100  # relationships of one term; what a migration does with more is unconfirmed


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of one classic term.

    `listed` were on its list before, `lists_now` are now: None after a 404. Of `listed_long`, those that the list has
    named for an hour, `found` were found by a search by the term: None where nobody searched.
    """

    listed: int
    lists_now: int | None
    catalog_answers: bool
    listed_long: int = 0
    found: int | None = None


def shows_curation(seen: Evidence) -> bool:
    """Whether a classic term is as it is once asset curation is enabled.

    One asset proves nothing: it may just have lost its tag, or its place in the index.
    """
    if not seen.catalog_answers:
        return False
    is_unsearchable = seen.found == 0 and seen.listed_long >= SEVERAL
    is_gone = seen.lists_now is None and seen.listed > 0
    is_emptied = seen.lists_now == 0 and seen.listed >= SEVERAL
    return is_unsearchable or is_gone or is_emptied


class Stance(Enum):
    """What a target's list is: it decides, it is evidence of yesterday, or its successor decides instead."""

    DECIDES = "decides"
    YESTERDAY = "yesterday"
    SUPERSEDED = "superseded"


def stances(targets: Sequence[Target], *, is_curated: bool, shown: Mapping[str, Collection[str]]) -> dict[str, Stance]:
    """Return the stance of each target, by key.

    `shown` has the guids of a target: those that a classic one showed last, and those that a published catalog term's
    list, read whole, shows; a term that does not count is left out. A catalog term of the same name succeeds a classic
    one if it shows any of its assets: one that merely has its name must not make them missing.
    """
    return {target.key: _stance(target, targets, shown) if is_curated else Stance.DECIDES for target in targets}


def _stance(target: Target, targets: Sequence[Target], shown: Mapping[str, Collection[str]]) -> Stance:
    if target.store is Store.UNIFIED:
        return Stance.DECIDES
    return Stance.SUPERSEDED if successors(target, targets, shown) else Stance.YESTERDAY


def successors(classic: Target, targets: Sequence[Target], shown: Mapping[str, Collection[str]]) -> list[Target]:
    """Return the catalog terms that came after a classic one, that a keyword names too and that have assets of it."""
    before = set(shown.get(classic.key, ()))
    return [
        target
        for target in targets
        if target.store is Store.UNIFIED
        and target.kind is Kind.TERM
        and not set(target.keywords).isdisjoint(classic.keywords)
        and target.key in shown
        and (not before or not before.isdisjoint(shown[target.key]))
    ]


def is_kept(record_targets: Collection[str], classic_size: int, successor_keys: Collection[str]) -> bool:
    """Whether a superseded classic term still keeps an asset that it showed.

    A migration may cut what is beyond the limit of a term. Of such a list each asset is kept until a successor has
    shown it once.
    """
    return classic_size > LINK_LIMIT and set(record_targets).isdisjoint(successor_keys)


def proposal(keyword: Keyword, concepts: Sequence[Concept], domains: Mapping[str, str]) -> str:
    """Return the keyword to write in place of `Term@Glossary`, which cannot follow; empty where it is not plain."""
    named = [
        concept
        for concept in concepts
        if concept.kind is Kind.TERM and concept.is_published and normalized(concept.name) == normalized(keyword.term)
    ]
    if not keyword.glossary or keyword.is_product or len(named) != 1 or named[0].domain_id not in domains:
        return ""
    return f"{named[0].name}@{domains[named[0].domain_id]}"

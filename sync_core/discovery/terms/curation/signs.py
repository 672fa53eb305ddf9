"""What shows that a tenant has enabled asset curation, which cannot be read but only concluded.

Source: docs/vendors/unified-catalog.md, section 8.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sync_core.catalog.values import Concept, Kind
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import Look, Memory, Sight
from sync_core.spelling import normalized

LISTED_FOR = timedelta(hours=1)  # the search index lags: only what the list has named for so long must be found
SEARCH_EVERY = timedelta(hours=1)
CONFIRM_AFTER = timedelta(minutes=5)  # one odd answer proves nothing
LINK_LIMIT = 100  # relationships of one term; what a migration does with more is unconfirmed


def is_search_due(memory: Memory, look: Look, now: datetime) -> bool:
    """Whether to ask the search, once an hour, for what a classic list has named for an hour."""
    is_same = look.sight is Sight.ROWS and memory.digest == look.digest and len(look.assets) > 0
    is_long = now - memory.since >= LISTED_FOR
    return is_same and is_long and (memory.searched_at is None or now - memory.searched_at >= SEARCH_EVERY)


def is_missing_for_long(memory: Memory, look: Look, now: datetime) -> bool:
    """Whether a classic term that had assets is gone, or empty though it had several, at this look as minutes ago."""
    is_missing = look.sight is Sight.GONE or (look.sight is Sight.NOTHING and memory.has_fallen)
    since = memory.missing_since
    return is_missing and memory.shown > 0 and since is not None and now - since >= CONFIRM_AFTER


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

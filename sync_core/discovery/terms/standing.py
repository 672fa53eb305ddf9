"""How far a term or data product may be believed: it counts, or it is paused and what it showed last counts.

Not visible is not untagged. Only a published, readable one whose list was read whole may make an asset missing.
"""

from collections.abc import Mapping
from enum import StrEnum

from sync_core.catalog.values import Concept, Status
from sync_core.discovery.terms.keywords import Keyword
from sync_core.spelling import normalized

SEVERAL = 2


class Reason(StrEnum):
    """Why a term is paused; the words are shown to people."""

    DRAFT = "it is a draft: publish it"
    EXPIRED = "it is expired: publish it again"
    UNPUBLISHED = "it is not published"
    RENAMED = "it has another name now"
    MOVED = "it is in another governance domain now"
    EMPTIED = "its list fell from several assets to none"


def problem_of(keyword: Keyword, concept: Concept, domains: Mapping[str, str]) -> Reason | None:
    """Return why a term or data product may not count, as it is now; None if it may.

    Its id counts while it is published and bears the configured name, in a domain of the configured name if there is
    one. `domains` are names by id.
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
    if normalized(concept.name) != normalized(keyword.term):
        return Reason.RENAMED
    if keyword.glossary and normalized(domains.get(concept.domain_id, "")) != normalized(keyword.glossary):
        return Reason.MOVED
    return None

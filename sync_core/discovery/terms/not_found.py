"""What people are told of a keyword that names nothing."""

import difflib

from sync_core.discovery.terms.find_concepts import Found
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.list_glossaries import Listing
from sync_core.errors import SyncError
from sync_core.spelling import LookAlikeError

SUGGESTIONS = 5


def why_not_found(keyword: Keyword, error: SyncError | None, listing: Listing, concepts: Found, setting: str) -> str:
    """Return why, with similar terms, and what to do in either store; lists all glossaries."""
    if isinstance(error, LookAlikeError):
        return str(error)
    if error is not None:
        return f"The term '{keyword}' of {setting} cannot be looked up: {error}"
    elsewhere = concepts.hint(keyword)
    if elsewhere and not concepts.is_elsewhere(keyword):
        return f"{setting} names '{keyword}', which selects nothing: {elsewhere}"
    names, unread = listing.names, ", ".join(listing.unread)
    similar = difflib.get_close_matches(keyword.formal_name, names, n=SUGGESTIONS, cutoff=0.5)
    hint = f"Similar terms there: {'; '.join(similar)}" if similar else f"The app can see {len(names)} terms there"
    if unread:
        hint = f"{hint}; but not all glossaries can be read: {unread}"
    return (
        f"{setting} names the glossary term '{keyword}', which Purview does not show; expected the exact name, as Term "
        f"or Term@Glossary. {hint}. Correct {setting}, or create the term and give it to the assets; if it exists, "
        "give the app's identity the role Data Reader on the root collection."
        + (f" Or else: {elsewhere}" if elsewhere else "")
    )

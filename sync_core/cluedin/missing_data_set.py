"""Recognises how GraphQL may say that a data set does not exist, where it gives no status.

The exact text is not published (docs/vendors/cluedin.md, 2.8), so that many are taken; but only if they speak of the
data set. What tells of a service, a host or a table is a failure behind CluedIn: taking that for a missing data set
would close its delivery.
"""

import re

ANSWER = re.compile(r"answered (?P<code>an error|[A-Z][A-Z0-9_]*) to \w+: (?P<said>.*)", re.DOTALL)
STATUS = re.compile(r"\s*[1-5]\d\d\b")  # a failure with a status is what its status says
MISSING = re.compile(
    r"(could|can) ?not (be )?f(i|ou)nd|not found|does ?n[o']t exist|unknown|no such|no data ?set", re.IGNORECASE
)
SUBJECT = re.compile(r"data ?set|[0-9a-f]{8}-[0-9a-f]{4}-|\b(entity|record|item|object|resource)\b", re.IGNORECASE)
BARE = re.compile(r"\W*not[ _]?found\W*", re.IGNORECASE)
BACK_END = re.compile(
    r"\b(service|server|host|database|table|index|connection|endpoint|upstream|gateway|queue|broker|column|field|method"
    r"|assembly|file|certificate|user|token)s?\b|timed? ?out",
    re.IGNORECASE,
)
MISSING_CODE = re.compile(r"(?!.*(SERVICE|SERVER|HOST|USER)).*NOT_FOUND")


def says_missing(failure: str) -> bool:
    """Whether a failure's text says that the data set which was asked for does not exist."""
    found = ANSWER.search(failure)
    if found is None or STATUS.match(found["said"]) or BACK_END.search(found["said"]):
        return False
    said = found["said"]
    if MISSING_CODE.fullmatch(found["code"]) or BARE.fullmatch(said):
        return True
    return bool(MISSING.search(said) and SUBJECT.search(said))

"""Makes what others wrote safe to log, to keep and to show: no control characters, nothing that looks like a secret.

Names come from people, error texts from services, and some services answer with what they were sent.
"""

import re

MASK = "***"
# C0 and C1 controls, line and paragraph separators, marks that turn the direction of text, halves of a character.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_IN_LINES = r"pwd|api[-_]?key|x-functions-key|x-identity-header"  # nothing else is called so, no operation of ours
_NAMES = (
    r"access_?token|refresh_?token|id_?token|client_?secret|client_?assertion|pass(?:word|wd)|"
    rf"account_?key|shared_?access_?signature|sig(?:nature)?|secret|{_IN_LINES}"
)
SECRETS = (
    re.compile(r"\beyJ[\w-]{6,}\.[\w.-]+"),  # a JSON Web Token
    re.compile(r"(?i)\b(?P<name>(?:bearer|basic)\s+)[\w.~+/=-]{16,}"),
    re.compile(rf"(?i)(?P<name>\b(?:{_NAMES})=)[^\s&;,'\"]{{3,}}"),  # a form, a query, a connection string
    re.compile(rf"(?i)(?P<name>\b(?:{_IN_LINES})\s*:\s+)[^\s&;,'\"]{{3,}}"),  # a header, a line of a log
    re.compile(r"(?i)(?P<name>[?&]code=)[^\s&;,'\"]{3,}"),  # a function key
    re.compile(rf"(?i)(?P<name>\\?[\"'](?:{_NAMES})\\?[\"']\s*:\s*\\?[\"'])[^\"'\\]+"),  # JSON, also within JSON
)


def safe_text(text: str) -> str:
    """Return a text of one line, each control character shown by its escape and each token or password masked."""
    return one_line(mask(text))


def one_line(text: str) -> str:
    r"""Return a text with each control character shown by its escape, e.g. `\n`: it cannot forge a line of a log."""
    return UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def mask(text: str) -> str:
    """Return a text with everything masked that looks like a token, a key or a password."""
    for pattern in SECRETS:
        text = pattern.sub(_masked, text)
    return text


def _masked(found: re.Match[str]) -> str:
    return (found.groupdict().get("name") or "") + MASK

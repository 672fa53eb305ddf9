"""Makes what others wrote safe to log, to keep and to show: no control characters, nothing that looks like a secret.

Names come from people, error texts from services, and some services answer with what they were sent. This is the one
place where a secret is taken out of a text: a reason as it is made, a line of the log, a bundle.
"""

import re

from sync_core.held_secrets import HELD, MASK

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
    # An argument, a line of YAML. Our own errors tell the operation `password` so: `answered 400 to password: "..."`.
    re.compile(rf"(?i)(?P<name>(?<!\bto )\b(?:{_NAMES})\s*[:=]\s*\\?[\"'])[^\"'\\]+"),
    re.compile(r"whsec_[A-Za-z0-9+/=_-]{6,}"),
    re.compile(r"\bxox[a-z]-[\w-]{10,}"),  # a token of Slack
    re.compile(r"\b[A-Za-z0-9+/]{86}=="),  # a storage account's key
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),  # who signs in by an address
    re.compile(r"(?i)(?<=[?&](?:se|sp|sv|sr|st)=)[^\s&;\"']+"),  # the rest of a shared access signature
    re.compile(
        r"(?i)(?<=://)(?:[\w-]+\.)*(?:hooks\.slack\.com|discord(?:app)?\.com/api/webhooks|webhook\.office\.com"
        r"|logic\.azure\.com(?::\d+)?/workflows)/?[^\s\"'<>]*"
    ),
)


def safe_text(text: str) -> str:
    """Return a text of one line, each control character shown by its escape and each token or password masked."""
    return one_line(mask(text))


def one_line(text: str) -> str:
    r"""Return a text with each control character shown by its escape, e.g. `\n`: it cannot forge a line of a log."""
    return UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def mask(text: str) -> str:
    """Return a text with everything masked that this process holds, or that looks like a token, a key or a password."""
    text = HELD.mask(text)
    for pattern in SECRETS:
        text = pattern.sub(_masked, text)
    return text


def _masked(found: re.Match[str]) -> str:
    return (found.groupdict().get("name") or "") + MASK

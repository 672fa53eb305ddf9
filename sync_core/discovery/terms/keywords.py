"""The keywords that select assets: `Term`, `Term@Place`, `product:Name`, several separated by `;`, or `*` for all.

A place is a glossary or a governance domain. It stands behind the last `@`: a name that has one itself is written with
its place, `Mail@Home@Finance`. A name with a `;` cannot be written.
"""

from dataclasses import dataclass

from sync_core.errors import ConfigError

ALL_ASSETS = "*"
PRODUCT = "product:"
MOST_KEYWORDS = 5000
LONGEST_TEXT = 100_000  # UTF-16 units: what is kept of the keywords, some times over, must fit into rows of 1 MiB


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term or a data product by name, of one glossary or governance domain or of any."""

    term: str
    glossary: str = ""
    is_product: bool = False

    @property
    def formal_name(self) -> str:
        """A classic term's qualified name in Purview."""
        return f"{self.term}@{self.glossary}"

    def __str__(self) -> str:
        name = self.formal_name if self.glossary else self.term
        return PRODUCT + name if self.is_product else name


@dataclass(frozen=True, slots=True)
class Selection:
    """What to sync: all assets, or those of one of the terms and data products; a person says so in `setting`."""

    keywords: tuple[Keyword, ...] = ()
    setting: str = "SYNC_TERM"

    @property
    def is_all(self) -> bool:
        """Whether every asset counts."""
        return not self.keywords

    def __str__(self) -> str:
        return "; ".join(str(keyword) for keyword in self.keywords) or ALL_ASSETS


def parse_selection(text: str, setting: str) -> Selection:
    """Read the keywords.

    Raises:
        ConfigError: there are none or too many, or one has no term before its `@`.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        raise ConfigError(
            f"{setting} is empty; expected a glossary term (Term, Term@Glossary or Term@Governance domain), a data "
            "product (product:Name) or *."
        )
    if ALL_ASSETS in parts:
        return Selection(setting=setting)
    keywords = tuple(dict.fromkeys(_parse_keyword(part, setting) for part in parts))
    if len(keywords) > MOST_KEYWORDS:
        raise ConfigError(f"{setting} has {len(keywords)} keywords; expected {MOST_KEYWORDS} at most: name fewer.")
    return Selection(keywords, setting)


def check_length(text: str, setting: str) -> None:
    """Check that the keywords can be kept.

    Raises:
        ConfigError: their text is too long.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units > LONGEST_TEXT:
        raise ConfigError(f"{setting} has {units} characters; expected {LONGEST_TEXT} at most: name fewer terms.")


def unquote(stored: str) -> str:
    """Take off the quotes that belong to the value as CluedIn stores it, e.g. `"CluedInSource"`.

    They stand around the whole, or around any of several keywords. Source: docs/vendors/cluedin.md, 4.2.
    """
    parts = [part.strip() for part in stored.split(";")]
    return ";".join(map(_bare, parts)) if any(map(_has_quotes, parts)) else _bare(stored.strip())


def _bare(text: str) -> str:
    return text[1:-1].strip() if _has_quotes(text) else text


def _has_quotes(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == '"'


def _parse_keyword(text: str, setting: str) -> Keyword:
    is_product = text.lower().startswith(PRODUCT)
    named = text[len(PRODUCT) :].strip() if is_product else text
    name, at, place = named.rpartition("@")
    if not at:
        name = place
    if not name.strip() or (at and not place.strip()):
        expected = "product:Name or product:Name@Governance domain" if is_product else "Term@Glossary"
        raise ConfigError(f"{setting} has the keyword '{text}'; expected {expected} with all names.")
    return Keyword(name.strip(), place.strip() if at else "", is_product)

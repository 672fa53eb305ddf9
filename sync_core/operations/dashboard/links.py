"""Links within the page: the same query with something changed.

The function key stays in a link only if it came in the query: then the page could not be reached without it. Whoever
sends it in a header gets links without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

KEY = "code"
ACTED = "acted"  # names the action of which the page tells what came of it; no link keeps it
FILTERS = ("state", "type", "term", "collection", "search")
KEPT = (KEY, *FILTERS, "pageSize", "after", "afterDataSet", "refresh")
ON, OFF = "on", "off"
EXPLAIN, NEXT = "explain", "next"
EXPLANATION = "explanation"  # a part of that page
ASSET = "asset"  # names the asset whose own page is shown; only links back to that page keep it


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links, relative to the page, so that they hold behind any host name and prefix."""

    query: Mapping[str, str]

    def to(self, part: str = "", path: str = "", **changes: str) -> str:
        """Return a link to the page or to another function beside it; an empty value drops a parameter."""
        asked = {name: changes.get(name, self.query.get(name, "")) for name in KEPT} | changes
        query = urlencode({name: value for name, value in asked.items() if value}, errors="replace")
        return f"{path}?{query}" + (f"#{part}" if part else "")

    def here(self, **changes: str) -> str:
        """Return a link to the page that the query names: that of all, or an asset's own."""
        return self.to(**{ASSET: self.query.get(ASSET, ""), **changes})

    @property
    def refresh(self) -> str:
        """What a person said of the page's reading itself anew: `on`, `off`, or nothing."""
        return self.query.get("refresh", "")

    def filtered(self, part: str = "", **changes: str) -> str:
        """Return a link to the first page with another choice."""
        return self.to(part, **{"after": "", "afterDataSet": "", **changes})

    def asset(self, key: str) -> str:
        """Return the link to an asset's own page, which leads back to this one."""
        return self.to(**{ASSET: key})

    def explanation(self, key: str, next_part: str = "") -> str:
        """Return the link to an asset's own page with an explanation, or with the next part of it."""
        return self.to(EXPLANATION, **{ASSET: key, EXPLAIN: "yes", NEXT: next_part})

    def plain(self) -> str:
        """Return the link to the page as it is without any choice."""
        return self.to(**dict.fromkeys(KEPT[1:], ""))

    def kept(self, *names: str) -> dict[str, str]:
        """Return what a form must send along to keep it."""
        return {name: self.query[name] for name in names if self.query.get(name)}

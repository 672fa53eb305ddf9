"""Links within the page: the same query with something changed.

The function key stays in a link only if it came in the query: then the page could not be reached without it. Whoever
sends it in a header gets links without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

KEY = "code"
KEPT = (KEY, "state", "search", "pageSize", "after", "afterDataSet")
PAGED = ("after", "afterDataSet")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links, relative to the page, so that they hold behind any host name and prefix."""

    query: Mapping[str, str]

    def to(self, part: str = "", path: str = "", **changes: str) -> str:
        """Return a link to the page or to another function beside it; an empty value drops a parameter."""
        asked = {name: changes.get(name, self.query.get(name, "")) for name in KEPT}
        query = urlencode({name: value for name, value in asked.items() if value}, errors="replace")
        return f"{path}?{query}" + (f"#{part}" if part else "")

    def plain(self) -> str:
        """Return the link to the page as it is without any choice."""
        return self.to(**dict.fromkeys(KEPT[1:], ""))

    def kept(self, *names: str) -> dict[str, str]:
        """Return what a form must send along to keep it."""
        return {name: self.query[name] for name in names if self.query.get(name)}

"""What people should know of the terms that keywords name: which these are, what cannot follow, what is not read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, Field


class TermFindings(BaseModel):
    """What was found when the keywords were looked up last.

    `names` has what people call each term or data product, by key: `classic term Tag@Glossary`. `proposals` are what to
    write in place of keywords that cannot follow a migration. `unread` says why the Unified Catalog cannot be read, and
    what to do; empty where it can. `closed_since` is since when the app is known to have no role in it at all.
    """

    names: dict[str, str] = Field(default_factory=dict)
    proposals: dict[str, str] = Field(default_factory=dict)
    unread: str = ""
    closed_since: datetime | None = None

    def name_of(self, key: str) -> str:
        """Return what people call a term or data product."""
        return self.names.get(key, key)

    @property
    def closed(self) -> str:
        """What to tell of a catalog that the app has no role in; empty where it has one."""
        return (
            f"Classic terms decide alone, as the Unified Catalog cannot be read: {self.unread}"
            if self.closed_since
            else ""
        )

    def notes(self, keywords: Mapping[str, Sequence[str]], since: datetime) -> Iterator[str]:
        """Yield what a run tells that began at `since`. `keywords` are those of each key.

        That the app has no role in the catalog may be as it should be: only the first run that sees it tells it, and
        `status` from then on.
        """
        for keyword in dict.fromkeys(one for names in keywords.values() for one in names):
            found = sorted(self.name_of(key) for key, names in keywords.items() if keyword in names)
            if len(found) > 1:
                yield f"'{keyword}' selects the assets of all of these: {'; '.join(found)}."
        if self.closed_since is None or self.closed_since >= since:
            yield from filter(None, [self.closed or self.unread])


def describe_proposals(proposals: Mapping[str, str]) -> Iterator[str]:
    """Yield what to write in place of each keyword that cannot follow."""
    for keyword, written in proposals.items():
        bare = written.rpartition("@")[0]
        yield f"'{keyword}' cannot follow by itself: write {written}, or the bare name {bare}."

"""What people should know of the terms that keywords name: which these are, what cannot follow, what is not read."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, Field


class TermNews(BaseModel):
    """What was found when the keywords were looked up last.

    `names` has what people call each term or data product, by key: `classic term Tag@Glossary`. `proposals` are what to
    write in place of keywords that cannot follow a migration. `unread` says why the Unified Catalog is not asked, and
    what to grant; empty where it is.
    """

    names: dict[str, str] = Field(default_factory=dict)
    proposals: dict[str, str] = Field(default_factory=dict)
    unread: str = ""

    def name_of(self, key: str) -> str:
        """Return what people call a term or data product."""
        return self.names.get(key, key)

    def notes(self, keywords: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yield what a run tells. `keywords` are those of each key."""
        for keyword in dict.fromkeys(word for words in keywords.values() for word in words):
            found = sorted(self.name_of(key) for key, words in keywords.items() if keyword in words)
            if len(found) > 1:
                yield f"'{keyword}' selects the assets of all of these: {'; '.join(found)}."
        if self.unread:
            yield f"Classic terms decide alone, as the Unified Catalog cannot be read: {self.unread}"


def told_of_proposals(proposals: Mapping[str, str]) -> Iterator[str]:
    """Yield what to write in place of each keyword that cannot follow."""
    for keyword, written in proposals.items():
        bare = written.rpartition("@")[0]
        yield f"'{keyword}' cannot follow by itself: write {written}, or the bare name {bare}."

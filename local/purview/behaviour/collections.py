"""The tree of collections. Source: docs/vendors/purview.md, section 7."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.purview.errors import gateway_error


@dataclass(slots=True)
class Collection:
    """`name` is the generated id of six characters (the account's name for the root); `friendly_name` is for people."""

    name: str
    friendly_name: str
    parent: str | None
    description: str
    created_at: str


class Collections:
    """All collections of an account, the root first."""

    def __init__(self, account: str, created_at: str) -> None:
        root = Collection(account, account.capitalize(), None, "The root collection.", created_at)
        self._by_name = {account: root}
        self.root = root

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def get(self, name: str) -> Collection:
        """By internal name. The code of the refusal is a guess."""
        if name not in self._by_name:
            raise gateway_error(404, "CollectionNotFound", f"Collection {name} is not found.")
        return self._by_name[name]

    def put(self, collection: Collection) -> None:
        """Create or replace; the parent must exist."""
        if collection.parent is not None:
            self.get(collection.parent)
        self._by_name[collection.name] = collection

    def delete(self, name: str) -> None:
        """Only a collection without children. The code of the refusal is a guess."""
        collection = self.get(name)
        if collection.parent is None or self.children(name):
            raise gateway_error(409, "CollectionNotEmpty", f"Collection {name} cannot be deleted: it has children.")
        del self._by_name[name]

    def children(self, name: str) -> list[Collection]:
        """Direct children."""
        return [each for each in self if each.parent == name]

    def path(self, name: str) -> list[Collection]:
        """The ancestors from the root down, without the collection itself."""
        parent = self.get(name).parent
        return [] if parent is None else [*self.path(parent), self.get(parent)]

    def subtree(self, name: str) -> set[str]:
        """The names of the collection and all below it."""
        return {name}.union(*(self.subtree(child.name) for child in self.children(name)))

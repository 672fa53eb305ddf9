"""Reads HTML as strictly as our own pages are to be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "input", "link", "meta"})
UNSEEN = frozenset({"style", "title"})


@dataclass
class Element:
    """An element, and the text in it and its children."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclass
class Document:
    """A page as it was read; `problems` are elements that are not closed where they should be."""

    elements: list[Element] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The names of all elements."""
        return {element.name for element in self.elements}

    @property
    def text(self) -> str:
        """All text of the page, spaces as a browser shows them."""
        (body,) = self.text_of("body")
        return body

    def count(self, name: str) -> int:
        """How many elements of a name there are."""
        return sum(element.name == name for element in self.elements)

    def text_of(self, name: str) -> list[str]:
        """The texts of all elements of a name; a style's is as it is."""
        found = [element.text for element in self.elements if element.name == name]
        return found if name == "style" else [" ".join(text.split()) for text in found]

    def values(self, attribute: str, of: str = "") -> list[str]:
        """The values of an attribute, of all elements or those of a name."""
        chosen = [element for element in self.elements if not of or element.name == of]
        return [element.attributes[attribute] for element in chosen if attribute in element.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            self.document.problems.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.document.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].name != tag:
            opened = self._open[-1].name if self._open else "nothing"
            self.document.problems.append(f"</{tag}> closes {opened}, line {self.getpos()[0]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        is_unseen = any(element.name in UNSEEN for element in self._open)
        for element in self._open:
            if not is_unseen or element.name in UNSEEN:
                element.text += data


def read_html(text: str) -> Document:
    """Read a page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.document.problems += [f"<{element.name}> is never closed" for element in reader._open]
    return reader.document

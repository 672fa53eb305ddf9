"""What the keywords stand for: the terms and data products of both stores that have their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sync_core.catalog.values import Concept, Kind
from sync_core.discovery.terms.keywords import Keyword, Selection
from sync_core.spelling import normalized


class Store(StrEnum):
    """Where a term is kept."""

    CLASSIC = "classic"
    UNIFIED = "unified"


def split_key(key: str) -> tuple[Kind, str] | None:
    """Return the kind and id of a term or data product of the catalog; None for the guid of a classic term.

    Raises:
        ValueError: it is of a kind that this version does not know.
    """
    kind, slash, concept_id = key.partition("/")
    return (Kind(kind), concept_id) if slash else None


def is_of_catalog(key: str) -> bool:
    """Whether a key is that of a term or data product of the catalog."""
    return split_key(key) is not None


def is_term(key: str) -> bool:
    """Whether a key is that of a term of the catalog."""
    target = split_key(key)
    return target is not None and target[0] is Kind.TERM


@dataclass(frozen=True, slots=True)
class ClassicTerm:
    """A term of the Data Map, with its glossary's name."""

    guid: str
    name: str
    glossary: str


@dataclass(frozen=True, slots=True)
class Target:
    """What keywords select assets by. `place` is a glossary's or a governance domain's name."""

    keywords: tuple[str, ...]
    store: Store
    kind: Kind
    id: str
    name: str
    place: str
    place_id: str = ""
    parent_id: str = ""

    @property
    def key(self) -> str:
        """What tells it from all others, of both stores."""
        return self.id if self.store is Store.CLASSIC else f"{self.kind}/{self.id}"

    def __str__(self) -> str:
        what = {Kind.TERM: "term", Kind.PRODUCT: "data product"}[self.kind]
        return f"{'classic ' if self.store is Store.CLASSIC else ''}{what} {self.name}@{self.place}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The targets of all keywords; `unknown` are the keywords without any, `unpublished` what has a name in vain."""

    targets: tuple[Target, ...]
    unknown: tuple[Keyword, ...]
    unpublished: tuple[tuple[Keyword, Concept], ...] = ()


def resolve(
    selection: Selection,
    classic: Sequence[ClassicTerm],
    concepts: Sequence[Concept],
    domains: Mapping[str, str],
) -> Resolution:
    """Return what the keywords stand for, in the stores that were read.

    Names compare exactly (`normalized`). A name that several glossaries, domains or stores have stands for all of them.
    `domains` are names by id. A concept that is not published stands for nothing.
    """
    targets: list[Target] = []
    unknown: list[Keyword] = []
    unpublished: list[tuple[Keyword, Concept]] = []
    for keyword in selection.keywords:
        named = [concept for concept in concepts if _has_name(keyword, concept, domains)]
        found = [
            *(_of_term(keyword, term) for term in classic if _has_classic_name(keyword, term)),
            *(_of_concept(keyword, concept, domains) for concept in named if concept.is_published),
        ]
        targets += found
        unpublished += [(keyword, concept) for concept in named if not concept.is_published]
        if not found:
            unknown.append(keyword)
    return Resolution(_merged(targets), tuple(unknown), tuple(unpublished))


def _has_classic_name(keyword: Keyword, term: ClassicTerm) -> bool:
    return not keyword.is_product and _same(keyword.term, term.name) and _is_place(keyword, term.glossary)


def _has_name(keyword: Keyword, concept: Concept, domains: Mapping[str, str]) -> bool:
    is_kind = concept.kind is (Kind.PRODUCT if keyword.is_product else Kind.TERM)
    return is_kind and _same(keyword.term, concept.name) and _is_place(keyword, domains.get(concept.domain_id, ""))


def _is_place(keyword: Keyword, place: str) -> bool:
    return not keyword.glossary or _same(keyword.glossary, place)


def _same(one: str, other: str) -> bool:
    return normalized(one) == normalized(other)


def _of_term(keyword: Keyword, term: ClassicTerm) -> Target:
    return Target((str(keyword),), Store.CLASSIC, Kind.TERM, term.guid, term.name, term.glossary)


def _of_concept(keyword: Keyword, concept: Concept, domains: Mapping[str, str]) -> Target:
    place = domains.get(concept.domain_id, concept.domain_id)
    known = (concept.kind, concept.id, concept.name, place, concept.domain_id, concept.parent_id)
    return Target((str(keyword),), Store.UNIFIED, *known)


def _merged(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Two keywords may stand for one term: its list is read once."""
    found: dict[str, Target] = {}
    for target in targets:
        known = found.get(target.key)
        found[target.key] = replace(known, keywords=known.keywords + target.keywords) if known else target
    return tuple(found.values())

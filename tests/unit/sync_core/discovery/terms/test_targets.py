"""Keywords resolved against both stores: a table of cases."""

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.keywords import parse_selection
from sync_core.discovery.terms.targets import ClassicTerm, Resolution, resolve

DOMAINS = {"f": "Finance", "s": "Sales", "g": "Glossary"}
CLASSIC = [ClassicTerm("c1", "Sync", "Glossary"), ClassicTerm("c2", "Sync", "Business Terms")]


def term(concept_id: str, name: str, domain: str, status: Status = Status.PUBLISHED) -> Concept:
    return Concept(Kind.TERM, concept_id, name, domain, status)


def product(concept_id: str, name: str, domain: str, status: Status = Status.PUBLISHED) -> Concept:
    return Concept(Kind.PRODUCT, concept_id, name, domain, status)


CONCEPTS = [
    term("u1", "Sync", "f"),
    term("u2", "Sync", "s"),
    term("u3", "sync", "f"),
    term("u4", "Sync to CluedIn", "f"),
    term("u5", "Draft", "f", Status.DRAFT),
    term("u6", "Sync", "g", Status.EXPIRED),
    term("u7", "Lost", "unknown"),
    product("p1", "Sync", "f"),
    product("p2", "Orders", "s"),
    product("p3", "Orders", "f", Status.DRAFT),
]


def resolved(text: str) -> Resolution:
    return resolve(parse_selection(text, "SYNC_TERM"), CLASSIC, CONCEPTS, DOMAINS)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Sync", ["c1", "c2", "terms/u1", "terms/u2"]),
        ("Sync@Glossary", ["c1"]),
        ("Sync@Finance", ["terms/u1"]),
        ("Sync@Business Terms", ["c2"]),
        ("Sync@Nowhere", []),
        ("sync", ["terms/u3"]),
        ("Sync  to   CluedIn", ["terms/u4"]),
        ("product:Sync", ["dataProducts/p1"]),
        ("product:Orders", ["dataProducts/p2"]),
        ("product:Orders@Finance", []),
        ("product:Orders@Sales; Sync@Finance", ["dataProducts/p2", "terms/u1"]),
        ("Sync@Finance; Sync", ["terms/u1", "c1", "c2", "terms/u2"]),
        ("Draft", []),
        ("Lost", ["terms/u7"]),
        ("Lost@Finance", []),
        ("Orders", []),
    ],
)
def test_a_keyword_stands_for_all_that_have_its_name(text: str, keys: list[str]) -> None:
    assert [target.key for target in resolved(text).targets] == keys


def test_a_keyword_without_any_is_unknown_and_its_drafts_are_told() -> None:
    found = resolved("Draft; Nothing; Sync; product:Orders@Finance")
    assert [str(keyword) for keyword in found.unknown] == ["Draft", "Nothing", "product:Orders@Finance"]
    assert [(str(keyword), concept.id) for keyword, concept in found.unpublished] == [
        ("Draft", "u5"),
        ("Sync", "u6"),
        ("product:Orders@Finance", "p3"),
    ]


def test_a_term_that_two_keywords_name_is_one_target() -> None:
    (first, *_) = resolved("Sync@Finance; Sync").targets
    assert first.keywords == ("Sync@Finance", "Sync")


def test_a_store_that_was_not_read_gives_nothing() -> None:
    selection = parse_selection("Sync", "SYNC_TERM")
    assert [target.key for target in resolve(selection, [], CONCEPTS, DOMAINS).targets] == ["terms/u1", "terms/u2"]
    assert [target.key for target in resolve(selection, CLASSIC, [], {}).targets] == ["c1", "c2"]

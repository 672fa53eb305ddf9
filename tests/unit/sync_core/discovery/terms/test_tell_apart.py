"""Terms that look alike are called with what only each of them has."""

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.keywords import parse_selection
from sync_core.discovery.terms.targets import resolve
from sync_core.discovery.terms.tell_apart import details_of, tell_apart

DOMAINS = {"d1": "Finance", "d2": "Sales", "d3": "Sales"}


def names(*concepts: tuple[str, str, str, str]) -> list[str]:
    """What terms are called, given by id, name, domain and parent."""
    found = [Concept(Kind.TERM, one, name, place, Status.PUBLISHED, parent) for one, name, place, parent in concepts]
    targets = resolve(parse_selection("Tag", "SYNC_TERM"), [], found, DOMAINS).targets
    return list(tell_apart({one.key: str(one) for one in targets}, details_of(targets, DOMAINS)).values())


@pytest.mark.parametrize(
    ("concepts", "called"),
    [
        ([("t1", "Tag", "d1", "")], ["term Tag@Finance"]),
        ([("t1", "Tag", "d1", "p1"), ("t2", "Tag", "d2", "")], ["term Tag@Finance", "term Tag@Sales"]),
        (
            [("t1", "Tag", "d1", ""), ("t2", "Tag", "d1", "")],
            ["term Tag@Finance (id t1)", "term Tag@Finance (id t2)"],
        ),
        (
            [("t1", "Tag", "d1", "p1"), ("t2", "Tag", "d1", "p2")],
            ["term Tag@Finance (below term p1, id t1)", "term Tag@Finance (below term p2, id t2)"],
        ),
        (
            [("t1", "Tag", "d1", ""), ("t2", "Tag ", "d1", "")],
            ["term Tag@Finance (id t1)", "term Tag @Finance (white space at its end, id t2)"],
        ),
        (
            [("t1", "Tag", "d1", ""), ("t2", "Ta\u200bg", "d1", "")],
            ["term Tag@Finance (id t1)", "term Ta\u200bg@Finance (characters that nobody sees: U+200B, id t2)"],
        ),
        (
            [("t1", "Tag", "d2", ""), ("t2", "Tag", "d3", "")],
            ["term Tag@Sales (in domain d2, id t1)", "term Tag@Sales (in domain d3, id t2)"],
        ),
    ],
    ids=["alone", "other domains", "same", "parents", "white space", "unseen", "domains of one name"],
)
def test_terms_that_look_alike_are_told_apart(concepts: list[tuple[str, str, str, str]], called: list[str]) -> None:
    assert names(*concepts) == called


def test_classic_terms_are_told_apart_by_their_guids() -> None:
    both = {"guid-1": "classic term Tag@Glossary", "guid-2": "classic term Tag@Glossary"}
    assert tell_apart(both, {}) == {
        "guid-1": "classic term Tag@Glossary (id guid-1)",
        "guid-2": "classic term Tag@Glossary (id guid-2)",
    }


def test_what_was_told_apart_before_is_not_told_twice() -> None:
    both = tell_apart({"guid-1": "classic term Tag@Glossary", "guid-2": "classic term Tag@Glossary"}, {})
    assert tell_apart(both, {}) == both

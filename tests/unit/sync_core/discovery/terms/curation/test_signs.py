"""What is concluded of asset curation, and which keyword is proposed: tables of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.curation.signs import is_missing_for_long, is_search_due, proposal
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import Look, Memory, Sight

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LONG, SHORT = NOW - timedelta(hours=2), NOW - timedelta(minutes=1)


def remembered(shown: int, **fields: object) -> Memory:
    return Memory.model_validate({"key": "c1", "shown": shown, "digest": "d", "since": LONG, **fields})


@pytest.mark.parametrize(
    ("memory", "look", "is_shown"),
    [
        (remembered(2, missing_since=LONG), Look(Sight.GONE), True),
        (remembered(1, missing_since=LONG), Look(Sight.GONE), True),
        (remembered(2, missing_since=SHORT), Look(Sight.GONE), False),
        (remembered(2), Look(Sight.GONE), False),
        (remembered(0, missing_since=LONG), Look(Sight.GONE), False),
        (remembered(2, missing_since=LONG), Look(Sight.HIDDEN), False),
        (remembered(2, missing_since=LONG, has_fallen=True), Look(Sight.NOTHING), True),
        (remembered(2, missing_since=LONG), Look(Sight.NOTHING), False),
    ],
)
def test_a_classic_term_shows_curation_that_is_gone_or_emptied_at_two_looks(
    memory: Memory, look: Look, *, is_shown: bool
) -> None:
    assert is_missing_for_long(memory, look, NOW) is is_shown


@pytest.mark.parametrize(
    ("memory", "assets", "digest", "is_due"),
    [
        (remembered(2), 2, "d", True),
        (remembered(2, searched_at=LONG), 2, "d", True),
        (remembered(2, searched_at=SHORT), 2, "d", False),
        (remembered(2, since=SHORT), 2, "d", False),
        (remembered(2), 2, "another", False),
        (remembered(9), 1, "d", True),
        (remembered(9), 0, "d", False),
    ],
)
def test_the_search_is_asked_hourly_for_what_was_listed_for_an_hour(
    memory: Memory, assets: int, digest: str, *, is_due: bool
) -> None:
    look = Look(Sight.ROWS, assets=frozenset(str(each) for each in range(assets)), digest=digest)
    assert is_search_due(memory, look, NOW) is is_due


@pytest.mark.parametrize(
    ("keyword", "statuses", "proposed"),
    [
        (Keyword("Sync", "Glossary"), {"f": Status.PUBLISHED}, "Sync@Finance"),
        (Keyword("Sync", "Glossary"), {"f": Status.PUBLISHED, "s": Status.DRAFT}, "Sync@Finance"),
        (Keyword("Sync", "Glossary"), {"f": Status.PUBLISHED, "s": Status.PUBLISHED}, ""),
        (Keyword("Sync", "Glossary"), {"f": Status.DRAFT}, ""),
        (Keyword("Sync"), {"f": Status.PUBLISHED}, ""),
        (Keyword("Sync", "Glossary"), {"unknown": Status.PUBLISHED}, ""),
    ],
)
def test_a_keyword_is_proposed_where_exactly_one_published_term_has_the_name(
    keyword: Keyword, statuses: dict[str, Status], proposed: str
) -> None:
    concepts = [Concept(Kind.TERM, domain, "Sync", domain, status) for domain, status in statuses.items()]
    assert proposal(keyword, concepts, {"f": "Finance", "s": "Sales"}) == proposed

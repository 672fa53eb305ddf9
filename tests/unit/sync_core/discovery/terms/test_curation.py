"""What is concluded of asset curation, and what becomes of classic terms then: a table of cases."""

from dataclasses import replace

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.curation import (
    Evidence,
    Stance,
    is_kept,
    proposal,
    shows_curation,
    stances,
    successors,
)
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.targets import Store, Target

CLASSIC = Target(("Sync",), Store.CLASSIC, Kind.TERM, "c1", "Sync", "Glossary")
MIGRATED = Target(("Sync",), Store.UNIFIED, Kind.TERM, "u1", "Sync", "Finance", "f")
NAMESAKE = Target(("Sync",), Store.UNIFIED, Kind.TERM, "u2", "Sync", "Sales", "s")
BOUND = Target(("Sync@Glossary",), Store.CLASSIC, Kind.TERM, "c1", "Sync", "Glossary")
PRODUCT = Target(("Sync",), Store.UNIFIED, Kind.PRODUCT, "p1", "Sync", "Finance", "f")


@pytest.mark.parametrize(
    ("seen", "is_shown"),
    [
        (Evidence(listed=5, lists_now=5, catalog_answers=True), False),
        (Evidence(listed=5, lists_now=0, catalog_answers=True), True),
        (Evidence(listed=5, lists_now=0, catalog_answers=False), False),
        (Evidence(listed=1, lists_now=0, catalog_answers=True), False),
        (Evidence(listed=0, lists_now=0, catalog_answers=True), False),
        (Evidence(listed=1, lists_now=None, catalog_answers=True), True),
        (Evidence(listed=0, lists_now=None, catalog_answers=True), False),
        (Evidence(listed=5, lists_now=None, catalog_answers=False), False),
        (Evidence(listed=5, lists_now=5, catalog_answers=True, listed_long=5, found=0), True),
        (Evidence(listed=5, lists_now=5, catalog_answers=True, listed_long=5, found=1), False),
        (Evidence(listed=5, lists_now=5, catalog_answers=True, listed_long=1, found=0), False),
        (Evidence(listed=5, lists_now=5, catalog_answers=True, listed_long=5, found=None), False),
    ],
)
def test_curation_is_concluded_from_a_classic_term_that_nothing_finds(seen: Evidence, *, is_shown: bool) -> None:
    assert shows_curation(seen) is is_shown


def test_before_curation_every_target_decides() -> None:
    shown = {"c1": {"a"}, "terms/u1": {"b"}}
    assert set(stances([CLASSIC, MIGRATED], is_curated=False, shown=shown).values()) == {Stance.DECIDES}


@pytest.mark.parametrize(
    ("shown", "stance"),
    [
        ({"c1": {"a", "b"}}, Stance.YESTERDAY),  # the copies are drafts that nobody sees
        ({"c1": {"a", "b"}, "terms/u1": {"a", "b"}}, Stance.SUPERSEDED),
        ({"c1": {"a", "b"}, "terms/u1": {"a"}}, Stance.SUPERSEDED),
        ({"c1": {"a", "b"}, "terms/u1": set()}, Stance.YESTERDAY),
        ({"c1": {"a", "b"}, "terms/u1": {"z"}}, Stance.YESTERDAY),  # it merely has the name
        ({"c1": set(), "terms/u1": {"z"}}, Stance.SUPERSEDED),
        ({"terms/u1": {"z"}}, Stance.SUPERSEDED),
    ],
)
def test_a_classic_term_is_evidence_of_yesterday_until_its_successor_is_read(
    shown: dict[str, set[str]], stance: Stance
) -> None:
    found = stances([CLASSIC, MIGRATED], is_curated=True, shown=shown)
    assert found == {"c1": stance, "terms/u1": Stance.DECIDES}


def test_only_the_namesake_that_has_its_assets_succeeds_it() -> None:
    shown = {"c1": {"a", "b"}, "terms/u1": {"b"}, "terms/u2": {"z"}}
    assert successors(CLASSIC, [CLASSIC, MIGRATED, NAMESAKE], shown) == [MIGRATED]


def test_a_term_that_a_bare_keyword_names_too_follows_though_another_one_binds_it() -> None:
    classic = replace(CLASSIC, keywords=("Sync@Glossary", "Sync"))
    assert successors(classic, [classic, MIGRATED], {"c1": {"a"}, "terms/u1": {"a"}}) == [MIGRATED]


def test_a_term_that_is_bound_to_its_glossary_cannot_follow_and_a_product_never_succeeds() -> None:
    shown = {"c1": {"a"}, "terms/u1": {"a"}, "dataProducts/p1": {"a"}}
    assert stances([BOUND, MIGRATED], is_curated=True, shown=shown)["c1"] is Stance.YESTERDAY
    assert stances([CLASSIC, PRODUCT], is_curated=True, shown=shown)["c1"] is Stance.YESTERDAY


@pytest.mark.parametrize(
    ("targets", "size", "kept"),
    [
        (["c1"], 100, False),
        (["c1"], 101, True),
        (["c1", "terms/u1"], 101, False),
        (["terms/u1"], 500, False),
    ],
)
def test_what_a_migration_may_have_cut_is_kept_until_a_successor_has_shown_it(
    targets: list[str], size: int, *, kept: bool
) -> None:
    assert is_kept(targets, size, ["terms/u1"]) is kept


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

"""When a term counts and when it is paused: a table of cases."""

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import Reason, problem_of

DOMAINS = {"f": "Finance", "s": "Sales", "f2": "Finance"}


@pytest.mark.parametrize(
    ("name", "domain", "status", "problem"),
    [
        ("Sync", "f", Status.PUBLISHED, None),
        (" Sync ", "f", Status.PUBLISHED, None),
        ("Sync", "f2", Status.PUBLISHED, None),
        ("Sync", "f", Status.DRAFT, Reason.DRAFT),
        ("Sync", "f", Status.EXPIRED, Reason.EXPIRED),
        ("Sync", "f", Status.OTHER, Reason.UNPUBLISHED),
        ("Sync 2", "f", Status.PUBLISHED, Reason.RENAMED),
        ("sync", "f", Status.PUBLISHED, Reason.RENAMED),
        ("Sync", "s", Status.PUBLISHED, Reason.MOVED),
        ("Sync", "", Status.PUBLISHED, Reason.MOVED),
        ("Sync 2", "s", Status.DRAFT, Reason.DRAFT),
    ],
)
def test_only_a_published_term_of_the_configured_name_and_domain_counts(
    name: str, domain: str, status: Status, problem: Reason | None
) -> None:
    concept = Concept(Kind.TERM, "u1", name, domain, status)
    assert problem_of(Keyword("Sync", "Finance"), concept, DOMAINS) is problem


def test_a_bare_name_follows_its_term_into_another_domain() -> None:
    concept = Concept(Kind.TERM, "u1", "Sync", "s", Status.PUBLISHED)
    assert problem_of(Keyword("Sync"), concept, DOMAINS) is None

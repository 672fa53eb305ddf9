"""What is kept of the terms that a selection names has a bound."""

from uuid import UUID

import pytest

from sync_core.discovery.terms.resolve_terms import ResolvedTerms, check_size
from sync_core.discovery.terms.term_findings import TermFindings
from sync_core.errors import ConfigError
from sync_core.storage.rows import LARGEST_ROW_BYTES, size_bytes, to_row
from tests.unit.sync_core.builders import NOW


def resolved(count: int, name: str) -> ResolvedTerms:
    words = {str(UUID(int=number)): f"{name} {number}@Glossary" for number in range(count)}
    return ResolvedTerms(
        selection="; ".join(words.values()),
        store="auto",
        keywords={key: [word] for key, word in words.items()},
        resolved_at=NOW,
        findings=TermFindings(names={key: f"classic term {word}" for key, word in words.items()}),
    )


@pytest.mark.parametrize(("count", "name"), [(1, "Sync"), (2000, "Sync"), (500, "T" * 200)])
def test_terms_that_a_row_holds_are_taken(count: int, name: str) -> None:
    terms = resolved(count, name)
    check_size(terms, "SYNC_TERM")
    assert size_bytes(to_row("p", "r", terms)) < 2**20


@pytest.mark.parametrize(("count", "name"), [(4999, "Sync"), (2000, "T" * 60), (1000, "\U0001f600" * 100)])
def test_terms_that_no_row_holds_are_refused_by_the_settings_name(count: int, name: str) -> None:
    terms = resolved(count, name)
    assert size_bytes(to_row("", "", terms)) > LARGEST_ROW_BYTES
    with pytest.raises(ConfigError, match=f"SYNC_TERM selects {count} terms, with long names; expected .*: name fewer"):
        check_size(terms, "SYNC_TERM")

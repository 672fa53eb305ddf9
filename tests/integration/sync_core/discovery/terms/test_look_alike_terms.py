"""Terms that look like the one that a keyword names, and are written with other characters."""

import unicodedata

import pytest

from local.purview import Purview
from local.purview.admin import unified
from sync_core.errors import ConfigError
from sync_core.operations.doctor import Verdict
from tests.integration.sync_core.discovery.terms.test_resolve_terms import ORDERS, PRODUCTS, make_term, names
from tests.integration.sync_core.discovery.unified_estate import ASSETS, READER, do
from tests.kit.estate import NewEstate

PLAIN = "Größe Gold"
DECOMPOSED = unicodedata.normalize("NFD", PLAIN)
ALIKE = [f"{PLAIN} ", f"\t{PLAIN}", "Größe  Gold", "Größe\u00a0Gold", DECOMPOSED, f"\ufeff{PLAIN}"]
EACH = pytest.mark.parametrize("term", ALIKE)
KEYWORDS = pytest.mark.parametrize("keyword", [PLAIN, f"{PLAIN}@Glossary", f" {DECOMPOSED} @ Glossary "])


@EACH
@KEYWORDS
def test_a_term_that_looks_like_the_keyword_is_found(
    new_small_estate: NewEstate, purview: Purview, keyword: str, term: str
) -> None:
    make_term(purview, term, PRODUCTS)
    estate = new_small_estate(SYNC_TERM=keyword)

    estate.tick()

    assert names(estate) == ["Products"]


@pytest.mark.parametrize("glossary", ["Business  Terms", "Business\u00a0Terms", "Business Terms\u200b"])
def test_a_glossary_that_looks_like_the_one_of_the_keyword_is_found(
    new_small_estate: NewEstate, purview: Purview, glossary: str
) -> None:
    make_term(purview, PLAIN, PRODUCTS, glossary="Business Terms")
    estate = new_small_estate(SYNC_TERM=f"{PLAIN}@{glossary}")

    estate.tick()

    assert names(estate) == ["Products"]


def test_of_two_terms_that_look_alike_the_one_that_is_written_as_the_keyword_is_meant(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, f"{PLAIN} ", ORDERS)
    make_term(purview, PLAIN, PRODUCTS)
    estate = new_small_estate(SYNC_TERM=PLAIN)

    estate.tick()

    assert names(estate) == ["Products"]


@KEYWORDS
def test_where_two_remain_the_error_tells_in_what_they_differ(
    new_small_estate: NewEstate, purview: Purview, keyword: str
) -> None:
    make_term(purview, f"{PLAIN} ", ORDERS)
    make_term(purview, "Größe  Gold", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=keyword)

    run = estate.failing_tick(ConfigError)

    assert "SYNC_TERM names the term" in run.error
    assert "(white space at its end)" in run.error
    assert "(white space inside that is no single space)" in run.error
    assert names(estate) == []
    keywords = next(one for one in estate.app.doctor.examine() if one.check.startswith("Keywords"))
    assert keywords.verdict is Verdict.FAIL
    assert "white space at its end" in keywords.detail


@pytest.mark.parametrize("keyword", [PLAIN, f"product:{PLAIN}@Finance"])
@pytest.mark.parametrize(("match", "name"), [("substring", DECOMPOSED), ("prefix", ALIKE[1]), ("exact", ALIKE[3])])
def test_what_the_unified_catalog_takes_for_no_match_is_found_by_how_it_looks(
    new_small_estate: NewEstate, purview: Purview, keyword: str, match: str, name: str
) -> None:
    """It is asked for a name by a keyword, and compares that with what is written."""
    kind = "product" if "product" in keyword else "term"
    estate = new_small_estate(SYNC_TERM=keyword)
    purview.patch_switches({"unified_name_keyword": match})
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, **{kind: name}, domain="Finance", assets=ASSETS[2:])
    do(estate, unified.set_roles, roles=READER)

    estate.tick()

    assert names(estate) == ["Products"]


def test_two_that_look_alike_stop_no_other_keyword(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, f"{PLAIN} ", ORDERS)
    make_term(purview, "Größe  Gold", ORDERS)
    make_term(purview, "Silver", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{PLAIN}; Silver")

    run = estate.failing_tick(ConfigError)

    assert "white space at its end" in run.error
    assert names(estate) == ["Products"]

"""A glossary or a keyword that cannot be read hides no other."""

import pytest

from local.purview import Purview
from local.stack import TERM
from sync_core.errors import ConfigError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import PRODUCTS, make_term
from tests.integration.sync_core.discovery.unreadable import SECOND, names, ticks
from tests.kit.estate import NewEstate

pytestmark = pytest.mark.faults


def test_a_glossary_that_cannot_be_listed_hides_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, "Sync to CluedIn", PRODUCTS, glossary="Business Terms")
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    (other,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate.tick()
    estate.unreadable(f"glossary/{other.guid}/terms")

    ticks(estate, 4, every_s=660)

    # The terms that are known go on, also those of the glossary that cannot be listed.
    assert names(estate) == ["Customers", "Orders", "Products"]
    assert {record.absent for record in estate.records()} == {0}


def test_a_glossary_that_could_never_be_listed_hides_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    (other,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.unreadable(f"glossary/{other.guid}/terms")

    run = estate.tick()

    assert names(estate) == ["Customers", "Orders"]
    assert run.counts["unreadable glossaries"] == 1


def test_terms_that_are_known_go_on_while_the_glossaries_cannot_be_read(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.tick()
    estate.unreadable("atlas/v2/glossary\\?")
    estate.act("tag", asset="Products", term=TERM)

    estate.clock.advance(660)
    run = estate.tick()

    assert "Products" in names(estate)
    assert run.counts["unreadable stores"] == 1
    before = estate.purview.log.last_seq
    estate.tick()
    estate.tick()
    assert sum(estate.asked_of_purview(before).values()) <= 2 + 3


def test_a_keyword_that_cannot_be_looked_up_stops_no_other(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, "Second", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {SECOND}")
    estate.unreadable("qualifiedName=Second")

    run = estate.failing_tick(ConfigError)

    assert "'Second@Glossary' of SYNC_TERM cannot be looked up" in run.error
    assert names(estate) == ["Customers", "Orders"]

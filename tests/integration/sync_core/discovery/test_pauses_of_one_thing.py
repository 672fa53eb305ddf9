"""A pause that one thing asks for is its own; one that the store asks for is kept by all."""

from contextlib import suppress
from typing import Any

import pytest

from local.purview import Purview
from local.stack import TERM
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.errors import ConfigError, TransientError
from tests.integration.sync_core.discovery.terms.test_resolve_terms import PRODUCTS, make_term
from tests.integration.sync_core.discovery.unreadable import SECOND, guid_of, list_of, names
from tests.kit.estate import Estate, NewEstate

LONG: dict[str, Any] = {"status": 503, "headers": {"Retry-After": "3000"}}


@pytest.mark.parametrize("thing", ["asset", "type", "term", "glossary", "keyword"])
def test_a_pause_that_one_thing_asks_for_is_its_own_and_not_the_whole_services(
    new_small_estate: NewEstate, purview: Purview, thing: str
) -> None:
    make_term(purview, "Second", PRODUCTS)
    (glossary,) = [one for one in purview.glossary.glossaries() if one.display_text == "Business Terms"]
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn" if thing == "glossary" else f"{TERM}; {SECOND}")
    estate.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    things = {
        "asset": guid_of(estate, PRODUCTS),
        "type": "typedef/name/azure_datalake_gen2_path",
        "term": list_of(purview, SECOND),
        "glossary": f"glossary/{glossary.guid}/terms",
        "keyword": "qualifiedName=Second",
    }
    estate.unreadable(things[thing], **LONG)
    for _ in range(2):
        estate.clock.advance(60)
        before = estate.purview.log.last_seq
        with suppress(ConfigError):  # a keyword that cannot be looked up is told
            estate.app.discover_assets.run()

    assert {"Customers", "Orders"} <= set(names(estate))
    assert estate.app.pauses.wait_s("purview") == 0
    if thing != "keyword":  # it is left alone for as long as it asks
        assert not [one for one in estate.purview_log(before) if things[thing] in f"{one.path}?{one.query}"]


def test_a_pause_that_the_store_asks_for_is_kept_by_all(three: Estate) -> None:
    three.sync()
    three.purview_fault(".*", times=None, **LONG)
    three.clock.advance(COMPARE_AFTER.total_seconds())

    three.failing_tick(TransientError)

    assert three.app.pauses.wait_s("purview") >= 3000
    before = three.purview.log.last_seq
    three.tick()
    assert not three.asked_of_purview(before)

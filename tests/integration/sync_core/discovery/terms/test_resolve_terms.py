from typing import Any

import pytest

from local.purview import Purview
from local.purview.admin.actions import STEWARD, find_term
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.terms.resolve_terms import MOST_EXPLAINED, RESOLVE_AFTER
from sync_core.errors import ConfigError
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate


def names(estate: Estate) -> list[str]:
    return sorted(record.name for record in estate.records())


def make_term(purview: Purview, name: str, *assets: str, glossary: str = "Glossary", parent: str = "") -> None:
    """Make a term as a steward would and give it to assets."""
    (anchor,) = [each for each in purview.glossary.glossaries() if each.display_text == glossary]
    above = {"parentTerm": {"termGuid": find_term(purview, parent).guid}} if parent else {}
    term = purview.glossary.create_term({"name": name, "anchor": {"glossaryGuid": anchor.guid}, **above}, STEWARD)
    purview.glossary.assign(term, [purview.catalog.named(asset)[0].guid for asset in assets], STEWARD)


SALES_MODEL = "https://app.powerbi.com/groups/5f3c2a7e-9d41-4b0f-8a63-2c7b1e90d4aa/datasets/9a1f"
PRODUCTS = "mssql://contoso-sql.database.windows.net/crm/dbo/Products"
ORDERS = "mssql://contoso-sql.database.windows.net/crm/dbo/Orders"
CUSTOMERS = "mssql://contoso-sql.database.windows.net/crm/dbo/Customers"
LIST_TERMS = "Glossary_ListTermHeaders"
FIND_TERM = "Entity_GetByUniqueAttributes"


def test_a_bare_term_stands_for_the_terms_of_that_name_in_all_glossaries(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "Sync to CluedIn", PRODUCTS, glossary="Business Terms")
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")

    estate.tick()

    assert names(estate) == ["Customers", "Orders", "Products"]
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 2}


def test_two_keywords_may_name_one_term(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn; Sync to CluedIn@Glossary")

    estate.tick()

    assert names(estate) == ["Customers", "Orders"]
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 1}


def test_a_term_of_one_glossary_leaves_the_other_glossary_alone(new_small_estate: NewEstate, purview: Purview) -> None:
    make_term(purview, "Sync to CluedIn", PRODUCTS, glossary="Business Terms")
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn@Business Terms")

    estate.tick()

    assert names(estate) == ["Products"]


@pytest.mark.parametrize("keyword", ["Customer_Gold", "Customer_Gold@Glossary"])
def test_a_child_term_is_named_by_its_formal_name(new_small_estate: NewEstate, purview: Purview, keyword: str) -> None:
    make_term(purview, "Gold", SALES_MODEL, parent="Customer@Glossary")
    estate = new_small_estate(SYNC_TERM=keyword)

    estate.tick()

    assert names(estate) == ["Sales Model"]


@pytest.mark.parametrize("keyword", ["Customer_Gold", "Customer_Gold@Glossary"])
def test_a_child_term_is_found_by_its_formal_name_where_it_is_listed_without_its_parent(
    new_small_estate: NewEstate, purview: Purview, keyword: str
) -> None:
    make_term(purview, "Gold", SALES_MODEL, parent="Customer@Glossary")
    purview.patch_switches({"term_headers": "short"})
    estate = new_small_estate(SYNC_TERM=keyword)

    estate.tick()

    assert names(estate) == ["Sales Model"]


def test_an_unknown_term_fails_the_run_with_similar_terms_and_retires_nothing(new_small_estate: NewEstate) -> None:
    new_small_estate().tick()
    estate = new_small_estate(SYNC_TERM="Sync to Cluedin@Glossary")
    records = estate.records()

    run = estate.failing_tick(ConfigError)

    assert run.error_class == "config"
    assert "SYNC_TERM names the glossary term 'Sync to Cluedin@Glossary', which Purview does not show" in run.error
    assert "Similar terms there: Sync to CluedIn@Glossary; Not to be synced to CluedIn@Glossary" in run.error
    assert estate.records() == records


def test_the_name_of_a_child_alone_is_answered_with_its_formal_name(new_small_estate: NewEstate) -> None:
    run = new_small_estate(SYNC_TERM="Address@Glossary").failing_tick(ConfigError)

    assert "Customer_Address@Glossary" in run.error


def test_one_unknown_keyword_of_several_stops_the_others_no_longer_and_fails_each_run(
    new_small_estate: NewEstate,
) -> None:
    estate = new_small_estate(SYNC_TERM=f"{TERM}; nonsense; absurd@Glossary")

    for _ in range(2):
        run = estate.failing_tick(ConfigError)
        assert run.error.count("which Purview does not show") == 2
        assert "'nonsense'" in run.error
        assert "'absurd@Glossary'" in run.error

    assert names(estate) == ["Customers", "Orders"]
    assert [len(message.sends) for message in estate.messages()] == [2]
    assert run.counts["assigned"] == 2


def test_of_many_unknown_keywords_a_few_are_explained_and_all_are_counted(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="; ".join([TERM, *(f"nonsense {number}" for number in range(300))]))

    with pytest.raises(ConfigError, match="300 keywords name nothing; the first 10 are:") as caught:
        estate.app.discover_assets.run()

    assert str(caught.value).count("which Purview does not show") == MOST_EXPLAINED
    assert names(estate) == ["Customers", "Orders"]


def test_a_term_that_was_renamed_is_paused_alone_until_one_of_its_name_is_made(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    make_term(purview, "More", PRODUCTS)
    estate = new_small_estate(SYNC_TERM=f"{TERM}; More@Glossary")
    estate.tick()
    purview.glossary.update_term(find_term(purview, "More@Glossary").guid, {"name": "Renamed"}, STEWARD)
    estate.act("untag", asset="Orders", term=TERM)

    estate.clock.advance(RESOLVE_AFTER.total_seconds())
    for _ in range(3):
        estate.clock.advance(60)
        run = estate.tick()
    assert "More@Glossary" in " ".join(run.notes)
    assert estate.record_of("Products").absent == 0
    assert estate.record_of("Orders").status is AssetStatus.RETIRED

    make_term(purview, "More", CUSTOMERS)
    estate.clock.advance(RESOLVE_AFTER.total_seconds())
    for _ in range(2):
        estate.clock.advance(60)
        estate.tick()
    assert estate.record_of("Products").status is AssetStatus.RETIRED


def test_while_a_keyword_is_unknown_nobody_counts_as_missing(new_small_estate: NewEstate) -> None:
    new_small_estate().tick()
    estate = new_small_estate(SYNC_TERM=f"{TERM}; More@Glossary")
    estate.act("untag", asset="Orders", term=TERM)

    for _ in range(3):
        estate.failing_tick(ConfigError)
    assert {record.absent for record in estate.records()} == {0}


def test_a_keyword_that_is_unknown_no_longer_is_found_by_the_next_tick(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    estate = new_small_estate(SYNC_TERM=f"{TERM}; More@Glossary")
    estate.failing_tick(ConfigError)
    make_term(purview, "More", PRODUCTS)

    estate.tick()

    assert names(estate) == ["Customers", "Orders", "Products"]


def test_a_term_that_was_deleted_and_made_anew_is_found_at_the_next_tick(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.tick()
    delete_term(purview)
    make_term(purview, "Sync to CluedIn", PRODUCTS)

    small_estate.tick()

    assert names(small_estate) == ["Customers", "Orders", "Products"]


def test_a_term_that_was_deleted_is_paused_until_it_is_back(small_estate: Estate, purview: Purview) -> None:
    small_estate.tick()
    records = small_estate.records()
    delete_term(purview)

    assert "Purview does not show the classic term any more" in " ".join(small_estate.tick().notes)
    assert small_estate.records() == records
    make_term(purview, "Sync to CluedIn", PRODUCTS)
    assert small_estate.tick().counts["new"] == 1


@pytest.mark.parametrize(
    "answer",
    [
        {
            "status": 404,
            "body": {"errorCode": "ATLAS-404-00-00E", "errorMessage": "Glossary term is invalid/not found"},
        },
        {"status": 404, "body": "not found"},
        {"status": 400, "body": {"errorCode": "ATLAS-400-00-05C", "errorMessage": "Term invalid"}},
    ],
    ids=str,
)
def test_a_term_that_is_gone_is_noticed_however_purview_says_so(
    small_estate: Estate, purview: Purview, answer: dict[str, Any]
) -> None:
    small_estate.tick()
    delete_term(purview)
    make_term(purview, "Sync to CluedIn", PRODUCTS)
    small_estate.purview_fault(ASSIGNMENTS, **answer)

    small_estate.tick()

    assert names(small_estate) == ["Customers", "Orders", "Products"]


def test_a_term_that_is_gone_and_answers_with_an_empty_list_retires_nobody(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.tick()
    delete_term(purview)
    small_estate.purview_fault(ASSIGNMENTS, times=None, status=200, body=[])

    notes: list[str] = []
    for _ in range(3):
        small_estate.clock.advance(60)
        notes += small_estate.tick().notes

    assert "fell from several assets to none" in " ".join(notes)
    assert {record.absent for record in small_estate.records()} == {0}


def test_a_term_that_is_gone_and_answers_with_fewer_retires_nobody(small_estate: Estate, purview: Purview) -> None:
    small_estate.tick()
    one = small_estate.record_of("Orders")
    row = {"guid": one.guid, "typeName": one.type_name, "displayText": one.name, "relationshipGuid": "r"}
    delete_term(purview)
    small_estate.purview_fault(ASSIGNMENTS, times=1, status=200, body=[row])
    small_estate.purview_fault(ASSIGNMENTS, times=1, status=200, body=[])  # nothing follows

    run = small_estate.tick()

    assert any("not published any more" in note for note in run.notes)
    assert {record.absent for record in small_estate.records()} == {0}


def test_a_term_that_was_made_anew_while_the_old_one_answers_with_an_empty_list_retires_nobody(
    small_estate: Estate, purview: Purview
) -> None:
    small_estate.tick()
    delete_term(purview)
    make_term(purview, "Sync to CluedIn", ORDERS, CUSTOMERS)
    small_estate.purview_fault(ASSIGNMENTS, times=2, status=200, body=[])

    small_estate.tick()  # a list that falls from several to none proves nothing: the term is looked up, and found anew
    small_estate.tick()

    assert {record.absent for record in small_estate.records()} == {0}


def test_terms_are_looked_up_again_only_when_somebody_would_be_missing(small_estate: Estate) -> None:
    small_estate.tick()
    before = small_estate.purview.log.last_seq
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.tick()
    assert small_estate.asked_of_purview(before)[FIND_TERM] == 0

    small_estate.act("untag", asset="Products", term=TERM)
    small_estate.tick()
    assert small_estate.asked_of_purview(before)[FIND_TERM] == 1


def test_a_second_term_of_the_same_name_is_found_after_ten_minutes_and_no_glossary_is_listed_before(
    new_small_estate: NewEstate, purview: Purview
) -> None:
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn")
    estate.tick()
    make_term(purview, "Sync to CluedIn", PRODUCTS, glossary="Business Terms")
    before = purview.log.last_seq

    for _ in range(9):
        estate.clock.advance(RESOLVE_AFTER.total_seconds() / 10)
        estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 9}
    estate.clock.advance(RESOLVE_AFTER.total_seconds() / 10)
    estate.tick()

    assert names(estate) == ["Customers", "Orders", "Products"]
    assert estate.asked_of_purview(before)[LIST_TERMS] == 4  # two glossaries, a page and what follows it


def delete_term(purview: Purview) -> None:
    """Take the sync term from its assets and delete it, as a steward would."""
    term = find_term(purview, TERM)
    assigned = [(asset.guid, assignment.guid) for asset, assignment in purview.glossary.assigned(term)]
    purview.glossary.unassign(term, list(assigned), STEWARD)
    purview.glossary.delete_term(term.guid)

"""A term or domain that is a draft, renamed or deleted makes nobody missing, and people are told."""

from collections.abc import Callable
from typing import Any

import pytest

from local.purview.admin import unified
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError
from tests.integration.sync_core.discovery.unified_estate import (
    ASSETS,
    SQL,
    do,
    statuses,
    sync,
    tagged,
    tick,
    ticks,
    work,
)
from tests.kit.estate import Estate, NewEstate
from tests.kit.people import People


@pytest.fixture
def estate(new_small_estate: NewEstate) -> Estate:
    return tagged(new_small_estate)


@pytest.mark.parametrize("hidden", ["not_found", "forbidden", "readable", "links_empty"])
@pytest.mark.parametrize("status", ["Draft", "Expired"])
def test_a_term_that_is_not_published_makes_nobody_missing_and_goes_on_when_it_is_again(
    estate: Estate, status: str, hidden: str
) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": hidden})
    do(estate, unified.set_status, term="Tag", status=status)
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    for _ in range(5):
        estate.clock.advance(660)
        tick(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    assert all(not record.absent for record in estate.records())
    do(estate, unified.set_status, term="Tag", status="Published")
    estate.clock.advance(7300)
    sync(estate)
    ticks(estate)
    assert statuses(estate)["ActiveCustomers"] in {AssetStatus.SYNCED, AssetStatus.QUEUED}
    assert statuses(estate)["Customers"] is AssetStatus.RETIRED


def test_a_rejected_asset_is_not_forgotten_while_its_term_is_a_draft(estate: Estate) -> None:
    sync(estate)
    (record, *_) = estate.records()
    estate.app.assets.change(record.key, lambda one: one.model_copy(update={"status": AssetStatus.REJECTED}))
    do(estate, unified.set_status, term="Tag", status="Draft")
    for _ in range(3):
        estate.clock.advance(660)
        tick(estate)
    assert AssetStatus.REJECTED in statuses(estate).values()


@pytest.mark.parametrize("keyword", ["Tag", "Tag@Finance"])
def test_a_domain_that_is_unpublished_makes_nobody_missing_and_is_named_where_it_was_asked_for(
    new_small_estate: NewEstate, keyword: str
) -> None:
    estate = new_small_estate(SYNC_TERM=keyword)
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS)
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    sync(estate)
    do(estate, unified.set_status, domain="Finance", status="Draft")
    for _ in range(5):
        estate.clock.advance(660)
        tick(estate)
        is_named = any("its governance domain is not shown" in note for note in estate.last_run().notes)
        assert is_named is (keyword != "Tag")
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    assert all(not record.absent for record in estate.records())
    do(estate, unified.set_status, domain="Finance", status="Published")
    ticks(estate, 12)
    assert not [note for note in estate.last_run().notes if "Tag" in note]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        (unified.rename, {"term": "Tag", "name": "Other"}),
        (unified.delete, {"term": "Tag"}),
    ],
)
def test_a_term_that_is_renamed_or_deleted_makes_nobody_missing(
    estate: Estate, act: Callable[[Any, dict[str, Any]], Any], body: dict[str, Any]
) -> None:
    sync(estate)
    do(estate, act, **body)
    for _ in range(5):
        estate.clock.advance(660)
        tick(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}


def test_a_draft_is_told_where_the_catalog_shows_it(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag", SYNC_TERM_STORE="unified")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", status="Draft")
    assert "has it as draft in Finance" in estate.failing_tick(ConfigError).error


@pytest.mark.parametrize("hidden", ["not_found", "forbidden", "readable", "links_empty"])
def test_a_draft_is_no_failed_run_and_is_named_in_it(estate: Estate, hidden: str) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": hidden})
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    run = ticks(estate, 1)[0]
    assert "Tag" in " ".join(run.notes)
    assert estate.app.health.answer().status == 200


def test_people_hear_once_of_a_term_that_is_paused_for_a_day(estate: Estate) -> None:
    people = People()
    discover = people.hear_of_pauses(estate.app)
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    for _ in range(6):
        estate.clock.advance(8 * 3600)
        discover.run()
    (news,) = people.told
    assert news.startswith("terms_paused: 1 term is paused for a day")
    assert "Tag" in news


def test_a_draft_that_shows_an_edited_list_adds_nobody_and_makes_nobody_missing(estate: Estate) -> None:
    sync(estate)
    estate.purview.patch_switches({"unified_hidden": "readable"})
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.unlink, term="Tag", assets=[ASSETS[0]])
    do(estate, unified.link, term="Tag", assets=[f"{SQL}/ActiveCustomers"])
    ticks(estate)
    assert statuses(estate)["Customers"] is AssetStatus.SYNCED
    assert "ActiveCustomers" not in statuses(estate)


def test_another_term_goes_on_while_one_is_a_draft_and_nobody_is_missing(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="Tag; Other")
    do(estate, unified.curate, phase="direct")
    do(estate, unified.add_domain, name="Finance")
    do(estate, unified.add_concept, term="Tag", domain="Finance", assets=ASSETS[:1])
    do(estate, unified.add_concept, term="Other", domain="Finance", assets=ASSETS[1:])
    do(estate, unified.set_roles, roles=["global-catalog-reader"])
    sync(estate)
    do(estate, unified.set_status, term="Tag", status="Draft")
    do(estate, unified.link, term="Other", assets=[f"{SQL}/ActiveCustomers"])
    ticks(estate)
    work(estate)
    assert set(statuses(estate).values()) == {AssetStatus.SYNCED}
    assert len(statuses(estate)) == 4

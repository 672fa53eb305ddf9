"""The table of assets: its order, its filters, its pages."""

import pytest

from sync_core.assets.listed import ListedAsset, listed_of
from sync_core.operations.dashboard.asset_table import MOST_CHOICES, AssetTable, Choice, to_table
from sync_core.operations.status import parse_filter
from tests.unit.sync_core.builders import make_record, make_synced_record

STUCK = make_record("8 stuck", status="failed")
IN_ORDER = [
    make_record("7 rejected", status="rejected"),
    STUCK,
    make_record("6 failed", status="failed"),
    make_record("5 queued"),
    make_synced_record("4 in grace", absent=1),
    make_synced_record("3A synced"),
    make_synced_record("3b synced", terms=["t"], collection_id="other", type_name="table"),
    make_record("1 retired", status="retired"),
]
LISTED = [listed_of(record) for record in IN_ORDER]


def table(*assets: ListedAsset, **query: str) -> AssetTable:
    return to_table(assets or LISTED, parse_filter(query), {STUCK.key})


def names(shown: AssetTable) -> list[str]:
    return [asset.name for asset in shown.items]


def test_what_needs_a_person_comes_first_then_what_failed_waits_is_missing_is_synced_each_by_name() -> None:
    for others in (LISTED[::-1], LISTED[4:] + LISTED[:4], sorted(LISTED)):
        assert names(table(*others)) == [record.name for record in IN_ORDER]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "failed"}, {"8 stuck", "6 failed"}),
        ({"type": "table"}, {"3b synced"}),
        ({"term": "t"}, {"3b synced"}),
        ({"collection": "other"}, {"3b synced"}),
        ({"search": "GRACE"}, {"4 in grace"}),
        ({"search": "synced", "collection": "abc123"}, {"3A synced"}),
        ({"type": "view"}, set()),
    ],
)
def test_filters_are_all_met(query: dict[str, str], found: set[str]) -> None:
    assert set(names(table(**query))) == found


@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_the_pages_hold_each_asset_once_in_order(size: int) -> None:
    shown, after = list[str](), ""
    while True:
        page = table(pageSize=str(size), after=after)
        assert (page.first, page.total) == (len(shown), len(LISTED))
        shown += names(page)
        if page.next is None:
            break
        after = page.next
    assert shown == [record.name for record in IN_ORDER]


def test_a_page_goes_on_where_it_was_though_its_last_asset_moved_or_is_gone() -> None:
    after = f"2-{make_record('5 queued').key}"
    synced = [listed_of(make_synced_record("5 queued")) if one.name == "5 queued" else one for one in LISTED]
    assert names(table(*synced, after=after))[0] == "4 in grace"
    gone = [one for one in LISTED if one.name != "5 queued"]
    assert names(table(*gone, after=after))[0] == "4 in grace"


@pytest.mark.parametrize("after", ["x", "9-", "-", "rejected-1", "99999999999-k", "4"])
def test_a_mark_that_is_none_leads_to_some_page(after: str) -> None:
    assert table(after=after).total == len(LISTED)


def test_a_filter_offers_what_there_is_most_often_and_what_is_chosen() -> None:
    assert table().collections == [Choice("abc123", "abc123", 7), Choice("other", "other", 1)]
    many = [listed_of(make_record(str(number), type_name=f"t{number:03}")) for number in range(2 * MOST_CHOICES)]
    offered = table(*many, type="gone").types
    assert len(offered) == MOST_CHOICES + 1
    assert Choice("gone", "gone", 0) in offered

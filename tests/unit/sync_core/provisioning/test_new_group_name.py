"""Which asset may go with others, and what its group is called then."""

from typing import Any

import pytest

from sync_core.assets.names import full_group_name, unmistakable_group_name
from sync_core.assets.record import AssetStatus
from sync_core.cluedin.lists import SMALLEST_FULL_PAGE, ListPage
from sync_core.cluedin.snapshot import KnownSource
from sync_core.cluedin.wire import DataSource, DataSourceSet
from sync_core.provisioning.new_group_name import new_group_name
from tests.unit.sync_core.builders import make_record

RECORD = make_record("Account.csv")
OF_A_STRANGER = DataSource("9", "a stranger's")
OWN = DataSource("9", RECORD.qualified_name)


def page(*groups: DataSourceSet, total: int | None = None, unreadable: int = 0) -> ListPage[DataSourceSet]:
    return ListPage(len(groups) if total is None else total, {group.id: group for group in groups}, unreadable)


def group(name: str, *sources: DataSource, identifier: str = "1", unreadable: int = 0) -> DataSourceSet:
    return DataSourceSet(identifier, name, sources, unreadable)


def test_an_asset_that_cluedin_has_never_seen_gets_its_plain_name() -> None:
    assert new_group_name(RECORD, page(), (), ()) == "Account.csv"


@pytest.mark.parametrize("name", ["Account.csv", "ACCOUNT.CSV"])
def test_the_name_of_a_strangers_group_or_of_another_in_the_batch_is_taken_whatever_its_case(name: str) -> None:
    assert new_group_name(RECORD, page(group(name, OF_A_STRANGER)), (), ()) == full_group_name(RECORD)
    assert new_group_name(RECORD, page(), (), {name}) == full_group_name(RECORD)


def test_where_both_names_are_taken_it_takes_a_closer_look() -> None:
    assert new_group_name(RECORD, page(), (), {"Account.csv", full_group_name(RECORD)}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"group_name": "Account.csv"},
        {"group_id": "7"},
        *({"status": status} for status in AssetStatus if status is not AssetStatus.QUEUED),
    ],
    ids=str,
)
def test_an_asset_for_which_something_was_asked_before_goes_alone(change: dict[str, Any]) -> None:
    assert new_group_name(RECORD.model_copy(update=change), page(), (), ()) is None


@pytest.mark.parametrize(
    "shown",
    [
        page(group("any name", OWN)),
        page(group("Account.csv", OF_A_STRANGER, OWN)),
        page(group("Account.csv")),
        page(group(full_group_name(RECORD))),
        page(group(unmistakable_group_name(RECORD))),
        page(group("another name", OF_A_STRANGER, unreadable=1)),
    ],
)
def test_what_may_be_its_own_is_looked_at_closely(shown: ListPage[DataSourceSet]) -> None:
    assert new_group_name(RECORD, shown, (), ()) is None


def test_a_group_that_only_the_snapshot_knows_is_looked_at_closely() -> None:
    known = [KnownSource("9", RECORD.qualified_name, "1", "a former name")]
    assert new_group_name(RECORD, page(), known, ()) is None


@pytest.mark.parametrize(
    "shown",
    [
        page(total=1),
        page(unreadable=1),
        page(group("x", OF_A_STRANGER), total=2),
        page(group("x", OF_A_STRANGER), total=0),
        page(*(group("x", OF_A_STRANGER, identifier=str(number)) for number in range(SMALLEST_FULL_PAGE))),
    ],
    ids=["a total without rows", "a row that cannot be read", "one more", "one less", "a page that may be full"],
)
def test_a_list_that_may_not_be_whole_is_read_to_its_end(shown: ListPage[DataSourceSet]) -> None:
    assert new_group_name(RECORD, shown, (), ()) is None


def test_an_empty_list_without_a_total_is_whole() -> None:
    assert new_group_name(RECORD, ListPage(None, {}), (), ()) == "Account.csv"

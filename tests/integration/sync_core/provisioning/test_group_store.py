"""Who owns which group: one asset, whoever else tries at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sync_core.errors import TransientError
from sync_core.provisioning.group_store import GroupStore
from sync_core.storage.table import Table


@pytest.fixture
def groups(table: Table) -> GroupStore:
    return GroupStore(table)


def test_a_group_belongs_to_the_asset_that_claimed_it_first(groups: GroupStore) -> None:
    assert groups.owner("3") == ""
    assert groups.claim_group("3", "asset-1")
    assert not groups.claim_group("3", "asset-2")
    assert groups.owner("3") == "asset-1"


def test_claiming_again_what_is_ours_succeeds(groups: GroupStore) -> None:
    assert [groups.claim_group("3", "asset-1") for _ in range(2)] == [True, True]
    assert [groups.claim_name("Account.csv", "asset-1") for _ in range(2)] == [True, True]


def test_one_of_many_assets_gets_a_group(groups: GroupStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        claimed = list(pool.map(lambda number: groups.claim_group("3", f"asset-{number}"), range(16)))
    assert claimed.count(True) == 1
    assert groups.owner("3") == f"asset-{claimed.index(True)}"


def test_one_of_many_assets_of_one_name_gets_the_plain_name(groups: GroupStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        claimed = list(pool.map(lambda number: groups.claim_name("Account.csv", f"asset-{number}"), range(16)))
    assert claimed.count(True) == 1


def test_a_new_group_has_no_older_owner(groups: GroupStore) -> None:
    groups.claim_group("7", "an asset of former times")
    with pytest.raises(TransientError, match="Another asset claimed group 7"):
        groups.taking_new_group("7", "asset", age_s=60)  # it may have been found and claimed meanwhile
    groups.table.transact(groups.taking_new_group("7", "asset", age_s=-1))
    assert groups.owner("7") == "asset"
    assert groups.taking_new_group("7", "asset", age_s=60) == []  # it is so, and the answer was lost


@pytest.mark.parametrize("name", ["a/b\\c#d?e", "O'Brien", "数据 👩‍🔬", "x" * 5000, "Account.csv", "account.csv"])
def test_any_name_can_be_claimed(groups: GroupStore, name: str) -> None:
    assert groups.claim_name(name, "asset-1")
    assert not groups.claim_name(name, "asset-2")
    assert groups.claim_name(f"{name} ", "asset-2")


def test_a_group_that_is_gone_can_be_claimed_again(groups: GroupStore) -> None:
    groups.claim_group("3", "asset-1")
    groups.disown_group("3", "asset-1")
    groups.disown_group("3", "asset-1")
    assert groups.claim_group("3", "asset-2")


def test_a_group_whose_id_is_another_assets_by_now_stays_that_ones(groups: GroupStore) -> None:
    groups.claim_group("3", "asset-2")
    groups.disown_group("3", "asset-1")
    assert groups.owner("3") == "asset-2"


def test_a_source_leads_back_to_its_asset(groups: GroupStore) -> None:
    groups.bind_source("7", "asset-1")
    groups.bind_source("7", "asset-1")
    assert (groups.asset_of_source("7"), groups.asset_of_source("8")) == ("asset-1", "")

from typing import Any

import pytest

from sync_core.assets.record import AssetStatus, Origin
from sync_core.provisioning import provision
from tests.kit.bench import CREATE_GROUP, CREATE_SOURCE, LIST_GROUPS, Bench


def test_an_asset_gets_its_group_and_source(bench: Bench) -> None:
    key = bench.add_asset("Account.csv", "https://lake.example/Account.csv")

    bench.deliver(key)

    assert bench.groups() == [("Account.csv", ["https://lake.example/Account.csv"])]
    record = bench.record(key)
    assert record.status is AssetStatus.SYNCED
    assert (record.group_origin, record.source_origin) == (Origin.CREATED, Origin.CREATED)
    assert record.synced_request_id
    assert not bench.app.asset_jobs.has_pending()


def test_a_second_delivery_makes_no_call_at_all(bench: Bench) -> None:
    key = bench.add_asset()
    bench.deliver(key)
    before = bench.cluedin.log.last_seq

    bench.deliver(key)

    assert bench.cluedin.log.last_seq == before


def test_same_named_assets_get_groups_of_their_own(bench: Bench) -> None:
    first = bench.add_asset("Account.csv", "https://one.example/Account.csv")
    second = bench.add_asset("Account.csv", "https://two.example/Account.csv")

    bench.deliver(first)
    bench.deliver(second)

    assert bench.groups() == [
        ("Account.csv", ["https://one.example/Account.csv"]),
        ("Account.csv : https://two.example/Account.csv", ["https://two.example/Account.csv"]),
    ]


def test_assets_of_one_qualified_name_but_two_types_share_nothing(bench: Bench) -> None:
    first = bench.add_asset("raw", "https://lake.example/raw", "azure_datalake_gen2_path")
    second = bench.add_asset("raw", "https://lake.example/raw", "azure_datalake_gen2_resource_set")

    bench.deliver(first)
    bench.deliver(second)

    assert bench.record(first).group_id != bench.record(second).group_id
    assert len(bench.groups()) == 2


@pytest.mark.parametrize("operation", [CREATE_GROUP, CREATE_SOURCE])
def test_a_lost_answer_never_makes_a_second_one(bench: Bench, operation: str) -> None:
    key = bench.add_asset()
    bench.cluedin_fault(operation, drop="after")

    bench.deliver(key)
    assert bench.record(key).status is AssetStatus.QUEUED
    bench.settle(key)
    bench.deliver(key)

    assert bench.groups() == [("Account.csv", ["https://lake.example/Account.csv"])]
    assert bench.record(key).status is AssetStatus.SYNCED


def test_an_empty_group_of_the_plain_name_is_adopted_by_one_asset_only(bench: Bench) -> None:
    first = bench.add_asset("Account.csv", "https://one.example/Account.csv")
    second = bench.add_asset("Account.csv", "https://two.example/Account.csv")
    bench.add_foreign_group("Account.csv")

    bench.deliver(first)
    bench.deliver(second)

    assert bench.record(first).group_origin is Origin.ADOPTED
    assert bench.record(second).group_origin is Origin.CREATED
    assert len(bench.groups()) == 2


def test_another_persons_group_of_that_name_is_left_alone(bench: Bench) -> None:
    bench.add_foreign_group("Account.csv", "upload by hand")
    key = bench.add_asset("Account.csv", "https://lake.example/Account.csv")

    bench.deliver(key)

    assert bench.groups() == [
        ("Account.csv", ["upload by hand"]),
        ("Account.csv : https://lake.example/Account.csv", ["https://lake.example/Account.csv"]),
    ]


def test_with_the_state_lost_the_group_is_found_again(bench: Bench, amnesiac: Bench) -> None:
    bench.deliver(bench.add_asset("Account.csv", "https://lake.example/Account.csv"))

    key = amnesiac.add_asset("Account.csv", "https://lake.example/Account.csv")
    amnesiac.deliver(key)

    assert len(bench.groups()) == 1
    assert amnesiac.record(key).source_origin is Origin.ADOPTED


def test_with_the_state_lost_the_group_of_a_renamed_asset_is_found_again(bench: Bench, amnesiac: Bench) -> None:
    bench.deliver(bench.add_asset("Old name", "https://lake.example/Account.csv"))

    amnesiac.deliver(amnesiac.add_asset("New name", "https://lake.example/Account.csv"))

    assert bench.groups() == [("Old name", ["https://lake.example/Account.csv"])]


def test_a_group_that_is_not_shown_is_not_made_anew_before_it_is_proven_to_be_gone(bench: Bench) -> None:
    key = bench.add_asset()
    bench.cluedin_fault(CREATE_SOURCE, status=503)
    bench.deliver(key)
    bench.delete_group("Account.csv")
    bench.age_group(key)
    bench.settle(key)

    bench.deliver(key)
    assert bench.groups() == []

    bench.app.assets.change(key, lambda record: record.model_copy(update={"gone_at": record.group_at}))
    bench.settle(key)
    bench.deliver(key)
    assert bench.groups() == [("Account.csv", ["https://lake.example/Account.csv"])]


@pytest.mark.parametrize(
    "name",
    ['O\'Brien "quoted".csv', "a/b\\c", "מסמך.csv", "📊 sales 🚀", "100%_[draft]^", "  padded  ", "é" * 200],
)
def test_a_name_survives_unchanged(bench: Bench, name: str) -> None:
    bench.deliver(bench.add_asset(name, f"https://lake.example/{name}"))

    assert [group for group, _ in bench.groups()] == [name]


def test_a_name_over_200_characters_is_shortened_and_still_identifies(bench: Bench) -> None:
    names = ["x" * 250 + end for end in ("1", "2")]
    keys = [bench.add_asset(name, f"https://lake.example/{name}") for name in names]

    for key in keys:
        bench.deliver(key)

    groups = bench.groups()
    assert len({group for group, _ in groups}) == 2
    assert all(len(group) <= 200 and group.startswith("x" * 150) for group, _ in groups)


def test_a_half_made_group_is_found_also_when_the_search_takes_its_name_for_a_pattern(bench: Bench) -> None:
    bench.cluedin.switches = bench.cluedin.switches.model_copy(update={"search_wildcards": "like"})
    key = bench.add_asset("100% [draft]_v2", "https://lake.example/draft")
    bench.cluedin_fault(CREATE_GROUP, drop="after")

    bench.deliver(key)
    bench.settle(key)
    bench.deliver(key)

    assert bench.groups() == [("100% [draft]_v2", ["https://lake.example/draft"])]


def test_a_name_that_cluedin_refuses_as_taken_is_replaced_by_the_full_one(bench: Bench) -> None:
    bench.cluedin.switches = bench.cluedin.switches.model_copy(update={"duplicate_names": "refuse"})
    bench.add_foreign_group("ACCOUNT.CSV", "by hand")
    key = bench.add_asset("Account.csv", "https://lake.example/Account.csv")

    bench.deliver(key)

    assert bench.record(key).group_name == "Account.csv : https://lake.example/Account.csv"


def test_assets_that_differ_in_nothing_but_case_get_groups_where_names_are_unique_without_case(bench: Bench) -> None:
    bench.cluedin.switches = bench.cluedin.switches.model_copy(update={"duplicate_names": "refuse"})
    names = ["Customers", "CUSTOMERS", "customers"]
    keys = [bench.add_asset(name, f"https://lake.example/{name}") for name in names]

    for key in keys:
        bench.deliver(key)

    assert [sources for _, sources in bench.groups()] == [[f"https://lake.example/{name}"] for name in sorted(names)]
    assert {bench.record(key).status for key in keys} == {AssetStatus.SYNCED}


@pytest.mark.parametrize(
    "refusal",
    [
        {"status": 409, "body": {"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}},
        {"status": 200, "body": {"errors": [{"message": "Request failed with status code 409"}], "data": None}},
        {"status": 200, "body": {"errors": [{"message": "409: Conflict"}], "data": None}},
        {"status": 200, "body": {"errors": [{"message": "A group of this name already exists"}], "data": None}},
    ],
)
def test_a_taken_name_is_understood_in_each_shape(bench: Bench, refusal: dict[str, Any]) -> None:
    key = bench.add_asset("Account.csv", "https://lake.example/Account.csv")
    bench.cluedin_fault(CREATE_GROUP, **refusal)

    bench.deliver(key)

    assert bench.groups() == [
        ("Account.csv : https://lake.example/Account.csv", ["https://lake.example/Account.csv"]),
    ]


def test_a_new_group_that_cluedins_back_end_does_not_know_yet_gets_its_source_later(bench: Bench) -> None:
    key = bench.add_asset()
    not_yet = {"errors": [{"message": "404: Not Found", "path": ["inbound", "createDataSource"]}], "data": None}
    bench.cluedin_fault(CREATE_SOURCE, status=200, body=not_yet)

    bench.deliver(key)
    assert bench.record(key).status is AssetStatus.QUEUED
    bench.settle(key)
    bench.deliver(key)

    assert bench.groups() == [("Account.csv", ["https://lake.example/Account.csv"])]


def test_an_organization_that_was_set_up_anew_counts_ids_again_and_leaves_no_group_behind(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "MARGIN_S", -60.0)  # what follows is as good as a minute old
    for number in range(1, 5):
        bench.app.groups.claim_group(str(number), "an asset of former times")
    key = bench.add_asset()

    bench.deliver(key)

    assert bench.groups() == [("Account.csv", ["https://lake.example/Account.csv"])]


def test_provisioning_costs_few_calls(bench: Bench) -> None:
    bench.deliver(bench.add_asset("first"))
    before = bench.cluedin.log.last_seq

    bench.deliver(bench.add_asset("second"))

    assert bench.calls(before) == {LIST_GROUPS: 1, "inbound.createDataSourceSet": 1, "inbound.createDataSource": 1}


def test_an_empty_group_whose_name_only_begins_like_the_assets_is_not_taken(bench: Bench) -> None:
    bench.add_foreign_group("Accounts payable")
    bench.deliver(bench.add_asset("Account"))
    assert ("Accounts payable", []) in bench.groups()
    assert len(bench.groups()) == 2

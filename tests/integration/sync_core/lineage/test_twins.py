"""A table and a view of one qualified name: their sources in CluedIn have one name, and must never be mixed up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from local.purview.estate.names import LAKE
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.plan import plan_assets
from sync_core.jobs.message import AssetMessage
from sync_core.lineage.record import DataSetStatus
from sync_core.purview.asset import Asset
from tests.kit.lineage_bench import WRITE, LineageBench, NewBench

NAME = f"{LAKE}/raw/orders"
LONG = f"{LAKE}/raw/" + "a rather long name of a folder/" * 8 + "orders"
TYPES = ("azure_datalake_gen2_path", "azure_datalake_gen2_resource_set")


@pytest.fixture
def amnesiac(new_bench: NewBench, fresh_storage: Callable[[], str]) -> LineageBench:
    """An app whose state is empty."""
    return new_bench(at=fresh_storage())


def make_twins(bench: LineageBench, name: str = NAME) -> list[Asset]:
    """Two assets of one qualified name, and of one display name."""
    for type_name in TYPES:
        bench.act("add_asset", name="orders", typeName=type_name, qualifiedName=name)
    found = sorted(bench.purview.catalog.named(name), key=lambda entity: entity.type_name)
    return [Asset(one.guid, one.type_name, one.display_text, name, one.display_text) for one in found]


def record(bench: LineageBench, *assets: Asset) -> None:
    """Record assets, as discovery does."""
    plan = plan_assets(assets, {}, now=datetime.now(UTC), run_id="run-1")
    bench.app.assets.add(plan.new, datetime.now(UTC))


def provision(bench: LineageBench, asset: Asset) -> AssetRecord:
    """Work off an asset's message."""
    bench.app.create_data_source_group.handle(AssetMessage.of(asset.key, run_id="run-1").to_json().encode())
    stored = bench.app.assets.load(asset.key)
    assert stored is not None
    return stored.record


def provision_twins(bench: LineageBench) -> list[AssetRecord]:
    """Make twins, and give each its group."""
    twins = make_twins(bench)
    record(bench, *twins)
    return [provision(bench, asset) for asset in twins]


def load_into_each(bench: LineageBench, assets: list[Asset]) -> dict[str, tuple[AssetRecord, str]]:
    """Give each its group and a data set; return the records and data sets by type."""
    record(bench, *assets)
    records = {asset.type_name: provision(bench, asset) for asset in assets}
    return {type_name: (one, bench.load(one.source_id, f"{type_name}.csv")) for type_name, one in records.items()}


def count_groups(bench: LineageBench) -> int:
    return sum(1 for _ in bench.app.cluedin.fetch_groups(""))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_with_the_state_lost_each_twin_finds_the_group_that_its_lineage_came_from(
    bench: LineageBench, amnesiac: LineageBench, order: tuple[int, int]
) -> None:
    twins = make_twins(bench)
    before = load_into_each(bench, twins)
    for _, data_set_id in before.values():
        bench.push(data_set_id)
    record(amnesiac, *twins)

    after = {twins[number].type_name: provision(amnesiac, twins[number]) for number in order}

    assert {one: found.group_id for one, found in after.items()} == {
        one: found.group_id for one, (found, _) in before.items()
    }
    for type_name, (_, data_set_id) in before.items():
        assert amnesiac.push(data_set_id).asset_key == after[type_name].key


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_lineage_tells_both_apart(bench: LineageBench, amnesiac: LineageBench, order: tuple[int, int]) -> None:
    twins = make_twins(bench)
    record(bench, *twins)
    before = {asset.type_name: provision(bench, asset) for asset in twins}
    bench.push(bench.load(before[TYPES[1]].source_id))  # the other one's source is empty
    record(amnesiac, *twins)

    after = {twins[number].type_name: provision(amnesiac, twins[number]) for number in order}

    assert {one: found.group_id for one, found in after.items()} == {
        one: found.group_id for one, found in before.items()
    }


def test_without_any_lineage_nobody_guesses_and_the_reason_is_told(bench: LineageBench, amnesiac: LineageBench) -> None:
    twins = make_twins(bench)
    load_into_each(bench, twins)
    groups = count_groups(bench)
    record(amnesiac, *twins)

    records = [provision(amnesiac, asset) for asset in twins]

    assert [one.status for one in records] == [AssetStatus.FAILED] * 2
    assert all(f"Several assets are called {NAME}" in dead_letter.cause for dead_letter in amnesiac.dead_letters())
    assert len(amnesiac.dead_letters()) == 2
    assert count_groups(bench) == groups


def test_twins_without_data_take_any_of_their_groups(bench: LineageBench, amnesiac: LineageBench) -> None:
    twins = make_twins(bench)
    record(bench, *twins)
    before = {provision(bench, asset).group_id for asset in twins}
    record(amnesiac, *twins)
    assert {provision(amnesiac, asset).group_id for asset in twins} == before


def test_a_twin_that_was_never_tagged_keeps_nobody_from_its_group(bench: LineageBench, amnesiac: LineageBench) -> None:
    tagged, _ = make_twins(bench)
    ((before, _),) = load_into_each(bench, [tagged]).values()
    record(amnesiac, tagged)
    assert provision(amnesiac, tagged).group_id == before.group_id


@pytest.mark.parametrize("name", [NAME, LONG], ids=["short", "long"])
def test_a_data_set_goes_to_the_twin_that_its_lineage_came_from(
    bench: LineageBench, amnesiac: LineageBench, name: str
) -> None:
    before = load_into_each(bench, make_twins(bench, name))
    keys = {data_set_id: bench.push(data_set_id).asset_key for _, data_set_id in before.values()}

    assert {data_set_id: amnesiac.push(data_set_id).asset_key for data_set_id in keys} == keys


@pytest.mark.parametrize("name", [NAME, LONG], ids=["short", "long"])
def test_a_data_set_that_could_be_either_twins_is_given_up_with_the_reason(
    bench: LineageBench, amnesiac: LineageBench, name: str
) -> None:
    (_, data_set_id), _ = load_into_each(bench, make_twins(bench, name)).values()
    since = amnesiac.purview.log.last_seq
    amnesiac.deliver(data_set_id)
    amnesiac.work()

    (dead_letter,) = amnesiac.dead_letters()
    assert amnesiac.record(data_set_id).status is DataSetStatus.FAILED
    assert all(type_name in dead_letter.cause for type_name in TYPES)
    assert WRITE not in amnesiac.writes(since)


def test_what_is_recorded_of_the_source_tells_twins_apart(bench: LineageBench) -> None:
    before = load_into_each(bench, make_twins(bench))
    table = bench.app.groups.table
    for found, _ in before.values():
        table.delete("assets", f"made:{found.source_id}")

    for found, data_set_id in before.values():
        assert bench.push(data_set_id).asset_key == found.key


def test_a_twin_that_has_another_source_is_not_meant(bench: LineageBench, amnesiac: LineageBench) -> None:
    twins = make_twins(bench)
    before = load_into_each(bench, twins)
    data_set_id = before[TYPES[0]][1]
    record(amnesiac, twins[1])
    amnesiac.app.assets.change(
        twins[1].key, lambda one: one.model_copy(update={"source_id": before[TYPES[1]][0].source_id})
    )
    assert amnesiac.push(data_set_id).asset_key == twins[0].key


def test_a_data_set_goes_to_the_twin_in_whose_group_it_lies_though_ids_were_swapped(bench: LineageBench) -> None:
    one, other = provision_twins(bench)
    for changed, to in ((one, other), (other, one)):
        swapped = {"group_id": to.group_id, "source_id": to.source_id}
        bench.app.assets.change(changed.key, lambda it, swapped=swapped: it.model_copy(update=swapped))  # type: ignore[misc]
        bench.app.groups.bind_source(to.source_id, changed.key)

    assert bench.push(bench.load(one.source_id)).asset_key == one.key
    assert bench.push(bench.load(other.source_id)).asset_key == other.key


def test_a_group_that_a_person_renamed_leads_to_its_asset(bench: LineageBench) -> None:
    one, other = provision_twins(bench)
    groups = bench.cluedin.store.data_source_sets
    groups[int(one.group_id)] = replace(groups[int(one.group_id)], name="My orders")
    assert bench.push(bench.load(one.source_id)).asset_key == one.key
    assert bench.push(bench.load(other.source_id)).asset_key == other.key


def test_each_twins_own_group_stands_for_it(bench: LineageBench) -> None:
    first, second = provision_twins(bench)
    existing = bench.app.asset_work.provision.find_group.existing
    found = [existing(one) for one in (first, second)]
    assert [one.id if one else "" for one in found] == [first.group_id, second.group_id]

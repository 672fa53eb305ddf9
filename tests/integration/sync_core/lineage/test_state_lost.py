"""The whole state is lost: what stands in CluedIn and Purview must be enough."""

from collections.abc import Callable

import pytest

from local.purview.admin import actions
from local.purview.estate.names import LAKE
from sync_core.assets.names import shorten
from sync_core.lineage.record import DataSetStatus
from tests.kit.lineage_bench import CUSTOMERS, LineageBench, NewBench
from tests.kit.lineage_graph import ROOT

pytestmark = pytest.mark.faults

GOLDEN = f"{ROOT}/golden-records/Customer"
LONG_FOLDER = f"{LAKE}/raw/" + "a rather long name of a folder/" * 8
SHORT_IN_CLUEDIN = f"{LONG_FOLDER}customers.csv"


@pytest.fixture
def amnesiac(new_bench: NewBench, fresh_storage: Callable[[], str]) -> LineageBench:
    """An app whose state is empty."""
    return new_bench(at=fresh_storage())


def test_the_source_is_found_by_its_name_and_the_lineage_is_the_same(
    bench: LineageBench, amnesiac: LineageBench
) -> None:
    data_set_id = bench.load(bench.sync_asset())
    first = bench.push(data_set_id)
    before = bench.graph()

    second = amnesiac.push(data_set_id)

    assert amnesiac.graph() == before
    assert (second.status, second.guid, second.asset_key) == (DataSetStatus.PUSHED, first.guid, first.asset_key)


def test_a_source_whose_long_name_was_shortened_is_found_among_a_thousand_of_the_same_head(
    bench: LineageBench, amnesiac: LineageBench
) -> None:
    assert shorten(SHORT_IN_CLUEDIN) != SHORT_IN_CLUEDIN
    for number in range(1005):
        actions.add_asset(bench.purview, {"name": f"{number}.csv", "qualifiedName": f"{LONG_FOLDER}{number:04}.csv"})
    bench.act("add_asset", name="customers.csv", qualifiedName=SHORT_IN_CLUEDIN)
    data_set_id = bench.load(bench.sync_asset(SHORT_IN_CLUEDIN))

    record = amnesiac.push(data_set_id)

    assert (record.status, record.asset_qualified_name) == (DataSetStatus.PUSHED, SHORT_IN_CLUEDIN)


def test_a_source_that_the_search_does_not_show_yet_is_found_in_the_store(
    bench: LineageBench, amnesiac: LineageBench
) -> None:
    bench.purview.patch_switches({"index_lag_s": 600})
    name = f"{LAKE}/raw/new.csv"
    bench.act("add_asset", name="new.csv", qualifiedName=name)
    data_set_id = bench.load(bench.sync_asset(name))

    assert amnesiac.push(data_set_id).asset_qualified_name == name


def test_our_own_assets_are_no_source(amnesiac: LineageBench, bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    own = f"{ROOT}/datasets/{data_set_id}"
    feeding = bench.load(str(bench.app.cluedin.create_source(group_of(bench), own).id), "Loop.csv")

    assert amnesiac.push(feeding).status is DataSetStatus.NOT_FROM_PURVIEW


def test_a_source_whose_asset_is_gone_is_left_alone(bench: LineageBench, amnesiac: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.delete(CUSTOMERS)

    record = amnesiac.push(data_set_id)

    assert record.status is DataSetStatus.NOT_FROM_PURVIEW
    assert CUSTOMERS in record.reason
    assert not amnesiac.dead_letters()


def test_a_failing_search_is_not_taken_for_an_unknown_source(bench: LineageBench, amnesiac: LineageBench) -> None:
    long = f"{LONG_FOLDER}customers.csv"
    bench.act("add_asset", name="customers.csv", qualifiedName=long)
    data_set_id = bench.load(bench.sync_asset(long))
    bench.purview_fault("Discovery_Query", times=None, status=503)

    (delay_s,) = amnesiac.push_failing(data_set_id)

    assert delay_s > 0
    assert amnesiac.record(data_set_id).status is DataSetStatus.QUEUED


def test_a_shared_column_stays_while_a_data_set_that_the_state_forgot_brings_it(
    bench: LineageBench, amnesiac: LineageBench
) -> None:
    source = bench.sync_asset()
    losing, forgotten = bench.load(source), bench.load(source, "Other.csv", mapping={"Email": "customer.email"})
    bench.push(losing)
    bench.push(forgotten)
    amnesiac.push(losing)
    bench.remap(losing, {"CustomerId": "customer.id"})

    amnesiac.push(losing)

    assert amnesiac.graph().columns[GOLDEN] == ["customer.email", "customer.id"]


@pytest.mark.parametrize("mapping", ["too long", "unreadable"])
def test_where_a_forgotten_data_set_does_not_tell_all_its_columns_none_is_taken_out(
    bench: LineageBench, amnesiac: LineageBench, mapping: str
) -> None:
    source = bench.sync_asset()
    keys = {f"Field {n}": f"customer.{'a rather long name of a key ' * 6}{n:03}" for n in range(120)}
    wide = {**keys, "Email": "customer.email"} if mapping == "too long" else {"Email": "customer.email"}
    losing, forgotten = bench.load(source), bench.load(source, "Other.csv", mapping=wide)
    bench.push(losing)
    bench.push(forgotten)
    if mapping == "unreadable":
        (pipeline,) = bench.purview.catalog.named(f"{ROOT}/datasets/{forgotten}/pipeline")
        bench.purview.catalog.set_attributes(pipeline, {**pipeline.attributes, "columnMapping": "{"})
    amnesiac.push(losing)
    bench.remap(losing, {"CustomerId": "customer.id"})

    amnesiac.push(losing)

    assert {"customer.email", "customer.id", "customer.name"} <= set(amnesiac.graph().columns[GOLDEN])


@pytest.mark.parametrize("change", ["it is unmapped", "another type"])
def test_what_a_data_set_brought_before_its_record_was_lost_is_taken_out(
    bench: LineageBench, amnesiac: LineageBench, change: str
) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)
    assert bench.graph().columns[GOLDEN]
    if change == "another type":
        bench.remap(data_set_id, {"Email": "user.email"}, "/Infrastructure/User")
    else:
        bench.unmap(data_set_id)

    amnesiac.push(data_set_id)

    assert not amnesiac.graph().columns.get(GOLDEN)


def group_of(bench: LineageBench) -> str:
    (group,) = bench.app.cluedin.fetch_groups("")
    return group.id

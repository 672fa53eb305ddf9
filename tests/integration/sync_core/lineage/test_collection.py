"""Where lineage goes: the collection of PURVIEW_COLLECTION, however it is named, and whatever Purview makes of that."""

import pytest

from local.purview.behaviour.collections import Collection
from tests.kit.lineage_bench import CUSTOMERS, LineageBench, NewBench


@pytest.mark.parametrize(
    "setting",
    [
        "clu3dn",
        "contoso/MDM/CluedIn",
        "Contoso/mdm/cluedin",
        "/contoso/MDM/CluedIn/",
        "Contoso/MDM /CluedIn\u00a0",
        "Contoso/M\u200bDM/ CluedIn",
    ],
)
def test_the_collection_is_given_by_its_name_or_by_its_friendly_path(new_bench: NewBench, setting: str) -> None:
    bench = new_bench(PURVIEW_COLLECTION=setting)

    bench.push(bench.load(bench.sync_asset()))

    assert {entity.collection_id for entity in bench.graph().own.values()} == {"clu3dn"}


def test_the_collections_are_listed_once_a_process(bench: LineageBench) -> None:
    source = bench.sync_asset()
    for name in ("January", "February"):
        bench.push(bench.load(source, name))

    assert [record.operation for record in bench.purview.log.since(0)].count("Collections_ListCollections") == 1


@pytest.mark.parametrize(
    ("setting", "candidates", "others"),
    [
        ("contoso/MDM/Clued", ["clu3dn (Contoso/MDM/CluedIn)", "slraw7 (Contoso/Sales/Raw)"], []),
        ("CluedIn", ["clu3dn (Contoso/MDM/CluedIn)"], []),
        ("contoso/Twin", ["twin01 (Contoso/Twin)", "twin02 (Contoso/Twin)"], ["clu3dn"]),
    ],
    ids=["unknown path", "no path", "ambiguous path"],
)
def test_a_collection_that_cannot_be_told_is_an_error_that_lists_the_candidates(
    new_bench: NewBench, setting: str, candidates: list[str], others: list[str]
) -> None:
    bench = new_bench(PURVIEW_COLLECTION=setting)
    for name in ("twin01", "twin02"):
        add_collection(bench, name, "Twin")
    data_set_id = bench.load(bench.sync_asset())

    (delay_s,) = bench.push_failing(data_set_id)

    record = bench.record(data_set_id)
    assert (record.last_error_class, record.attempts) == ("config", 1)
    assert f"PURVIEW_COLLECTION is '{setting}'" in record.last_error
    assert all(candidate in record.last_error for candidate in candidates)
    assert not any(other in record.last_error for other in others)
    assert delay_s >= 60
    assert not bench.graph().own


def test_once_the_collection_is_there_the_same_process_finds_it(new_bench: NewBench) -> None:
    bench = new_bench(PURVIEW_COLLECTION="contoso/New")
    data_set_id = bench.load(bench.sync_asset())
    bench.push_failing(data_set_id)
    add_collection(bench, "newone", "New")

    bench.push(data_set_id)

    assert {entity.collection_id for entity in bench.graph().own.values()} == {"newone"}


def test_where_purview_ignores_the_collection_of_new_entities_they_are_moved(bench: LineageBench) -> None:
    bench.purview.patch_switches({"collection_on_create": "ignored"})

    bench.push(bench.load(bench.sync_asset()))

    assert {entity.collection_id for entity in bench.graph().own.values()} == {"clu3dn"}
    assert bench.purview.catalog.named(CUSTOMERS)[0].collection_id == "slsq1x"


def test_where_purview_refuses_to_move_them_a_person_is_told(bench: LineageBench) -> None:
    bench.purview.patch_switches({"collection_on_create": "ignored"})
    bench.purview_fault("Entity_MoveEntitiesToCollection", times=None, status=200, body={})
    data_set_id = bench.load(bench.sync_asset())

    bench.push_failing(data_set_id)

    assert "expected clu3dn: give the app's identity the role Data Curator" in bench.record(data_set_id).last_error


def add_collection(bench: LineageBench, name: str, friendly_name: str) -> None:
    bench.purview.collections.put(Collection(name, friendly_name, "contoso", "", bench.clock.now().isoformat()))

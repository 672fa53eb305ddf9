import dataclasses

from sync_core.cluedin.data_set import RecordCounts
from sync_core.lineage.graph.build import NO_COLUMNS, fields_by_key
from sync_core.purview.graph import EntityRef
from tests.unit.sync_core.lineage.graph.facts import (
    GOLDEN,
    ROOT,
    SOURCE,
    by_type,
    column_pairs,
    columns_of,
    lineage_of,
    make_data_set,
    make_unmapped_data_set,
)


def test_a_mapped_data_set_gives_the_whole_chain() -> None:
    lineage = lineage_of(make_data_set())

    assert [(entity.ref.type_name, entity.ref.qualified_name, entity.name) for entity in lineage.chain] == [
        ("cluedin_data_set", ROOT, "Customers.csv"),
        ("cluedin_ingest_process", f"{ROOT}/ingest", "Ingest Data"),
        ("cluedin_map_process", f"{ROOT}/map", "Map to Entity"),
        ("cluedin_clues", f"{ROOT}/clues", "Customers.csv clues"),
        ("cluedin_processing_pipeline", f"{ROOT}/pipeline", "Processing Pipeline"),
        ("cluedin_golden_records", GOLDEN, "Customer"),
    ]
    assert not lineage.absent
    assert lineage.notes == (NO_COLUMNS,)


def test_each_process_leads_from_one_asset_to_the_next() -> None:
    chain = by_type(lineage_of(make_data_set()))
    data_set, clues, golden = (chain[f"cluedin_{name}"].ref for name in ("data_set", "clues", "golden_records"))

    assert (chain["cluedin_ingest_process"].inputs, chain["cluedin_ingest_process"].outputs) == ((SOURCE,), (data_set,))
    assert (chain["cluedin_map_process"].inputs, chain["cluedin_map_process"].outputs) == ((data_set,), (clues,))
    pipeline = chain["cluedin_processing_pipeline"]
    assert (pipeline.inputs, pipeline.outputs) == ((clues,), (golden,))


def test_columns_run_through_the_chain_as_the_mapping_says() -> None:
    chain = by_type(lineage_of(make_data_set()))

    assert column_pairs(chain["cluedin_ingest_process"]) == [("Id", "Id"), ("Name", "Name"), ("Noise", "Noise")]
    assert column_pairs(chain["cluedin_map_process"]) == [("Id", "customer.id"), ("Name", "customer.name")]
    assert column_pairs(chain["cluedin_processing_pipeline"]) == [
        ("customer.id", "customer.id"),
        ("customer.name", "customer.name"),
    ]


def test_each_asset_has_its_columns_and_what_was_left_out_is_left_out() -> None:
    lineage = lineage_of(make_data_set())

    assert columns_of(lineage, "cluedin_data_set") == ["Id", "Name", "Noise"]
    assert columns_of(lineage, "cluedin_clues") == ["customer.id", "customer.name"]
    assert columns_of(lineage, "cluedin_golden_records") == ["customer.id", "customer.name"]
    assert {column.ref.type_name for column in lineage.columns} == {"cluedin_column"}


def test_the_assets_say_what_they_are() -> None:
    chain = by_type(lineage_of(make_data_set()))

    assert chain["cluedin_data_set"].attributes == {
        "dataSetId": "925268ec-8908-44e2-8d0c-d83fe50937d0",
        "dataSource": SOURCE.qualified_name,
        "totalRecords": 1000,
        "successfulRecords": 990,
        "failedRecords": 10,
    }
    assert chain["cluedin_clues"].attributes == {"entityType": "/Customer", "vocabulary": "Customer"}
    assert chain["cluedin_golden_records"].attributes["entityType"] == "/Customer"


def test_counts_that_cluedin_does_not_tell_are_left_out() -> None:
    chain = by_type(lineage_of(make_data_set(counts=RecordCounts(total=0))))

    counts = {name: value for name, value in chain["cluedin_data_set"].attributes.items() if "Records" in name}
    assert counts == {"totalRecords": 0}


def test_a_data_set_that_is_not_mapped_gives_the_part_that_exists() -> None:
    lineage = lineage_of(make_unmapped_data_set())

    assert list(by_type(lineage)) == ["cluedin_data_set", "cluedin_ingest_process"]
    assert columns_of(lineage, "cluedin_data_set") == ["Id", "Name", "Noise"]
    assert len(lineage.columns) == 3
    assert set(lineage.absent) == {
        EntityRef("cluedin_processing_pipeline", f"{ROOT}/pipeline"),
        EntityRef("cluedin_map_process", f"{ROOT}/map"),
        EntityRef("cluedin_clues", f"{ROOT}/clues"),
    }


def test_a_data_set_without_any_column_gives_a_chain_without_columns() -> None:
    lineage = lineage_of(make_unmapped_data_set(original_fields=()))

    assert not lineage.columns
    assert column_pairs(by_type(lineage)["cluedin_ingest_process"]) == []


def test_the_chain_of_a_mapping_without_any_column_is_whole_too() -> None:
    lineage = lineage_of(make_data_set({"Id": "--ignore--"}))

    assert len(lineage.chain) == 6
    assert column_pairs(by_type(lineage)["cluedin_map_process"]) == []


def test_the_case_of_a_data_sets_id_is_irrelevant() -> None:
    data_set = make_data_set()

    assert lineage_of(dataclasses.replace(data_set, data_set_id=data_set.data_set_id.upper())) == lineage_of(data_set)


def test_the_same_facts_give_the_same_fingerprint_and_any_change_another_one() -> None:
    data_set = make_data_set()
    changed = [
        make_data_set(name="Clients.csv"),
        make_data_set({"Id": "customer.id"}),
        make_data_set({"Id": "customer.key", "Name": "customer.name", "Noise": "--ignore--"}),
        make_data_set(entity_type="/Client"),
        make_data_set(original_fields=("Id", "Name")),
        make_data_set(counts=RecordCounts(1000, 1000, 0)),
        make_unmapped_data_set(),
    ]

    fingerprints = [lineage_of(one).fingerprint for one in (data_set, *changed)]

    assert lineage_of(make_data_set()).fingerprint == fingerprints[0]
    assert len(set(fingerprints)) == len(fingerprints)
    assert lineage_of(data_set, ["ID"]).fingerprint != fingerprints[0]


def test_several_columns_may_be_mapped_to_one_key() -> None:
    pairs = [("Id", "customer.id"), ("Name", "customer.name"), ("Number", "customer.id")]
    assert fields_by_key(make_data_set(pairs)) == {"customer.id": ["Id", "Number"], "customer.name": ["Name"]}

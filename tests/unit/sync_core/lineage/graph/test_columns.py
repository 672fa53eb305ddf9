"""Columns as they come from the field: doubled, differing in case only, unnamed, very long, in any script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.cluedin.data_sets import parse_data_set
from sync_core.lineage.graph.column_mapping import LARGEST_PROPERTY_BYTES
from sync_core.lineage.graph.column_pairing import pair_names
from tests.unit.sync_core.lineage.graph.facts import (
    DATA_SET_ID,
    by_type,
    column_pairs,
    columns_of,
    lineage_of,
    make_data_set,
    make_unmapped_data_set,
)

UNCLEAR = "It is not clear which column of the source asset is meant"
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
mappings = st.lists(st.tuples(names, names | st.just("--ignore--")), max_size=12)


@pytest.mark.parametrize(
    ("field", "columns", "source"),
    [
        ("customerid", ["CustomerId"], "CustomerId"),
        ("CustomerId", ["customerid", "CustomerId"], "CustomerId"),
        ("STRASSE", ["Straße"], "Straße"),
        ("CustomerId", ["CustomerId "], "CustomerId "),
        ("\ufeffCustomerId", ["CustomerId"], "CustomerId"),
        ("Cafe\u0301", ["Caf\u00e9"], "Caf\u00e9"),
        ("Customer Id", ["Customer\u00a0Id"], "Customer\u00a0Id"),
        ("id", ["Id", "ID"], "id"),
        ("City", ["Id"], "City"),
        ("City", [], "City"),
    ],
)
def test_a_source_column_is_named_as_purview_spells_it(field: str, columns: list[str], source: str) -> None:
    chain = by_type(lineage_of(make_unmapped_data_set(original_fields=(field,)), columns))

    assert column_pairs(chain["cluedin_ingest_process"]) == [(source, field)]


def test_each_field_without_a_column_in_the_source_is_noted() -> None:
    lineage = lineage_of(make_data_set(), ["ID ", "Nam", "noise", "NOISE"])

    assert lineage.notes == (
        "Ingest Data: No column of the source asset is called like 'Name'.",
        f"Ingest Data: {UNCLEAR} by 'Noise' (could be 'noise' or 'NOISE').",
    )


def test_a_source_without_columns_is_one_note() -> None:
    (note,) = lineage_of(make_data_set()).notes
    assert "Purview knows no columns of the source asset" in note
    assert lineage_of(make_data_set(), ["Id", "Name", "Noise"]).notes == ()


def test_the_mapping_means_the_data_sets_column_though_it_spells_it_differently() -> None:
    lineage = lineage_of(make_data_set({"id ": "customer.id", "\ufeffName": "customer.name"}), ["Id", "Name", "Noise"])

    assert columns_of(lineage, "cluedin_data_set") == ["Id", "Name", "Noise"]
    assert column_pairs(by_type(lineage)["cluedin_map_process"]) == [("Id", "customer.id"), ("Name", "customer.name")]


def test_a_column_that_comes_twice_is_one_column() -> None:
    lineage = lineage_of(make_data_set([("Id", "customer.id"), ("Id", "customer.id")], original_fields=("Id", "Id")))

    assert columns_of(lineage, "cluedin_data_set") == ["Id"]
    assert columns_of(lineage, "cluedin_clues") == ["customer.id"]
    assert column_pairs(by_type(lineage)["cluedin_map_process"]) == [("Id", "customer.id")]


def test_one_column_may_go_to_two_keys_and_two_columns_to_one() -> None:
    pairs = [("Id", "customer.id"), ("Id", "customer.code"), ("Key", "customer.id")]
    lineage = lineage_of(make_data_set(pairs, original_fields=("Id", "Key")))

    assert column_pairs(by_type(lineage)["cluedin_map_process"]) == pairs
    assert columns_of(lineage, "cluedin_clues") == ["customer.id", "customer.code"]


def test_a_column_that_only_the_mapping_tells_of_is_a_column_too() -> None:
    lineage = lineage_of(make_data_set({"Late": "customer.late"}, original_fields=("Id",)))

    assert columns_of(lineage, "cluedin_data_set") == ["Id", "Late"]


def test_columns_without_a_name_are_no_columns() -> None:
    data_set = make_data_set([("", "customer.id"), (" ", "customer.id"), ("Id", " ")], original_fields=("", " ", "Id"))

    lineage = lineage_of(data_set)

    assert columns_of(lineage, "cluedin_data_set") == ["Id"]
    assert columns_of(lineage, "cluedin_clues") == []


def test_columns_that_differ_in_case_only_have_names_that_differ_without_case_too() -> None:
    lineage = lineage_of(make_unmapped_data_set(original_fields=("id", "Id", "ID", "Name")))

    folded = [column.ref.qualified_name.casefold() for column in lineage.columns]
    assert [column.name for column in lineage.columns] == ["id", "Id", "ID", "Name"]
    assert len(set(folded)) == 4


def test_the_order_of_columns_does_not_decide_over_their_qualified_names() -> None:
    one, other = (
        {column.name: column.ref for column in lineage_of(make_unmapped_data_set(original_fields=fields)).columns}
        for fields in (("id", "Id", "Name"), ("Name", "Id", "id"))
    )

    assert one == other


def test_characters_with_a_meaning_in_a_qualified_name_are_quoted() -> None:
    lineage = lineage_of(make_unmapped_data_set(original_fields=("a#b/c d%20", "a/b#c")))

    assert [column.ref.qualified_name.rpartition("#")[2] for column in lineage.columns] == [
        "a%23b%2Fc%20d%2520",
        "a%2Fb%23c",
    ]


def test_half_of_a_surrogate_pair_which_no_name_can_hold_is_replaced() -> None:
    found = {"name": "a\ud83d", "originalFields": ["x\udc00"], "fieldMappings": []}

    lineage = lineage_of(parse_data_set(DATA_SET_ID, found))

    assert columns_of(lineage, "cluedin_data_set") == ["x\ufffd"]
    assert by_type(lineage)["cluedin_data_set"].name == "a\ufffd"


def test_very_long_names_fit_and_stay_distinct() -> None:
    field, twin = "é" * 5000 + "1", "é" * 5000 + "2"
    lineage = lineage_of(make_data_set({field: "customer.x"}, original_fields=(field, twin), name="é" * 5000))

    assert all(len(entity.name.encode()) <= 4096 for entity in (*lineage.chain, *lineage.columns))
    assert by_type(lineage)["cluedin_data_set"].name == "é" * 2048
    qualified_names = [column.ref.qualified_name for column in lineage.columns]
    assert len(set(qualified_names)) == len(qualified_names)
    assert max(map(len, qualified_names)) < 2000


def test_a_mapping_that_is_too_large_is_reduced_with_a_note_and_stays_json() -> None:
    fields = [f"a column with a rather long name, number {number:04}" for number in range(490)]
    lineage = lineage_of(make_data_set({field: f"customer.{field}" for field in fields}, original_fields=tuple(fields)))

    process = by_type(lineage)["cluedin_map_process"]
    text = str(process.attributes["columnMapping"])
    kept = len(json.loads(text)[0]["ColumnMapping"])
    assert len(text.encode()) <= LARGEST_PROPERTY_BYTES
    assert 0 < kept < 490
    note = f"Map to Entity: {kept} of 490 columns are linked; Purview takes no more in one property."
    assert process.attributes["columnMappingNote"] == note
    assert note in lineage.notes
    assert len(columns_of(lineage, "cluedin_data_set")) == 490


def test_where_all_columns_fit_the_note_of_before_is_taken_back() -> None:
    chain = by_type(lineage_of(make_data_set()))

    assert chain["cluedin_map_process"].attributes["columnMappingNote"] == ""


@given(st.lists(names, max_size=12), mappings, st.lists(names, max_size=6))
def test_whatever_the_columns_are_called_each_is_there_once_and_linked_by_its_name(
    fields: list[str], mapping: list[tuple[str, str]], source_columns: list[str]
) -> None:
    data_set = make_data_set(mapping, original_fields=tuple(fields))
    lineage = lineage_of(data_set, source_columns)

    refs = [column.ref for column in lineage.columns]
    assert len(set(refs)) == len(refs)
    assert len({(ref.type_name, ref.qualified_name.casefold()) for ref in refs}) == len(refs)
    chain = by_type(lineage)
    spelled = pair_names([field for field, _ in mapping], fields).pairs
    pairs = [(spelled.get(field, field), key) for field, key in mapping]
    kept = [(field, key) for field, key in pairs if field.strip() and key.strip() and key != "--ignore--"]
    assert column_pairs(chain["cluedin_map_process"]) == list(dict.fromkeys(kept))
    sinks = [sink for _, sink in column_pairs(chain["cluedin_ingest_process"])]
    assert sinks == columns_of(lineage, "cluedin_data_set")
    assert set(columns_of(lineage, "cluedin_clues")) == {key for _, key in kept}
    assert columns_of(lineage, "cluedin_golden_records") == columns_of(lineage, "cluedin_clues")

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync_core.lineage.graph.names import LineageRefs, column_refs
from sync_core.purview.graph import EntityRef

REFS = LineageRefs("acme.example", "925268EC-8908-44E2-8D0C-D83FE50937D0")
NAMES = st.sets(st.text(st.sampled_from("aAbBß.~"), min_size=1, max_size=4), max_size=10)
ASSET = EntityRef("cluedin_data_set", "cluedin://acme.example/datasets/1")


def test_qualified_names_follow_from_host_and_id_alone() -> None:
    root = "cluedin://acme.example/datasets/925268ec-8908-44e2-8d0c-d83fe50937d0"

    assert REFS.data_set == EntityRef("cluedin_data_set", root)
    assert REFS.ingest == EntityRef("cluedin_ingest_process", f"{root}/ingest")
    assert REFS.map == EntityRef("cluedin_map_process", f"{root}/map")
    assert REFS.clues == EntityRef("cluedin_clues", f"{root}/clues")
    assert REFS.pipeline == EntityRef("cluedin_processing_pipeline", f"{root}/pipeline")


def test_golden_records_belong_to_the_entity_type_and_to_no_data_set() -> None:
    other = LineageRefs("acme.example", "55036a5c-7406-4f21-aea5-4861ec5a58dc")

    assert REFS.golden_records("/Infrastructure/User") == other.golden_records("/Infrastructure/User")
    assert REFS.golden_records("/Infrastructure/User").qualified_name == (
        "cluedin://acme.example/golden-records/Infrastructure/User"
    )
    assert REFS.golden_records("/Umsatz & Co").qualified_name.endswith("/golden-records/Umsatz%20%26%20Co")


def test_the_same_entity_type_of_another_organization_is_another_asset() -> None:
    assert LineageRefs("other.example", REFS.data_set_id).golden_records("/User") != REFS.golden_records("/User")


@given(NAMES)
def test_a_golden_records_column_depends_on_its_key_alone(keys: set[str]) -> None:
    golden = REFS.golden_records("/User")

    together = dict(column_refs(golden, keys))

    assert together == {key: ref for key in keys for _, ref in column_refs(golden, [key])}
    assert len({ref.qualified_name.casefold() for ref in together.values()}) == len(keys)


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), max_size=10), st.randoms())
def test_a_columns_reference_does_not_depend_on_the_order_of_its_neighbours(names: set[str], chance: Random) -> None:
    ordered = sorted(names)
    shuffled = list(ordered)
    chance.shuffle(shuffled)

    assert dict(column_refs(ASSET, ordered)) == dict(column_refs(ASSET, shuffled))
    assert len({ref.qualified_name.casefold() for _, ref in column_refs(ASSET, ordered)}) == len(names)

import json

from hypothesis import given
from hypothesis import strategies as st

from sync_core.lineage.graph.column_mapping import (
    LARGEST_PROPERTY_BYTES,
    columns_by_sink,
    format_column_mapping,
)

DEEP = "[" * 100_000

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_the_format_is_purviews_to_the_letter() -> None:
    text, count = format_column_mapping("mssql://a/b", "cluedin://c", [("Id", "customer.id"), ("é", 'say "hi"')])

    assert count == 2
    assert text == (
        '[{"DatasetMapping":{"Source":"mssql://a/b","Sink":"cluedin://c"},'
        '"ColumnMapping":[{"Source":"Id","Sink":"customer.id"},{"Source":"é","Sink":"say \\"hi\\""}]}]'
    )


def test_no_columns_are_an_empty_list() -> None:
    assert json.loads(format_column_mapping("a", "b", [])[0])[0]["ColumnMapping"] == []


@given(st.lists(st.tuples(names, names), max_size=30), st.integers(1, 40))
def test_as_many_columns_as_fit_are_there_in_their_order(pairs: list[tuple[str, str]], repeated: int) -> None:
    columns = pairs * repeated
    text, count = format_column_mapping("source", "sink", columns)

    (mapping,) = json.loads(text)
    assert [(pair["Source"], pair["Sink"]) for pair in mapping["ColumnMapping"]] == columns[:count]
    assert len(text.encode()) <= LARGEST_PROPERTY_BYTES
    if count < len(columns):
        source, sink = (json.dumps(name, ensure_ascii=False) for name in columns[count])
        one_more = f',{{"Source":{source},"Sink":{sink}}}'
        assert len(text.encode()) + len(one_more.encode()) > LARGEST_PROPERTY_BYTES


def test_what_someone_else_wrote_there_is_no_mapping_of_ours() -> None:
    for text in ("", "{", "null", "[1]", '[{"DatasetMapping":{}}]', DEEP):
        assert columns_by_sink(text) is None

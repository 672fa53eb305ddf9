"""Filters and paging against a second, naive reading of the same rules."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from local.purview.behaviour.collections import Collections
from local.purview.behaviour.types import TypeRegistry
from local.purview.builtin import builtin_definitions
from local.purview.search.documents import Document, TermRef
from local.purview.search.filters import FilterEvaluator
from local.purview.search.index import SearchIndex
from local.purview.search.query import Search
from local.purview.switches import PurviewSwitches

TYPES = ("azure_sql_table", "powerbi_report")
OBJECT_TYPES = ("Tables", "Reports", None)
COLLECTIONS = ("root", "sub")
TERMS = ("a", "b")
TIMES = st.integers(0, 5)


def make_document(number: int, values: tuple[str, str | None, str, tuple[str, ...], int | None]) -> Document:
    entity_type, object_type, collection, terms, time = values
    return Document(
        id=f"{number:04}",
        entity_type=entity_type,
        object_type=object_type,
        asset_types=(),
        collection_id=collection,
        create_time=time,
        update_time=time,
        created_by="",
        updated_by="",
        attributes={"name": f"n{number % 7}", "qualifiedName": f"q{number}"},
        terms=tuple(TermRef(term, "Glossary", f"guid-{term}") for term in terms),
        classifications=(),
        labels=(),
        contacts=None,
        business_attributes=None,
        glossary=None,
    )


VALUES = st.tuples(
    st.sampled_from(TYPES),
    st.sampled_from(OBJECT_TYPES),
    st.sampled_from(COLLECTIONS),
    st.sets(st.sampled_from(TERMS)).map(lambda terms: tuple(sorted(terms))),
    st.none() | TIMES,
)
CATALOGS = st.lists(VALUES, max_size=25).map(
    lambda rows: [make_document(number, values) for number, values in enumerate(rows)]
)
OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "eq": lambda value, wanted: value == wanted,
}
LEAVES = st.one_of(
    st.sampled_from(TYPES).map(lambda value: {"entityType": value}),
    st.sampled_from(("Tables", "Reports", "Files")).map(lambda value: {"objectType": value}),
    st.sampled_from(COLLECTIONS).map(lambda value: {"collectionId": value}),
    st.sampled_from(TERMS).map(lambda value: {"term": value}),
    st.sampled_from(TERMS).map(lambda value: {"termGuid": f"guid-{value}"}),
    st.tuples(st.sampled_from(list(OPERATORS)), TIMES).map(
        lambda pair: {"updateTime": {"operator": pair[0], "timeThreshold": pair[1]}}
    ),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda forms: {"and": forms}),
        st.lists(inner, min_size=1, max_size=3).map(lambda forms: {"or": forms}),
        inner.map(lambda form: {"not": form}),
    ),
    max_leaves=6,
)


def fits(document: Document, form: dict[str, Any]) -> bool:
    ((key, value),) = form.items()
    match key:
        case "and":
            return all(fits(document, each) for each in value)
        case "or":
            return any(fits(document, each) for each in value)
        case "not":
            return not fits(document, value)
        case "term":
            return value in [term.name for term in document.terms]
        case "termGuid":
            return value in [term.guid for term in document.terms]
        case "updateTime":
            time = document.update_time
            return time is not None and OPERATORS[value["operator"]](time, value["timeThreshold"])
        case _:
            values = {"entityType": document.entity_type, "objectType": document.object_type}
            return bool(values.get(key, document.collection_id) == value)


def make_index(documents: list[Document]) -> SearchIndex:
    index = SearchIndex()
    for document in documents:
        index.apply(document.id, document)
    return index


REGISTRY = TypeRegistry()
for definition in builtin_definitions():
    REGISTRY.put(definition)
TREE = Collections("root", "")


@given(CATALOGS, FILTERS)
@settings(max_examples=150, deadline=None)
def test_a_filter_finds_what_a_naive_reading_finds(documents: list[Document], form: dict[str, Any]) -> None:
    index = make_index(documents)
    found = FilterEvaluator(index, REGISTRY, TREE, PurviewSwitches(), now_ms=0).evaluate(form)
    assert {index[number].id for number in found} == {each.id for each in documents if fits(each, form)}


@given(CATALOGS, st.lists(st.tuples(st.integers(0, 24), st.none() | VALUES), max_size=20), FILTERS)
@settings(max_examples=100, deadline=None)
def test_the_index_stays_true_through_changes_and_deletions(
    documents: list[Document],
    changes: list[tuple[int, tuple[str, str | None, str, tuple[str, ...], int | None] | None]],
    form: dict[str, Any],
) -> None:
    index = make_index(documents)
    expected = {document.id: document for document in documents}
    for number, values in changes:
        guid = f"{number:04}"
        changed = None if values is None else make_document(number, values)
        index.apply(guid, changed)
        expected.pop(guid, None)
        expected |= {guid: changed} if changed else {}
    found = FilterEvaluator(index, REGISTRY, TREE, PurviewSwitches(), now_ms=0).evaluate(form)
    assert {index[number].id for number in found} == {each.id for each in expected.values() if fits(each, form)}


@given(CATALOGS, st.integers(1, 8), st.sampled_from([None, [{"name": "asc"}], [{"updateTime": "DESC"}, {"id": "asc"}]]))
@settings(max_examples=75, deadline=None)
def test_pages_hold_every_document_once_and_in_order(
    documents: list[Document], limit: int, orderby: list[dict[str, str]] | None
) -> None:
    search = Search(make_index(documents), REGISTRY, TREE)
    body: dict[str, Any] = {"keywords": "*", "limit": limit, "orderby": orderby}
    readable = frozenset(COLLECTIONS)
    found: list[str] = []
    while True:
        page = search.query(body, readable, PurviewSwitches(), now_ms=0)
        assert page.total == len(documents)
        found += [document.id for document in page.documents]
        if page.token is None:
            break
        body["continuationToken"] = page.token
    whole = search.query(body | {"limit": 1000, "continuationToken": None}, readable, PurviewSwitches(), now_ms=0)
    assert found == [document.id for document in whole.documents]
    assert sorted(found) == sorted(document.id for document in documents)

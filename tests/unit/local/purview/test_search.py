from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local.purview import Purview
from tests.unit.local.purview.api import SQL, SYNC_TERM, Api, entity

ASSETS = {"not": {"or": [{"entityType": "AtlasGlossaryTerm"}, {"entityType": "AtlasGlossary"}]}}


def names(found: Any) -> list[str]:
    return [each["name"] for each in found["value"]]


def count(api: Api, **condition: Any) -> int:
    return int(api.search(keywords=None, filter=condition)["@search.count"])


def pages(api: Api, **body: Any) -> Iterator[Any]:
    while True:
        page = api.search(**body)
        yield page
        if not page.get("continuationToken"):
            return
        body["continuationToken"] = page["continuationToken"]


def test_everything_contains_glossary_terms_unless_they_are_filtered_or_switched_off(
    api: Api, purview: Purview
) -> None:
    everything = api.search(keywords="*", limit=1000)
    kinds = {each["entityType"] for each in everything["value"]}
    assert {"AtlasGlossaryTerm", "AtlasGlossary"} <= kinds
    without = api.search(keywords="*", limit=1000, filter={"not": {"objectType": "Glossary terms"}})
    assert {each["entityType"] for each in without["value"]} == kinds - {"AtlasGlossaryTerm"}
    purview.reset_all()
    purview.patch_switches({"glossary_objects_in_search": "none"})
    purview.seed({"name": "estate"})
    assert "AtlasGlossary" not in str(api.search(keywords="*", limit=1000))


def test_columns_and_schemas_are_no_hits(api: Api) -> None:
    kinds = {each["entityType"] for each in api.search(keywords="*", limit=1000)["value"]}
    assert not kinds & {"azure_sql_column", "column", "tabular_schema"}


def test_the_sync_term_finds_eighteen_assets(api: Api) -> None:
    assert count(api, term="Sync to CluedIn") == 18
    assert count(api, term="Sync to CluedIn", glossary="Glossary") == 18
    assert count(api, term="Sync to CluedIn", glossary="Business Terms") == 0
    assert count(api, termGuid=api.sync_term()) == 18


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"entityType": "azure_sql_table"}, 3),
        ({"entityType": "DataSet"}, 0),
        ({"objectType": "Reports"}, 1),
        ({"assetType": "Fabric"}, 5),
        ({"collectionId": "fingr4", "objectType": "Tables"}, 3),
        ({"kind": "AndFilter", "and": [{"collectionId": "fingr4"}, {"objectType": "Tables"}]}, 3),
        ({"or": [{"objectType": "Reports"}, {"objectType": "Dashboards"}]}, 2),
        ({"and": [{"objectType": "Tables"}, {"not": {"collectionId": "fingr4"}}]}, 4),
        ({"and": [{"not": {"objectType": "Tables"}}, {"not": {"assetType": "Azure SQL Database"}}]}, None),
        ({"fileExtension": "csv"}, 10),
        ({"glossaryType": "Business Terms"}, 2),
        ({"attributeName": "isFile", "operator": "eq", "attributeValue": False}, 1),
        ({"attributeName": "name", "operator": "prefix", "attributeValue": "dim_"}, 2),
        ({"attributeName": "name", "operator": "contains", "attributeValue": "CUSTOMER"}, 10),
        ({"attributeName": "size", "operator": "gt", "attributeValue": 30000}, 5),
        ({"attributeName": "name", "operator": "ne", "attributeValue": "Orders"}, None),
    ],
)
def test_each_form_of_filter_finds_its_assets(api: Api, condition: dict[str, Any], expected: int | None) -> None:
    found = api.search(keywords=None, limit=1000, filter=condition)
    assert found["@search.count"] == len(found["value"]) > 0 or expected == 0
    if expected is not None:
        assert found["@search.count"] == expected, names(found)


def test_subtypes_are_included_where_asked_for(api: Api) -> None:
    assert count(api, entityType="DataSet", includeSubTypes=True) == 25


def test_sub_collections_are_included_only_if_switched_on(api: Api, purview: Purview) -> None:
    alone = count(api, collectionId="slsq1x")
    purview.patch_switches({"collection_filter_includes_children": True})
    assert count(api, collectionId="slsq1x") > alone
    assert count(api, collectionId="contoso") == len(purview.index)


def test_times_are_compared_and_named(api: Api, purview: Purview) -> None:
    now_ms = purview.clock.now_ms()
    old = count(api, **{"and": [ASSETS, {"createTime": "MORE_THAN_365D"}]})
    assert 0 < old < 10
    year_ago = {"operator": "lt", "timeThreshold": now_ms - 365 * 86_400_000}
    assert count(api, **{"and": [ASSETS, {"createTime": year_ago}]}) == old
    assert count(api, **{"and": [ASSETS, {"updateTime": "LAST_24H"}]}) == 0
    api.admin("rename", asset="Orders", name="All orders")
    assert count(api, **{"and": [ASSETS, {"updateTime": "LAST_24H"}]}) == 1
    recent = {"not": {"updateTime": {"operator": "lt", "timeThreshold": now_ms}}}
    assert count(api, **{"and": [ASSETS, recent]}) == 1
    purview.patch_switches({"time_operators": "lt_only"})
    refused = api.query(filter={"updateTime": {"operator": "ge", "timeThreshold": now_ms}})
    assert refused.status_code == 400
    assert count(api, **{"and": [ASSETS, recent]}) == 1


def test_business_metadata_and_classifications_are_searchable(api: Api) -> None:
    extra = {
        "businessAttributes": {"operations": {"code": "A7"}},
        "classifications": [{"typeName": "MICROSOFT.PERSONAL.NAME"}],
        "labels": ["gold"],
        "contacts": {"Owner": [{"id": "someone", "info": ""}]},
    }
    api.write(entity("DataSet", "rich") | extra)
    by_metadata = {"attributeName": "operations.code", "operator": "eq", "attributeValue": "A7"}
    for condition in (by_metadata, {"classification": "MICROSOFT.PERSONAL.NAME"}, {"label": "gold"}):
        (hit,) = api.search(filter=condition)["value"]
        assert hit["contact"] == [{"id": "someone", "info": "", "contactType": "Owner"}]


def test_assets_can_be_walked_by_id(api: Api) -> None:
    seen: list[str] = []
    while True:
        last = {"id": {"operator": "gt", "value": seen[-1] if seen else ""}}
        page = api.search(limit=10, filter=last, orderby=[{"id": "asc"}])["value"]
        if not page:
            break
        seen += [each["id"] for each in page]
    assert seen == sorted(set(seen))
    assert len(seen) == count(api)


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 1001},
        {"limit": -1},
        {"limit": "many"},
        {"filter": {"nothing": 1}},
        {"filter": {"and": ["x"]}},
        {"filter": {"updateTime": "YESTERDAY"}},
        {"filter": {"updateTime": {"operator": "between", "timeThreshold": 1}}},
        {"filter": {"attributeName": "name", "operator": "like", "attributeValue": "x"}},
        {"orderby": [{"nothing": "asc"}]},
        {"orderby": [{"name": "up"}]},
        {"facets": [{"facet": "nothing"}]},
        {"continuationToken": "made up"},
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, body: dict[str, Any]) -> None:
    answer = api.query(**body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_keywords_must_all_occur(api: Api) -> None:
    assert names(api.search(keywords="dim customer")) == ["dim_customer"]
    assert api.search(keywords="dim nothing")["@search.count"] == 0


def test_results_are_ordered_by_several_keys(api: Api) -> None:
    found = api.search(limit=1000, filter=ASSETS, orderby=[{"entityType": "ASC"}, {"name": "DESC"}])["value"]
    keys = [(each["entityType"], each["name"].casefold()) for each in found]
    by_name = sorted(keys, key=lambda key: key[1], reverse=True)
    assert keys == sorted(by_name, key=lambda key: key[0])


def test_facets_count_the_whole_result_not_the_page(api: Api) -> None:
    body = {"limit": 1, "filter": {"objectType": "Tables"}, "facets": [{"facet": "assetType", "count": 0}]}
    facets = api.search(**body)["@search.facets"]
    assert facets == {"assetType": [{"count": 4, "value": "Azure SQL Database"}, {"count": 3, "value": "Fabric"}]}
    by_value = [{"facet": "collectionId", "count": 2, "sort": {"value": "asc"}}]
    found = api.search(limit=1, facets=by_value)["@search.facets"]["collectionId"]
    assert [each["value"] for each in found] == ["contoso", "fingr4"]


def test_the_last_page_has_no_token_and_still_the_whole_count(api: Api) -> None:
    found = list(pages(api, keywords="*", limit=20, filter=ASSETS))
    assert "continuationToken" not in found[-1]
    assert found[-1]["value"]
    assert {page["@search.count"] for page in found} == {sum(len(page["value"]) for page in found)}


@pytest.mark.parametrize(("switch", "token"), [("null", None), ("empty", "")])
def test_the_last_token_may_be_null_or_empty(api: Api, purview: Purview, switch: str, token: str | None) -> None:
    purview.patch_switches({"last_page_token": switch})
    assert api.search(keywords="*", limit=1000)["continuationToken"] == token


def test_a_token_with_another_body_is_refused_or_ignored_or_honoured(api: Api, purview: Purview) -> None:
    first = api.search(keywords="*", limit=5)
    other = {"keywords": "*", "limit": 6, "continuationToken": first["continuationToken"]}
    assert api.query(**other).status_code == 400
    purview.patch_switches({"token_after_body_change": "ignored"})
    assert names(api.search(**other))[:5] == names(first)
    purview.patch_switches({"token_after_body_change": "honoured"})
    assert not set(names(api.search(**other))) & set(names(first))


def test_a_token_expires_where_switched_on(api: Api, purview: Purview) -> None:
    purview.patch_switches({"token_ttl_s": 300})
    body = {"keywords": "*", "limit": 5}
    token = api.search(**body)["continuationToken"]
    api.admin("clock", advance_s=299)
    assert api.query(**body, continuationToken=token).status_code == 200
    api.admin("clock", advance_s=2)
    assert api.query(**body, continuationToken=token).status_code == 400


def test_pages_come_from_one_result_or_shift_as_switched(api: Api, purview: Purview) -> None:
    body = {"limit": 3, "filter": {"objectType": "Tables"}, "orderby": [{"name": "asc"}]}
    for stable, third in ((True, "dim_customer"), (False, "dim_date")):
        purview.reset_all()
        purview.seed({"name": "estate"})
        purview.patch_switches({"stable_paging": stable})
        first = api.search(**body)
        assert names(first)[0] == "ActiveCustomers"
        api.admin("delete", asset="ActiveCustomers")
        second = api.search(**body, continuationToken=first["continuationToken"])
        assert (names(second)[0] == "fact_orders") is not stable, third


def test_deep_paging_breaks_the_connection_where_switched_on(api: Api, purview: Purview) -> None:
    purview.patch_switches({"deep_paging_limit": 20})
    body = {"keywords": "*", "limit": 20}
    token = api.search(**body)["continuationToken"]
    with pytest.raises(requests.ConnectionError):
        api.query(**body, continuationToken=token)


def test_the_index_lags_behind_also_for_terms(api: Api, purview: Purview) -> None:
    purview.patch_switches({"index_lag_s": 300})
    api.admin("assets", name="late.csv", terms=[SYNC_TERM])
    assert count(api, term="Sync to CluedIn") == 18
    assert len(api.assigned(api.sync_term())) == 21
    api.admin("clock", advance_s=299)
    assert api.search(keywords="late.csv")["@search.count"] == 0
    api.admin("clock", advance_s=2)
    assert count(api, term="Sync to CluedIn") == 19


def test_each_change_becomes_searchable_in_its_own_time(api: Api, purview: Purview) -> None:
    purview.patch_switches({"index_lag_s": 300})
    api.admin("rename", asset="Orders", name="first")
    api.admin("clock", advance_s=200)
    api.admin("rename", asset="first", name="second")
    api.admin("clock", advance_s=150)
    assert api.search(keywords="Orders")["value"][0]["name"] != "second"
    assert "first" in names(api.search(filter={"entityType": "azure_sql_table"}))
    api.admin("index/flush")
    assert "second" in names(api.search(filter={"entityType": "azure_sql_table"}))


def test_a_deletion_lags_too_unless_switched(api: Api, purview: Purview) -> None:
    purview.patch_switches({"index_lag_s": 300})
    api.admin("delete", asset="dim_customer")
    assert count(api, entityType="fabric_lakehouse_table") == 3
    purview.patch_switches({"deletions_leave_index_at_once": True})
    api.admin("delete", asset="dim_date")
    assert names(api.search(filter={"entityType": "fabric_lakehouse_table"})) == ["dim_customer", "fact_orders"]


def test_the_shape_of_the_samples_has_no_times_and_writes_empties_out(api: Api, purview: Purview) -> None:
    purview.patch_switches({"search_shape": "sample", "omit_term_guid": True, "omit_count_approximate": True})
    page = api.search(filter={"attributeName": "qualifiedName", "operator": "eq", "attributeValue": f"{SQL}/Orders"})
    assert page.keys() == {"@search.count", "value"}
    (hit,) = page["value"]
    assert not hit.keys() & {"updateTime", "createTime", "objectType", "collectionId"}
    assert (hit["classification"], hit["description"]) == ([], None)
    assert hit["term"] == [{"name": "Sync to CluedIn", "glossaryName": "Glossary"}]


def test_the_live_shape_leaves_empties_out(api: Api) -> None:
    (hit,) = api.search(keywords="fact_orders")["value"]
    assert hit["term"][0]["guid"] == api.sync_term()
    assert {"updateTime", "createTime", "objectType", "collectionId"} <= hit.keys()
    assert not hit.keys() & {"classification", "description", "contact"}


def test_a_hit_may_lack_what_was_switched_off_when_it_was_indexed(api: Api, purview: Purview) -> None:
    omitted = ("entityType", "name", "qualifiedName", "createTime", "updateTime")
    purview.patch_switches({"omit_from_hits": omitted})
    api.admin("assets", name="bare.csv")
    purview.patch_switches({"omit_from_hits": ()})
    (bare,) = api.search(keywords="bare.csv")["value"]
    (whole,) = api.search(keywords="fact_orders")["value"]
    assert not set(omitted) & bare.keys()
    assert set(omitted) <= whole.keys()
    assert bare["displayText"] == "bare.csv"


def test_what_has_no_time_in_the_index_is_before_and_after_nothing(api: Api, purview: Purview) -> None:
    everything = count(api)
    purview.patch_switches({"omit_from_hits": ["createTime"]})
    api.admin("assets", name="timeless.csv")
    tomorrow = purview.clock.now_ms() + 86_400_000
    for operator in ("lt", "ge"):
        found = api.search(filter={"createTime": {"operator": operator, "timeThreshold": tomorrow}})
        assert found["@search.count"] == (everything if operator == "lt" else 0)
    assert count(api, **{"not": {"createTime": {"operator": "lt", "timeThreshold": tomorrow}}}) == 1


def test_a_hit_without_a_name_shows_its_qualified_name_as_apache_atlas_does(api: Api) -> None:
    api.admin("assets", name="", qualifiedName="https://lake.example/nameless")
    (hit,) = api.search(
        filter={"attributeName": "qualifiedName", "operator": "eq", "attributeValue": "https://lake.example/nameless"}
    )["value"]
    assert "name" not in hit
    assert hit["displayText"] == "https://lake.example/nameless"


def test_assets_that_the_caller_may_not_read_are_silently_left_out(api: Api) -> None:
    everything = count(api)
    api.admin("roles", roles={"Sales": ["purview-reader"]})
    assert 0 < count(api) < everything
    assert {each["collectionId"] for each in api.search(limit=1000)["value"]} == {"slsq1x", "slraw7"}

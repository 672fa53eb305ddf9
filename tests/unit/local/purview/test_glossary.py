from typing import Any

from local.purview import Purview
from tests.unit.local.purview.api import SQL, SYNC_TERM, Api, error_code


def glossary_guid(api: Api, name: str = "Glossary") -> str:
    found = api.get("/glossary", ignoreTermsAndCategories="true").json()
    return next(str(each["guid"]) for each in found if each["name"] == name)


def add_term(api: Api, name: str, **fields: Any) -> Any:
    body = {"name": name, "anchor": {"glossaryGuid": glossary_guid(api)}, **fields}
    return api.post("/glossary/term", body, includeTermHierarchy="true")


def test_the_listing_brings_all_term_headers_unless_told_otherwise(api: Api) -> None:
    (first, _) = api.get("/glossary").json()
    assert "Sync to CluedIn" in [each["displayText"] for each in first["terms"]]
    assert "terms" not in api.get("/glossary", ignoreTermsAndCategories="true").json()[0]


def test_a_big_glossary_times_out_unless_it_is_listed_without_terms(api: Api, purview: Purview) -> None:
    purview.patch_switches({"glossary_timeout_terms": 5})
    assert api.get("/glossary").status_code == 408
    assert api.get("/glossary", ignoreTermsAndCategories="true").status_code == 200


def test_term_headers_are_paged(api: Api) -> None:
    path = f"/glossary/{glossary_guid(api)}/terms/headers"
    names = [each["displayText"] for each in api.get(path).json()]
    paged = [each["displayText"] for offset in range(0, 6, 2) for each in api.get(path, limit=2, offset=offset).json()]
    assert paged == names
    assert [each["displayText"] for each in api.get(path, sort="DESC").json()] == names[::-1]


def test_a_child_term_may_be_listed_by_its_own_name_alone(api: Api, purview: Purview) -> None:
    path = f"/glossary/{glossary_guid(api)}/terms/headers"
    assert "Customer_Address" in [each["displayText"] for each in api.get(path).json()]
    purview.patch_switches({"term_headers": "short"})
    names = [each["displayText"] for each in api.get(path).json()]
    assert "Address" in names
    assert "Customer_Address" not in names


def test_a_server_may_cap_the_pages_of_assignments(api: Api, purview: Purview) -> None:
    term = api.sync_term()
    everything = api.assigned(term)
    purview.patch_switches({"assigned_entities_page_limit": 7})
    assert api.assigned(term, limit=-1) == everything[:7]
    assert api.assigned(term, limit=1000, offset=14) == everything[14:]


def test_assignments_may_come_in_another_order_each_time(api: Api, purview: Purview) -> None:
    term = api.sync_term()
    everything = api.assigned(term)
    purview.patch_switches({"assigned_entities_order": "shuffled"})
    first, second = ([each["guid"] for each in api.assigned(term)] for _ in range(2))
    assert first != second
    assert set(first) == set(second) == {each["guid"] for each in everything}


def test_a_child_term_has_its_parents_name_in_front(api: Api) -> None:
    parent = api.named("AtlasGlossaryTerm", "Customer@Glossary")["guid"]
    child = add_term(api, "Segment", parentTerm={"termGuid": parent}).json()
    assert (child["name"], child["nickName"]) == ("Customer_Segment", "Segment")
    assert child["qualifiedName"] == "Customer_Segment@Glossary"
    assert child["parentTerm"]["termGuid"] == parent


def test_a_term_that_exists_is_refused(api: Api) -> None:
    assert error_code(add_term(api, "Customer")) == (409, "409-00-009")


def test_the_hierarchy_may_demand_a_parameter_in_a_shape_of_its_own(api: Api, purview: Purview) -> None:
    purview.patch_switches({"term_hierarchy_parameter_required": True})
    body = {"name": "New", "anchor": {"glossaryGuid": glossary_guid(api)}}
    answer = api.post("/glossary/term", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "TermHierarchyQueryParameterMissing")
    assert add_term(api, "New").status_code == 200


def test_assigning_twice_is_a_no_op(api: Api) -> None:
    term = api.sync_term()
    before = api.assigned(term)
    body = [{"guid": before[0]["guid"]}]
    assert api.post(f"/glossary/terms/{term}/assignedEntities", body).status_code == 204
    assert api.assigned(term) == before


def test_taking_a_term_away_needs_the_right_relationship(api: Api) -> None:
    term = api.sync_term()
    path = f"/glossary/terms/{term}/assignedEntities"
    first, second = api.assigned(term)[:2]
    assert error_code(api.delete(path, [{"guid": first["guid"]}])) == (400, "400-00-078")
    wrong = {"guid": first["guid"], "relationshipGuid": second["relationshipGuid"]}
    assert error_code(api.delete(path, [wrong])) == (400, "400-00-080")
    right = {"guid": first["guid"], "relationshipGuid": first["relationshipGuid"]}
    assert api.delete(path, [right]).status_code == 204
    assert len(api.assigned(term)) == 19


def test_an_assignment_bumps_the_update_time_unless_switched_off(api: Api, purview: Purview) -> None:
    def stamp() -> tuple[int, str]:
        found = api.named("azure_sql_table", f"{SQL}/Products")
        return found["updateTime"], found["lastModifiedTS"]

    before = stamp()
    purview.patch_switches({"term_assignment_bumps_update_time": False})
    api.admin("tag", asset="Products", term=SYNC_TERM)
    assert stamp() == before
    purview.patch_switches({"term_assignment_bumps_update_time": True})
    api.admin("untag", asset="Products", term=SYNC_TERM)
    assert stamp() > before


def test_a_deleted_asset_leaves_the_assignments_or_stays_as_deleted(api: Api, purview: Purview) -> None:
    term = api.sync_term()
    api.admin("delete", asset="dim_customer")
    assert len(api.assigned(term)) == 19
    purview.patch_switches({"assigned_entities_include_deleted": True})
    (deleted,) = (each for each in api.assigned(term) if each["entityStatus"] == "DELETED")
    assert (deleted["displayText"], deleted["relationshipStatus"]) == ("dim_customer", "DELETED")


def test_a_term_in_use_cannot_be_deleted(api: Api) -> None:
    assert error_code(api.delete(f"/glossary/term/{api.sync_term()}")) == (400, "400-00-084")
    unused = add_term(api, "Unused").json()["guid"]
    assert api.delete(f"/glossary/term/{unused}").status_code == 204
    assert api.get(f"/glossary/term/{unused}").status_code == 404


def test_a_renamed_term_is_found_by_its_new_name_everywhere(api: Api) -> None:
    term = api.sync_term()
    assert api.put(f"/glossary/term/{term}", {"name": "Into CluedIn"}).json()["name"] == "Into CluedIn"
    assert api.named("AtlasGlossaryTerm", "Into CluedIn@Glossary")["guid"] == term
    assert api.search(keywords=None, filter={"term": "Into CluedIn"})["@search.count"] == 18
    assert api.search(keywords=None, filter={"term": "Sync to CluedIn"})["@search.count"] == 0


def test_a_glossary_is_created_once(api: Api) -> None:
    assert api.post("/glossary", {"name": "Third"}).json()["qualifiedName"] == "Third"
    assert error_code(api.post("/glossary", {"name": "Third"})) == (409, "409-00-007")


def test_a_term_in_full_names_its_assets(api: Api) -> None:
    term = api.get(f"/glossary/term/{api.sync_term()}").json()
    assert len(term["assignedEntities"]) == 20
    detailed = api.get(f"/glossary/{glossary_guid(api)}/detailed").json()
    assert detailed["termInfo"][term["guid"]]["qualifiedName"] == SYNC_TERM

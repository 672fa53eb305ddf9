import pytest
import requests

from local.purview import Purview
from tests.unit.local.purview.api import Api


@pytest.mark.parametrize("path", ["!/account/collections", "!/collections"])
def test_collections_are_listed_under_both_paths(api: Api, path: str) -> None:
    found = api.get(path, **{"api-version": "2019-11-01-preview"}).json()
    root, *rest = found["value"]
    assert (root["name"], root["friendlyName"]) == ("contoso", "Contoso")
    assert "parentCollection" not in root
    assert all(len(each["name"]) == 6 for each in rest)
    assert [each["friendlyName"] for each in rest].count("Raw") == 2
    assert found["nextLink"] is None


def test_a_next_link_leads_through_all_pages(api: Api, purview: Purview) -> None:
    purview.patch_switches({"collections_page_size": 3})
    names: list[str] = []
    link: str | None = f"{api.base_url}/account/collections?api-version=2019-11-01-preview"
    while link:
        page = requests.get(link, headers={"Authorization": "Bearer x"}, timeout=5).json()
        names += [each["name"] for each in page["value"]]
        link = page["nextLink"]
    assert names == [each.name for each in purview.collections]


def test_the_path_of_a_collection_is_told_in_both_kinds_of_names(api: Api) -> None:
    path = api.get("!/account/collections/clu3dn/getCollectionPath").json()
    assert path == {"parentNameChain": ["contoso", "mdmh3k"], "parentFriendlyNameChain": ["Contoso", "MDM"]}


def test_children_are_listed(api: Api) -> None:
    children = api.get("!/account/collections/mdmh3k/getChildCollectionNames").json()["value"]
    assert children == [{"name": "clu3dn", "friendlyName": "CluedIn"}]


def test_an_unknown_collection_is_not_found(api: Api) -> None:
    assert api.get("!/account/collections/nobody").status_code == 404
    assert api.get("!/account/collections/nobody/getCollectionPath").status_code == 404


def test_a_collection_with_children_cannot_be_deleted(api: Api) -> None:
    assert api.delete("!/account/collections/mdmh3k").status_code == 409
    assert api.delete("!/account/collections/clu3dn").status_code == 204
    assert api.delete("!/account/collections/mdmh3k").status_code == 204


def test_the_old_search_path_is_answered_405_and_unknown_paths_404(api: Api) -> None:
    assert api.post("!/catalog/api/search/query", {}).status_code == 405
    assert api.get("!/catalog/api/atlas/v2/glossary").status_code == 200
    assert api.get("!/datamap/api/atlas/v2/search/basic").status_code == 404

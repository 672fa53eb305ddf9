"""Names in query strings: Purview takes a `+` for itself, so a space goes as `%20`, in every parameter."""

from urllib.parse import unquote, unquote_plus

import pytest
from starlette.responses import JSONResponse

from local.purview import Purview
from sync_core.http.client import Call, HttpClient
from sync_core.purview.client import PURVIEW, PurviewClient
from sync_core.purview.graph import EntityRef
from sync_core.purview.lineage_client import PurviewLineageClient
from tests.kit.scripted import NumberedTokens, Scripted, make_door

LAKE = "https://contosolake.dfs.core.windows.net/raw"
FILE = "azure_datalake_gen2_path"
NAMES = [
    "sales data/Order Details.csv",
    "a+b.csv",
    "100 %.csv",
    "100%25.csv",
    "R&D=x.csv",
    "no #1?.csv",
    "Größe 売上.csv",
    "a;b,c:d@e.csv",
    " outer ",
    "%20+%2B",
]
READINGS = pytest.mark.parametrize("plus", ["literal", "space"])
EACH_NAME = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def door(purview_url: str) -> HttpClient:
    """What sends requests to the account."""
    return HttpClient(PURVIEW, purview_url, tokens=NumberedTokens(), sleep=lambda _: None)


@READINGS
@EACH_NAME
def test_an_asset_is_found_by_its_qualified_name(purview: Purview, door: HttpClient, plus: str, name: str) -> None:
    purview.patch_switches({"plus_in_query": plus})
    attributes = {"name": name, "qualifiedName": f"{LAKE}/{name}"}
    purview.entities.upsert([{"typeName": FILE, "attributes": attributes}], "a test")
    found = PurviewLineageClient(door).find(EntityRef(FILE, f"{LAKE}/{name}"))
    assert found is not None
    assert found.qualified_name == f"{LAKE}/{name}"


@READINGS
@pytest.mark.parametrize("term", ["Sync to CluedIn", "Kunden & Größen", "A+B", "50 % off", "C# code"])
def test_a_term_is_found_by_its_formal_name(purview: Purview, door: HttpClient, plus: str, term: str) -> None:
    purview.patch_switches({"plus_in_query": plus})
    if term != "Sync to CluedIn":
        glossary = next(each for each in purview.glossary.glossaries() if each.display_text == "Glossary")
        purview.glossary.create_term({"name": term, "anchor": {"glossaryGuid": glossary.guid}}, "a test")
    assert PurviewClient(door).find_term(f"{term}@Glossary")


@EACH_NAME
def test_every_parameter_is_read_alike_by_those_who_take_a_plus_for_a_space_and_those_who_do_not(
    service: Scripted, name: str
) -> None:
    make_door(service).send(Call("GET", "/books", {"attr:title": name, "shelf": [name, "b c"], name: 1}))
    pairs = [pair.split("=") for pair in service.asked[0].query.split("&")]
    expected = [["attr:title", name], ["shelf", name], ["shelf", "b c"], [name, "1"]]
    assert [[unquote(part) for part in pair] for pair in pairs] == expected
    assert [[unquote_plus(part) for part in pair] for pair in pairs] == expected


def test_a_form_writes_a_space_as_forms_do(service: Scripted) -> None:
    make_door(service).send(Call("POST", "/token", form={"password": "a b+c&d%", "username": "Jörg"}))
    assert service.asked[0].body == b"password=a+b%2Bc%26d%25&username=J%C3%B6rg"
    assert service.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_half_a_character_in_a_name_is_asked_for_and_breaks_nothing(service: Scripted) -> None:
    make_door(service).send(Call("GET", "/books", {"title": "a\ud800b"}))
    assert service.asked[0].query == "title=a%3Fb"


def test_a_plus_in_the_link_to_the_next_page_stays_one(service: Scripted) -> None:
    links = ["https://elsewhere.example/account/collections?$skipToken=a+b/c==", ""]
    service.answers = [JSONResponse({"value": [{"name": link or "last"}], "nextLink": link}) for link in links]
    door = HttpClient(PURVIEW, service.url, tokens=NumberedTokens())
    assert len(list(PurviewClient(door).fetch_collections())) == 2
    assert "skipToken=a%2Bb%2Fc%3D%3D" in service.asked[1].query

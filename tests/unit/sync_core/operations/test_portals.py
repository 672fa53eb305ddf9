"""Addresses of the vendors' pages."""

import pytest

from sync_core.operations.portals import Portals

GUID = "1b5cd6b6-3a52-4c1b-8d8c-0c8d3a9e9c11"
CLUEDIN = "https://acme.cluedin.example/"


@pytest.mark.parametrize(
    ("endpoint", "portal"),
    [
        ("https://contoso.purview.azure.com", "https://web.purview.azure.com/resource/contoso"),
        ("https://contoso.catalog.purview.azure.com/", "https://web.purview.azure.com/resource/contoso"),
        ("https://api.purview-service.microsoft.com", "https://purview.microsoft.com/datacatalog/governance"),
        (f"https://{GUID}-api.purview-service.microsoft.com", "https://purview.microsoft.com/datacatalog/governance"),
        ("http://127.0.0.1:9", "https://purview.microsoft.com/datacatalog/governance"),
    ],
)
def test_an_asset_is_opened_in_the_portal_of_its_account(endpoint: str, portal: str) -> None:
    assert Portals(endpoint, CLUEDIN).asset(GUID) == f"{portal}/main/catalog/entity?guid={GUID}"


def test_a_data_set_and_the_data_sources_are_opened_in_the_organization() -> None:
    portals = Portals("https://contoso.purview.azure.com", CLUEDIN)
    assert portals.data_sources() == "https://acme.cluedin.example/admin/inbound/datasourceset"
    assert portals.data_set(GUID) == f"{portals.data_sources()}/dataset/detail/{GUID.upper()}"


@pytest.mark.parametrize("given", ["", "x", f"{GUID}&x=1", f"{GUID}\n", "javascript:alert(1)", "../../x"])
def test_what_is_no_guid_leads_nowhere(given: str) -> None:
    portals = Portals("https://contoso.purview.azure.com", CLUEDIN)
    assert (portals.asset(given), portals.data_set(given)) == ("", "")

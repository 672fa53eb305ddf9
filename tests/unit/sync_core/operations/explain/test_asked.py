"""What people ask about: names, qualified names, guids, and addresses of Purview's portal."""

import pytest

from sync_core.errors import RejectedError
from sync_core.operations.explain.asked import parse_asked

GUID = "5f3c2a7e-9d41-4b0f-8a63-2c7b1e90d4aa"
OTHER = "b1de7c55-0f7a-4f0e-9a43-6e1f7d2c8b19"


@pytest.mark.parametrize(
    "text",
    [
        GUID,
        f"  {GUID.upper()} ",
        "{" + GUID + "}",
        GUID.replace("-", ""),
        f"https://web.purview.azure.com/resource/contoso/main/catalog/entity?guid={GUID}&tid={OTHER}",
        f"https://purview.microsoft.com/datacatalog/governance/main/catalog/entity?tid={OTHER}&guid={GUID}&section=overview",
        f"purview.microsoft.com/datacatalog/governance/main/catalog/entity?guid={GUID}",
        f"https://purview.microsoft.com/datacatalog/governance/main#/entity?section=schema&guid={GUID}",
        f"https://contoso.purview.azure.com/catalog/entity/{GUID}",
        f"https://portal.example/catalog?GUID={GUID.upper()}",
    ],
)
def test_a_guid_and_a_portals_address_name_the_asset(text: str) -> None:
    assert parse_asked(text).guid == GUID


@pytest.mark.parametrize(
    "text",
    [
        "Account.csv",
        f"https://app.fabric.microsoft.com/groups/{GUID}/lakehouses/{OTHER}/tables/dbo%252Fdim_date",
        "https://contosolake.dfs.core.windows.net/raw/crm/customers.csv",
        "mssql://contoso-sql.database.windows.net/crm/dbo/Orders",
        f"report {GUID}",
        "http://[",
        "https://web.purview.azure.com/resource/contoso",
    ],
)
def test_a_name_is_a_name_whatever_it_holds(text: str) -> None:
    assert parse_asked(f" {text} ").text == text
    assert parse_asked(text).guid == ""


def test_an_endless_question_is_refused_by_name() -> None:
    with pytest.raises(RejectedError, match="explain has 5000 characters") as refused:
        parse_asked("x" * 5000)
    assert refused.value.code == "explain"

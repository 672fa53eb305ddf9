from types import SimpleNamespace
from typing import Any, cast

from sync_core.operations.explain.asked import Asked
from sync_core.operations.explain.find_assets import FindAssets
from sync_core.operations.explain.findings import Cause
from sync_core.purview.asset import Asset

ORDERS = Asset("1", "azure_sql_table", "Orders", "mssql://server/crm/dbo/Orders", "Orders")
OWN = Asset("2", "cluedin_entity", "Order", "cluedin://contoso/entity/Order", "Order")


class Purview:
    """Knows no name, and finds by words whatever it is given."""

    def find_asset(self, _: str) -> None:
        return None

    def search(self, _: Any, *, limit: int, keywords: str = "") -> SimpleNamespace:
        return SimpleNamespace(assets=[OWN, ORDERS][:limit] if keywords else [])


def test_what_the_app_wrote_itself_is_not_proposed_as_similar() -> None:
    records = SimpleNamespace(pages_called=lambda _: iter(()))
    find = FindAssets(cast("Any", Purview()), cast("Any", records), cast("Any", None))
    (finding,) = find.find(Asked("Ordrs"), list, lambda: True, asks_purview=True).findings
    assert finding.cause is Cause.NOT_FOUND
    assert "'Orders'" in finding.evidence
    assert "cluedin://" not in finding.evidence

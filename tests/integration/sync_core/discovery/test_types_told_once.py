"""What Purview told of a type once counts for as long as it does not tell of it again: its name says less."""

from typing import Any

import pytest

from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.discovery.known_types import AssetTypes
from sync_core.runs.run_log import RunLog
from tests.kit.estate import TYPES, Estate

SERVER = "azure_sql_server"  # no data set, though nothing in its name tells so


def ask(estate: Estate) -> str | None:
    """Ask as another process of the app does."""
    types = AssetTypes(
        DefinitionsAhead(estate.app.purview.fetch_entity_type), estate.app.notes("type"), estate.clock.now
    )
    return types.why_left_out(SERVER, estate.app.defer.open(RunLog("r", estate.clock.now())))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 404, "body": "not found"},
        {"status": 404, "body": {"errorCode": "ATLAS-404-00-001", "errorMessage": "unknown type"}},
        {"status": 400, "body": {"errorCode": "ATLAS-400-00-01A", "errorMessage": "invalid"}},
        {"status": 401, "body": "no"},
        {"status": 403, "body": "no"},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": {"value": None}},
        {"status": 200, "body": '{"name": "azure_sql_server", "superTy'},
        {"drop": "before"},
    ],
    ids=str,
)
def test_a_server_is_no_data_asset_while_its_type_is_told_no_more(small_estate: Estate, answer: dict[str, Any]) -> None:
    why = ask(small_estate)
    assert why
    small_estate.purview_fault(TYPES, times=None, **answer)

    for _ in range(9):
        small_estate.clock.advance(3 * 3600)
        assert ask(small_estate) == why

"""Each question has its answer within three files."""

import pytest

from tests.unit.docs.tables import read_table

ROWS = read_table("where.md", "Where is what?")


@pytest.mark.parametrize("row", ROWS, ids=[row["question"] for row in ROWS])
def test_a_question_is_answered_by_three_files_at_most(row: dict[str, str]) -> None:
    assert 1 <= row["files"].count("](../sync_core/") <= 3

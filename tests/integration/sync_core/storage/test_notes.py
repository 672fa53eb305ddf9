"""Notes that one run leaves for the next."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from sync_core.storage.connection import StorageConnection
from sync_core.storage.notes import Notes
from sync_core.storage.table import Operation, Table


class Cursor(BaseModel):
    text: str = ""
    since_ms: int = 0
    retry_after_s: float | None = None
    at: datetime | None = None
    guids: list[str] = Field(default_factory=list)


@pytest.fixture
def cursors(table: Table) -> Notes:
    return Notes(table, "cursor")


def test_a_note_that_nobody_left_is_none(cursors: Notes) -> None:
    assert cursors.load(Cursor, "all") is None


def test_a_later_note_replaces_the_earlier_one(cursors: Notes) -> None:
    cursors.save("all", Cursor(text="first", guids=["a"]))
    cursors.save("all", Cursor(text="second"))
    assert cursors.load(Cursor, "all") == Cursor(text="second")


def test_kinds_keep_their_notes_apart(cursors: Notes, table: Table) -> None:
    cursors.save("all", Cursor(text="mine"))
    assert Notes(table, "toggle").load(Cursor, "all") is None
    assert list(Notes(table, "toggle").all(Cursor)) == []


def test_all_notes_of_a_kind_come_with_their_names(cursors: Notes) -> None:
    cursors.save("b", Cursor(text="2"))
    cursors.save("a", Cursor(text="1"))
    assert list(cursors.all(Cursor)) == [("a", Cursor(text="1")), ("b", Cursor(text="2"))]


def test_a_dropped_note_is_gone_and_dropping_it_again_is_no_error(cursors: Notes) -> None:
    cursors.save("all", Cursor())
    cursors.delete("all")
    cursors.delete("all")
    assert cursors.load(Cursor, "all") is None


def test_a_moment_in_epoch_milliseconds_is_kept(cursors: Notes) -> None:
    cursors.save("all", Cursor(since_ms=1_772_600_767_890))
    assert cursors.load(Cursor, "all") == Cursor(since_ms=1_772_600_767_890)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=st.builds(
        Cursor,
        text=st.text() | st.just("🧪" * 16_000),
        since_ms=st.integers(-(2**63), 2**63 - 1),
        retry_after_s=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        at=st.none() | st.datetimes(datetime(1000, 1, 1), datetime(8999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
        guids=st.lists(st.text(), max_size=3),
    )
)
def test_whatever_a_note_says_comes_back_from_storage(cursors: Notes, note: Cursor) -> None:
    cursors.save("any", note)
    assert cursors.load(Cursor, "any") == note


def test_the_first_note_makes_the_table(connection: StorageConnection) -> None:
    assert [table.name for table in connection.tables.list_tables()] == []
    Notes(Table(connection.tables, "syncnotes"), "cursor").save("all", Cursor())
    assert [table.name for table in connection.tables.list_tables()] == ["syncnotes"]


def test_notes_that_are_saved_together_stand_one_by_one_and_cost_one_operation_for_a_hundred(
    cursors: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, transact = list[int](), Table.transact

    def counted(table: Table, rows: Sequence[Operation]) -> list[str]:
        written.append(len(rows))
        return transact(table, rows)

    monkeypatch.setattr(Table, "transact", counted)
    cursors.save("7", Cursor(since_ms=1))

    cursors.save_all({str(number): Cursor(since_ms=number) for number in range(150)})
    cursors.save_all({})

    assert dict(cursors.all(Cursor)) == {str(number): Cursor(since_ms=number) for number in range(150)}
    assert written == [100, 50]

"""Instances that ask a service for much count each other, by the storage service's clock."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from sync_core.errors import TransientError
from sync_core.runs import sharing
from sync_core.runs.sharing import Sharing
from sync_core.storage.notes import Notes
from sync_core.storage.table import Table

SERVICE = "purview"


@pytest.fixture
def notes(table: Table) -> Notes:
    return Notes(table, "sharer")


def test_each_instance_that_asks_for_much_is_counted_once_and_for_its_own_service(notes: Notes) -> None:
    one, another = Sharing(notes, "one"), Sharing(notes, "another")
    assert one.count(SERVICE) == 1
    assert another.count(SERVICE) == 2
    assert one.count(SERVICE) == 2
    assert one.count("catalog") == 1


def test_who_was_not_here_lately_does_not_count(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    Sharing(notes, "one").count(SERVICE)
    monkeypatch.setattr(sharing, "SHARED_FOR_S", 1e-6)
    assert Sharing(notes, "another").count(SERVICE) == 1


def test_who_was_not_here_for_long_is_forgotten(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    Sharing(notes, "one").count(SERVICE)
    monkeypatch.setattr(sharing, "FORGOTTEN_AFTER", timedelta(microseconds=1))
    Sharing(notes, "another").count(SERVICE)
    assert set(notes.written_at()) == {f"{SERVICE}.another"}


class Away(Notes):
    """Storage that does not answer."""

    def save(self, name: str, note: BaseModel) -> None:
        raise TransientError(f"{name} {note}")


def test_where_storage_does_not_answer_it_is_not_known(table: Table) -> None:
    assert Sharing(Away(table, "sharer"), "one").count(SERVICE) is None

"""Definitions that are read ahead: each answer counts for one look, and only while they are wanted."""

from threading import Barrier

import pytest

from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.errors import TransientError
from sync_core.purview.wire import EntityType


class Purview:
    """Knows a type `table`, none called `gone`, and fails when it is asked for `odd`."""

    def __init__(self, at_once: int = 1) -> None:
        self.asked: list[str] = []
        self._together = Barrier(at_once)

    def read(self, name: str) -> EntityType | None:
        self.asked.append(name)
        self._together.wait(10)
        if name == "odd":
            raise TransientError("Purview does not tell.")
        return EntityType(name, ("DataSet",)) if name == "table" else None


def test_several_are_asked_for_at_once_and_each_answer_counts_once() -> None:
    purview = Purview(at_once=3)
    ahead = DefinitionsAhead(purview.read)

    with ahead.of(["table", "gone", "odd"], lambda: True):
        table, gone = ahead.fetch("table"), ahead.fetch("gone")
        with pytest.raises(TransientError):
            ahead.fetch("odd")

    assert (table, gone, sorted(purview.asked)) == (EntityType("table", ("DataSet",)), None, ["gone", "odd", "table"])


def test_a_second_look_asks_anew() -> None:
    purview = Purview()
    ahead = DefinitionsAhead(purview.read)
    with ahead.of(["table", "gone"], lambda: True):
        ahead.fetch("gone")
        ahead.fetch("gone")
    assert sorted(purview.asked) == ["gone", "gone", "table"]


def test_an_answer_is_not_kept_for_later() -> None:
    purview = Purview()
    ahead = DefinitionsAhead(purview.read)
    with ahead.of(["table", "gone"], lambda: True):
        pass
    ahead.fetch("table")
    assert sorted(purview.asked) == ["gone", "table", "table"]


@pytest.mark.parametrize(("names", "has_time"), [(["table", "gone"], False), (["table"], True), ([], True)])
def test_nobody_is_asked_ahead_where_there_is_no_time_or_only_one(names: list[str], *, has_time: bool) -> None:
    purview = Purview()
    with DefinitionsAhead(purview.read).of(names, lambda: has_time):
        assert purview.asked == []

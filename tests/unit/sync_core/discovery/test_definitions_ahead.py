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

    with ahead.wanting(["table", "gone", "odd"]):
        table, gone = ahead.fetch("table"), ahead.fetch("gone")
        with pytest.raises(TransientError):
            ahead.fetch("odd")

    assert (table, gone, sorted(purview.asked)) == (EntityType("table", ("DataSet",)), None, ["gone", "odd", "table"])


def test_a_second_look_asks_anew() -> None:
    purview = Purview()
    ahead = DefinitionsAhead(purview.read)
    with ahead.wanting(["table", "gone"]):
        ahead.fetch("gone")
        ahead.fetch("gone")
    assert purview.asked == ["gone", "gone"]


def test_the_first_ones_are_weighed_before_more_are_asked_for() -> None:
    purview = Purview()
    names = [f"type {number}" for number in range(20)]
    ahead = DefinitionsAhead(purview.read)
    with ahead.wanting(names):
        assert purview.asked == []
        ahead.fetch(names[0])
        assert sorted(purview.asked) == sorted(names[:8])
        for name in names:
            ahead.fetch(name)
    assert sorted(purview.asked) == sorted([*names, names[0]])


def test_an_answer_is_not_kept_for_later() -> None:
    purview = Purview()
    ahead = DefinitionsAhead(purview.read)
    with ahead.wanting(["gone", "table"]):
        ahead.fetch("gone")
    ahead.fetch("table")
    assert sorted(purview.asked) == ["gone", "table", "table"]


def test_what_nobody_announced_is_asked_for_alone() -> None:
    purview = Purview()
    ahead = DefinitionsAhead(purview.read)
    with ahead.wanting(["table"]):
        ahead.fetch("gone")
    assert purview.asked == ["gone"]

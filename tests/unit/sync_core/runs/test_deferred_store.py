"""Kinds that are read together are neighbours in storage, and no other kind stands between them."""

from sync_core.runs.deferred import Kind
from sync_core.runs.deferred_store import READ_TOGETHER, together_with


def test_no_other_kind_stands_between_those_that_are_read_together() -> None:
    between = {kind for kind in Kind if min(READ_TOGETHER) <= kind <= max(READ_TOGETHER)}
    assert between == set(READ_TOGETHER)


def test_a_kind_of_which_many_may_be_deferred_is_read_alone() -> None:
    assert [list(together_with(kind)) for kind in (Kind.ASSET, Kind.GROUP, Kind.SOURCE)] == [
        [Kind.ASSET],
        [Kind.GROUP],
        [Kind.SOURCE],
    ]

"""The numbers of a data set are kept when they change, and not for ever."""

from datetime import timedelta

from sync_core.cluedin.data_set import RecordCounts
from sync_core.lineage.processed import MOST_KEPT, Processed, with_counts
from tests.unit.sync_core.builders import NOW


def test_numbers_are_kept_when_they_change() -> None:
    first = with_counts([], RecordCounts(10, 9, 1), NOW)
    assert first == [Processed(at=NOW, total=10, successful=9, failed=1)]
    assert with_counts(first, RecordCounts(10, 9, 1), NOW + timedelta(hours=1)) == first
    assert len(with_counts(first, RecordCounts(10, 10, 0), NOW)) == 2


def test_numbers_that_nobody_tells_are_none() -> None:
    assert with_counts([], RecordCounts(), NOW) == []


def test_the_oldest_go() -> None:
    known: list[Processed] = []
    for total in range(2 * MOST_KEPT):
        known = with_counts(known, RecordCounts(total), NOW)
    assert [one.total for one in known] == list(range(MOST_KEPT, 2 * MOST_KEPT))

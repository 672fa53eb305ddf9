"""What is outstanding: when its message is due, that it is sent, and that done work stays done."""

from datetime import timedelta

import pytest

from sync_core.domain.asset import AssetStatus
from sync_core.errors import ConflictError
from sync_core.state.asset_rows import StoredTodo
from sync_core.state.assets import AssetStore
from sync_core.state.table import Table
from tests.unit.sync_core.builders import NOW, make_record, make_synced_record

LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def assets(table: Table) -> AssetStore:
    return AssetStore(table)


def add(assets: AssetStore, *names: str) -> list[StoredTodo]:
    return assets.add([make_record(name) for name in names], NOW)


def close(assets: AssetStore, name: str, *, announce: bool = False) -> None:
    assets.close(make_record(name).key, lambda _: make_synced_record(name), announce=announce)


def due(assets: AssetStore, at_s: float = 0) -> dict[str, int]:
    return {stored.todo.key: stored.todo.sends for stored in assets.due(NOW + timedelta(seconds=at_s))}


def test_new_work_is_due_at_once(assets: AssetStore) -> None:
    add(assets, "a.csv")
    assert list(due(assets).values()) == [0]
    assert due(assets, at_s=-1) == {}


def test_nothing_is_outstanding_before_anything_was_added(assets: AssetStore) -> None:
    assert not assets.has_todo()
    assert due(assets) == {}
    assert assets.news() == []


def test_work_that_was_sent_is_due_again_later(assets: AssetStore) -> None:
    assets.mark_sent(add(assets, "a.csv"), lambda _: LATER)
    assert due(assets) == {}
    assert assets.has_todo()
    assert list(due(assets, at_s=15 * 60 + 1).values()) == [1]


def test_work_that_was_done_while_it_was_sent_stays_done(assets: AssetStore) -> None:
    sent = add(assets, "a.csv", "b.csv", "c.csv")
    close(assets, "b.csv")
    assets.mark_sent(sent, lambda _: LATER)
    assert sorted(due(assets, at_s=10**6)) == sorted(make_record(name).key for name in ("a.csv", "c.csv"))
    assert set(due(assets, at_s=10**6).values()) == {1}


def test_work_whose_row_changed_while_it_was_sent_keeps_the_change(assets: AssetStore) -> None:
    sent = add(assets, "a.csv", "b.csv")
    assets.postpone(make_record("a.csv").key, NOW + timedelta(days=1))
    assets.mark_sent(sent, lambda _: LATER)
    assert due(assets, at_s=3600) == {make_record("b.csv").key: 1}
    assert due(assets, at_s=2 * 86400)[make_record("a.csv").key] == 0


def test_many_sent_messages_are_noted_in_several_transactions(assets: AssetStore) -> None:
    assets.mark_sent(add(assets, *(f"{number}.csv" for number in range(101))), lambda _: LATER)
    assert due(assets) == {}
    assert len(due(assets, at_s=10**6)) == 101


def test_work_that_was_put_back_is_due_when_its_message_shows_again(assets: AssetStore) -> None:
    add(assets, "a.csv")
    key = make_record("a.csv").key
    assert [assets.times_put_back(key), assets.postpone(key, LATER), assets.times_put_back(key)] == [0, 1, 1]
    assert due(assets) == {}
    assert list(due(assets, at_s=15 * 60 + 1).values()) == [0]


def test_putting_back_work_that_is_done_brings_nothing_back(assets: AssetStore) -> None:
    add(assets, "a.csv")
    close(assets, "a.csv")
    assert assets.postpone(make_record("a.csv").key, LATER) == 0
    assert assets.times_put_back(make_record("a.csv").key) == 0
    assert not assets.has_todo()


def test_work_can_be_forgotten_without_its_record(assets: AssetStore) -> None:
    add(assets, "a.csv")
    assets.forget_todo(make_record("a.csv").key)
    assets.forget_todo(make_record("a.csv").key)
    assert not assets.has_todo()
    assert assets.load(make_record("a.csv").key) is not None


def test_news_wait_until_they_are_taken(assets: AssetStore) -> None:
    add(assets, "a.csv", "b.csv")
    close(assets, "a.csv", announce=True)
    close(assets, "b.csv", announce=False)
    (news,) = assets.news()
    assert (news.name, news.status) == ("a.csv", AssetStatus.SYNCED)
    assets.forget_news([news])
    assert assets.news() == []


def test_the_same_news_are_taken_once(assets: AssetStore) -> None:
    add(assets, "a.csv")
    close(assets, "a.csv", announce=True)
    news = assets.news()
    assets.forget_news(news)
    with pytest.raises(ConflictError):
        assets.forget_news(news)

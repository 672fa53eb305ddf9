"""Two installations on one storage account share its queues: each does its own work, whoever gets the message."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.cluedin.app import make_app as make_cluedin_app
from local.cluedin.simulator import CluedIn
from local.cluedin.switches import CluedInSwitches
from local.simulation import serve
from sync_core.assets.record import AssetStatus
from tests.kit.estate import Estate, NewEstate, make_estate_app
from tests.kit.services import Services

Pair = tuple[Estate, Estate]


@pytest.fixture
def pair(new_small_estate: NewEstate, services: Services) -> Iterator[Pair]:
    """One account, whose assets have the same keys in both, and two organizations."""
    estate = new_small_estate()
    other = CluedIn(CluedInSwitches(read_after_create_lag_s=0), clock=services.clock)
    with serve(make_cluedin_app(other)) as url:
        places = (services.cluedin_url, "first", estate.cluedin), (url, "second", other)
        apps = [
            make_estate_app(services.purview_url, address, estate.storage, services.clock, scope=scope)
            for address, scope, _ in places
        ]
        one, two = (replace(estate, app=app, cluedin=place[2]) for app, place in zip(apps, places, strict=True))
        yield one, two


def groups(estate: Estate) -> Counter[str]:
    return Counter(group.name for group in estate.cluedin.store.data_source_sets.values())


def test_the_others_messages_do_nothing_and_their_work_is_done_by_its_owner(pair: Pair) -> None:
    one, other = pair
    one.tick()
    other.work()
    assert not groups(other), "the other has no such job"
    assert not list(other.app.dead_letters.all())

    one.clock.advance(120)
    one.sync()
    assert {record.status for record in one.records()} == {AssetStatus.SYNCED}
    assert set(groups(one).values()) == {1}


def test_each_asset_has_one_group_in_each_organization_whoever_reads_the_messages_first(pair: Pair) -> None:
    for number in range(4):
        for estate in pair:
            estate.tick()
        for estate in reversed(pair) if number % 2 else pair:
            estate.work()
        pair[0].clock.advance(120)
    for estate in pair:
        assert {record.status for record in estate.records()} == {AssetStatus.SYNCED}
        assert sorted(groups(estate).values()) == [1, 1]
        assert not list(estate.app.dead_letters.all())


def test_what_cannot_be_read_is_kept_once_by_whoever_reads_it(pair: Pair) -> None:
    one, other = pair
    other.app.create_data_source_group.handle(b"no message of ours")
    assert len(list(other.app.dead_letters.all())) == 1
    assert not list(one.app.dead_letters.all())

"""CluedIn's lists count what they do not show, or hold members that nobody can read: ours go on."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.errors import TransientError
from tests.kit.bench import CREATE_SOURCE, Bench

NAME = "Account.csv"
SOURCE = f"https://lake.example/{NAME}"
HOW = pytest.mark.parametrize("told", ["beside an error", "silently"])


@pytest.mark.parametrize("total", ["more", "less", "page", "absent"])
def test_whatever_the_total_says_an_asset_gets_one_group(bench: Bench, total: str) -> None:
    bench.cluedin.patch_switches({"total": total})
    bench.add_foreign_group(f"Old {NAME}", "file.csv")
    key = bench.add_asset(NAME)

    bench.deliver(key)
    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.SYNCED
    assert bench.groups() == [(NAME, [SOURCE]), (f"Old {NAME}", ["file.csv"])]


@pytest.mark.parametrize("total", ["more", "less", "page", "absent"])
def test_whatever_the_total_says_a_lost_answer_makes_no_second_group(bench: Bench, total: str) -> None:
    bench.cluedin.patch_switches({"total": total})
    for number in range(12):
        bench.add_foreign_group(f"{number} {NAME}")
    key = bench.add_asset(NAME)
    bench.cluedin_fault("inbound.createDataSourceSet", drop="after")

    bench.deliver(key)
    bench.settle(key)
    bench.deliver(key)

    assert [group for group in bench.groups() if group[0] == NAME] == [(NAME, [SOURCE])]


@HOW
@pytest.mark.parametrize("bad", [f"Old {NAME}", "file.csv"])
def test_a_strangers_group_or_source_that_nobody_can_read_stops_no_asset(bench: Bench, bad: str, told: str) -> None:
    bench.cluedin.patch_switches({"unreadable": (bad,), "unreadable_is_told": told != "silently"})
    bench.add_foreign_group(f"Old {NAME}", "file.csv")
    key = bench.add_asset(NAME)

    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.SYNCED
    assert (NAME, [SOURCE]) in bench.groups()


@HOW
def test_a_group_with_a_source_that_nobody_can_read_is_not_taken_for_an_empty_one(bench: Bench, told: str) -> None:
    bench.cluedin.patch_switches({"unreadable": ("file.csv",), "unreadable_is_told": told != "silently"})
    bench.add_foreign_group(NAME, "file.csv")
    key = bench.add_asset(NAME)

    bench.deliver(key)

    assert (NAME, ["file.csv"]) in bench.groups()
    assert bench.record(key).status is AssetStatus.SYNCED


@HOW
def test_a_source_of_our_own_group_that_cannot_be_read_is_not_made_a_second_time(bench: Bench, told: str) -> None:
    key = bench.add_asset(NAME)
    bench.cluedin_fault(CREATE_SOURCE, drop="after")
    bench.deliver(key)
    bench.settle(key)
    bench.cluedin.patch_switches({"unreadable": (SOURCE,), "unreadable_is_told": told != "silently"})

    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.QUEUED
    bench.settle(key)
    bench.cluedin.patch_switches({"unreadable": ()})
    bench.deliver(key)
    assert bench.groups() == [(NAME, [SOURCE])]


@HOW
@pytest.mark.parametrize("count", [2, 3, 12])
def test_groups_of_strangers_none_of_which_can_be_read_stop_no_asset(bench: Bench, count: int, told: str) -> None:
    strangers = [f"Old {number} {NAME}" for number in range(count)]
    bench.cluedin.patch_switches({"unreadable": tuple(strangers), "unreadable_is_told": told != "silently"})
    for name in strangers:
        bench.add_foreign_group(name, "file.csv")
    key = bench.add_asset(NAME)

    for _ in range(3):  # CluedIn is read as a whole first: around what cannot be read
        bench.deliver(key)
        if bench.app.asset_jobs.load(key):
            bench.settle(key)

    assert bench.record(key).status is AssetStatus.SYNCED
    assert (NAME, [SOURCE]) in bench.groups()


@HOW
def test_a_lost_group_that_nobody_can_read_is_looked_for_again_for_an_hour(bench: Bench, told: str) -> None:
    key = bench.add_asset(NAME)
    bench.cluedin_fault("inbound.createDataSourceSet", drop="after")
    bench.deliver(key)
    bench.cluedin.patch_switches({"unreadable": (NAME,), "unreadable_is_told": told != "silently"})

    for _ in range(14):
        bench.settle(key)
        bench.deliver(key)

    assert bench.record(key).status is AssetStatus.QUEUED
    assert bench.record(key).attempts < 3
    bench.cluedin.patch_switches({"unreadable": ()})
    bench.settle(key)
    bench.deliver(key)
    assert bench.groups() == [(NAME, [SOURCE])]


def test_after_an_hour_a_group_that_nobody_can_read_is_a_strangers(bench: Bench) -> None:
    key = bench.add_asset(NAME)
    bench.add_foreign_group(f"Old {NAME}")
    bench.cluedin_fault("inbound.createDataSourceSet", status=503)
    bench.deliver(key)
    bench.cluedin.patch_switches({"unreadable": (f"Old {NAME}",)})
    bench.settle(key)
    bench.deliver(key)
    assert bench.record(key).status is AssetStatus.QUEUED
    stored = bench.app.asset_jobs.load(key)
    assert stored is not None
    long_ago = datetime.now(UTC) - timedelta(minutes=61)
    bench.app.asset_jobs.change(stored, stored.job.model_copy(update={"unseen_since": long_ago, "held_until": None}))

    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.SYNCED


def test_a_page_of_groups_none_of_which_can_be_read_makes_nobody_missing(bench: Bench) -> None:
    """What follows such a page, or stands on it, is not known."""
    strangers = [f"group {number:02}" for number in range(20)]
    for name in strangers:
        bench.add_foreign_group(name)
    key = bench.add_asset(NAME)
    bench.deliver(key)
    bench.cluedin.patch_switches({"unreadable": tuple(strangers[:10]), "page_limit": 10})
    read = bench.app.read_snapshot

    snapshot = None
    for _ in range(4):
        with suppress(TransientError):
            snapshot = snapshot or read.read("r", timedelta(minutes=1))

    assert snapshot is not None
    assert not snapshot.is_whole
    assert NAME in {group.name for group in snapshot.groups.values()}

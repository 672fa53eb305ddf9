"""CluedIn's lists count what they do not show, or hold members that nobody can read: ours go on."""

import pytest

from sync_core.assets.record import AssetStatus
from tests.integration.sync_core.bench import CREATE_SOURCE, Bench

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
    bench.fault("inbound.createDataSourceSet", drop="after")

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
    bench.fault(CREATE_SOURCE, drop="after")
    bench.deliver(key)
    bench.settle(key)
    bench.cluedin.patch_switches({"unreadable": (SOURCE,), "unreadable_is_told": told != "silently"})

    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.QUEUED
    bench.settle(key)
    bench.cluedin.patch_switches({"unreadable": ()})
    bench.deliver(key)
    assert bench.groups() == [(NAME, [SOURCE])]

"""What a snapshot shows of one asset's group and source: an id counts only with the name that it must bear."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync_core.assets.in_cluedin import Ours, Shown, Sight, is_expected, known_by_name, still_missing
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.cluedin.snapshot import GroupSeen, KnownSource, Snapshot, SourceSeen
from tests.unit.sync_core.builders import make_record

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
NAME = "https://lake.example/Account.csv"


def record(**changes: Any) -> AssetRecord:
    standing = {
        "qualified_name": NAME,
        "status": AssetStatus.SYNCED,
        "group_id": "3",
        "group_name": "Account.csv",
        "group_at": NOON - timedelta(hours=1),
        "source_id": "7",
        "synced_at": NOON - timedelta(hours=1),
    }
    return make_record(**{**standing, **changes})


def shown(source_id: str = "7", source: str = NAME, group_id: str = "3", group: str = "Account.csv") -> Shown:
    sources = (SourceSeen(source_id, source, group_id, group),) if source else ()
    return Shown.of(Snapshot(NOON, {group_id: GroupSeen(group_id, group, sources)}))


def test_a_source_of_its_id_and_name_stands() -> None:
    assert shown().sight_of(record()) is Sight.SHOWN


def test_a_group_that_a_person_renamed_stands_by_its_source() -> None:
    assert shown(group="My accounts").sight_of(record()) is Sight.SHOWN


def test_a_source_of_its_id_that_bears_another_name_is_a_strangers() -> None:
    assert shown(source="Payroll").sight_of(record()) is Sight.MISSING


def test_a_source_of_its_name_under_another_id_stands_elsewhere() -> None:
    assert shown(source_id="12", group_id="9").sight_of(record()) is Sight.ELSEWHERE


def test_a_group_without_its_source_is_not_enough_once_the_source_was_made() -> None:
    assert shown(source="").sight_of(record()) is Sight.MISSING


@pytest.mark.parametrize(("group", "sight"), [("Account.csv", Sight.SHOWN), ("Finance", Sight.MISSING)])
def test_a_half_made_group_stands_by_its_id_and_name(group: str, sight: Sight) -> None:
    half_made = record(source_id="", synced_at=None, status=AssetStatus.QUEUED)
    assert shown(source="", group=group).sight_of(half_made) is sight


@pytest.mark.parametrize("seconds", [-60, 0, 119])
def test_what_was_made_just_before_the_snapshot_is_too_young_to_be_missing(seconds: int) -> None:
    young = record(synced_at=NOON - timedelta(seconds=seconds))
    assert shown(source="").sight_of(young) is Sight.TOO_YOUNG


def test_nothing_is_made_again_for_an_asset_that_is_retired_or_has_no_group() -> None:
    assert is_expected(record())
    assert not is_expected(record(status=AssetStatus.RETIRED))
    assert not is_expected(record(group_id=""))


def test_looks_that_lack_a_source_are_counted_from_the_first() -> None:
    empty = Shown(NOON, {}, {})
    first = still_missing(record(), None, empty)
    second = still_missing(record(), first, Shown(NOON + timedelta(minutes=5), {}, {}))
    assert (first.missing_looks, second.missing_looks) == (1, 2)
    assert second.missing_since == NOON.timestamp()


def test_a_source_that_was_shown_again_begins_anew() -> None:
    before = KnownSource("7", NAME, "3", "Account.csv", {"data set": "v1"})
    missing = still_missing(record(), before, Shown(NOON, {}, {}))
    assert (missing.missing_looks, missing.versions) == (1, {"data set": "v1"})


def test_of_two_sources_of_one_name_the_missing_one_is_remembered() -> None:
    stands = KnownSource("8", NAME, "4", "copy")
    gone = KnownSource("7", NAME, "3", "Account.csv", missing_looks=1, missing_since=1.0)
    assert known_by_name([stands, gone])[NAME] is gone
    assert known_by_name([gone, stands])[NAME] is gone


@pytest.mark.parametrize(("after_s", "looks"), [(0, 1), (2, 1), (44, 1), (45, 2), (300, 2)])
def test_a_snapshot_that_follows_the_last_one_at_once_is_the_same_look(after_s: float, looks: int) -> None:
    first = still_missing(record(), None, Shown(NOON, {}, {}))
    second = still_missing(record(), first, Shown(NOON + timedelta(seconds=after_s), {}, {}))
    assert (second.missing_looks, second.missing_since) == (looks, NOON.timestamp())


TWIN = {"type_name": "view", "group_name": f"Account.csv : {NAME}", "group_id": "4", "source_id": "8"}


def of_twins(*sources: tuple[str, str], **changes: Any) -> tuple[dict[str, Sight], set[str]]:
    """How two assets of one name compare with sources of that name, given by id and group; who is not shown."""
    groups = {each: GroupSeen(each, group, (SourceSeen(each, NAME, each, group),)) for each, group in sources}
    ours = Ours(Shown.of(Snapshot(NOON, groups)))
    both = [record(key="table"), record(key="view", **{**TWIN, **changes})]
    for one in both:
        ours.add_name(NAME)
        ours.add(one)
    return {one.key: ours.sight_of(one) for one in both}, ours.not_shown


def test_twins_stand_each_with_its_source() -> None:
    sights, not_shown = of_twins(("7", "Account.csv"), ("8", TWIN["group_name"]))
    assert (sights, not_shown) == ({"table": Sight.SHOWN, "view": Sight.SHOWN}, set())


@pytest.mark.parametrize("group", ["renamed", TWIN["group_name"]])
def test_a_source_that_got_the_id_of_its_twins_stands_for_one_of_them_only(group: str) -> None:
    made_again = {"group_id": "7", "source_id": "7", "synced_at": NOON - timedelta(minutes=10)}
    sights, not_shown = of_twins(("7", group), **made_again)
    assert sights == {"table": Sight.MISSING, "view": Sight.SHOWN}
    assert not_shown == {"table"}


def test_the_source_of_a_twin_does_not_stand_for_one_that_is_gone() -> None:
    sights, not_shown = of_twins(("8", TWIN["group_name"]))
    assert sights == {"table": Sight.MISSING, "view": Sight.SHOWN}
    assert not_shown == {"table"}


def test_twins_whose_ids_were_swapped_stand_where_their_groups_names_say() -> None:
    sights, not_shown = of_twins(("8", "Account.csv"), ("7", TWIN["group_name"]))
    assert sights == {"table": Sight.ELSEWHERE, "view": Sight.ELSEWHERE}
    assert not_shown == {"table", "view"}


def test_one_pass_over_the_records_tells_all_that_a_look_asks_for() -> None:
    names = ["as recorded", "elsewhere", "retired without a source", "retired"]
    sources = tuple(SourceSeen(f"{number}", name, "3", "Account.csv") for number, name in enumerate(names, start=7))
    ours = Ours(Shown.of(Snapshot(NOON, {"3": GroupSeen("3", "Account.csv", sources)})))
    changes: list[dict[str, Any]] = [
        {"key": "as recorded"},
        {"key": "elsewhere", "source_id": "12"},
        {"key": "missing"},
        {"key": "retired without a source", "status": AssetStatus.RETIRED, "source_id": ""},
        {"key": "retired", "status": AssetStatus.RETIRED},
    ]
    for each in changes:
        ours.add_name(each["key"])
        ours.add(record(qualified_name=each["key"], **each))

    assert (ours.names, ours.expected, ours.not_shown) == (set(names), 3, {"elsewhere", "missing"})
    assert [one.key for one in ours.unbound] == ["retired without a source"]

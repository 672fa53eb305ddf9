"""What would become of an asset: decided from its record and from what stands in CluedIn."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sync_core.assets.names import shorten
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.cluedin.snapshot import GroupSeen, KnownSource, SourceSeen
from sync_core.operations.plan.compare import compare
from sync_core.operations.plan.plan import Act, LeftOut, Plan, Planned, merged
from sync_core.operations.plan.plan_groups import (
    Groups,
    contested,
    looks_until_retired,
    plan_absent,
    plan_selected,
    requests_of,
    seconds_of,
    sources_seen,
)
from sync_core.purview.asset import Asset
from tests.unit.sync_core.builders import NOW, make_asset, make_record, make_synced_record

ACCOUNT = make_asset()
FULL = f"Account.csv : {ACCOUNT.qualified_name}"


def group(number: str, name: str, *sources: str) -> GroupSeen:
    return GroupSeen(number, name, tuple(SourceSeen(f"s{one}", one, number, name) for one in sources))


def plan(
    *groups: GroupSeen,
    assets: tuple[Asset, ...] = (ACCOUNT,),
    records: Mapping[str, AssetRecord] | None = None,
    owners: Mapping[str, str] | None = None,
    known: Sequence[KnownSource] | None = None,
) -> list[Planned]:
    snapshot = {shorten(asset.qualified_name): known for asset in assets}
    return plan_selected(
        assets, records or {}, Groups.of(groups), owners=owners or {}, known=snapshot, used=set(), now=NOW
    )


def test_a_new_asset_gets_a_group_of_its_name() -> None:
    (planned,) = plan()
    assert (planned.act, planned.group_name, planned.is_clash) == (Act.CREATE, "Account.csv", False)


@pytest.mark.parametrize("taken", [group("1", "Account.csv", "another"), group("1", "ACCOUNT.CSV", "another")])
def test_a_name_that_another_group_has_clashes(taken: GroupSeen) -> None:
    (planned,) = plan(taken)
    assert (planned.act, planned.group_name, planned.is_clash) == (Act.CREATE, FULL, True)
    assert "'Account.csv'" in planned.why


def test_of_two_new_assets_of_one_name_the_second_gets_the_full_one() -> None:
    other = make_asset(qualified_name="https://lake.example/other/Account.csv")
    names = [one.group_name for one in plan(assets=(ACCOUNT, other))]
    assert names == ["Account.csv", "Account.csv : https://lake.example/other/Account.csv"]


@pytest.mark.parametrize(
    "standing",
    [group("7", "anything", ACCOUNT.qualified_name), group("7", FULL), group("7", "Account.csv")],
)
def test_a_group_that_may_be_its_own_is_adopted(standing: GroupSeen) -> None:
    (planned,) = plan(group("6", "Another", "x"), standing)
    assert (planned.act, planned.group_id, planned.group_name) == (Act.ADOPT, "7", standing.name)


@pytest.mark.parametrize(
    ("known", "group_name", "act"),
    [
        ((), "Own name", Act.CREATE),  # the snapshot is older than the group
        ((), "the ACCOUNT.CSV of sales", Act.ADOPT),  # the search for the asset's name shows it
        (("7", "Own name"), "Own name", Act.ADOPT),
        (("7", "Former name"), "Own name", Act.CREATE),  # the search for its former name does not show it
        (("6", "Own name"), "Own name", Act.CREATE),  # that one is gone
    ],
)
def test_a_group_with_its_source_is_adopted_only_if_a_look_up_shows_it(
    known: tuple[str, str] | tuple[()], group_name: str, act: Act
) -> None:
    sources = [KnownSource("9", ACCOUNT.qualified_name, known[0], known[1])] if known else []
    (planned,) = plan(group("7", group_name, ACCOUNT.qualified_name), known=sources)
    assert planned.act is act
    assert ("after the next snapshot" in planned.why) is (act is Act.CREATE)


def test_only_sources_that_stand_are_looked_up_in_the_snapshot() -> None:
    other = make_asset(qualified_name="https://lake.example/other/Account.csv")
    groups = Groups.of([group("7", "Own name", ACCOUNT.qualified_name)])
    assert sources_seen([ACCOUNT, other], groups) == [ACCOUNT.qualified_name]


def test_an_empty_group_that_an_earlier_try_meant_is_taken_unless_another_may_call_its_own_so() -> None:
    record = make_record(status=AssetStatus.RETIRED, group_name="Former name")
    standing, records = group("7", "Former name"), {ACCOUNT.key: record}
    assert contested([ACCOUNT], [record], Groups.of([standing])) == ["Former name"]
    assert [one.act for one in plan(standing, records=records)] == [Act.ADOPT]
    assert [one.act for one in plan(standing, records=records, owners={"Former name": "another"})] == [Act.CREATE]


def test_an_empty_group_of_its_name_that_another_asset_may_use_is_left_to_that_one() -> None:
    standing = group("7", "Account.csv")
    assert contested([ACCOUNT], [], Groups.of([standing])) == ["Account.csv"]
    (planned,) = plan(standing, owners={"Account.csv": "another"})
    assert (planned.act, planned.is_clash) == (Act.CREATE, True)


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (AssetStatus.SYNCED, Act.KEEP),
        (AssetStatus.QUEUED, Act.WAIT),
        (AssetStatus.FAILED, Act.FAIL),
        (AssetStatus.RETIRED, Act.RETURN),
    ],
)
def test_a_known_asset_goes_on_from_where_it_stands(status: AssetStatus, act: Act) -> None:
    record = make_synced_record(status=status, group_id="7", group_name="Account.csv", source_id="9")
    (planned,) = plan(records={ACCOUNT.key: record})
    assert (planned.act, planned.group_id) == (act, "7")


def test_what_has_no_name_is_rejected_with_the_reason() -> None:
    (planned,) = plan(assets=(make_asset(name="Account.csv", display_text="x", qualified_name=" "),))
    assert planned.act is Act.REJECT
    assert "no qualified name" in planned.why


def test_who_is_not_selected_any_more_is_retired() -> None:
    assert plan_absent(make_record(), "lost").act is Act.RETIRE


def test_requests_are_counted_by_what_goes_together() -> None:
    assert requests_of({}) == {"purview": 0, "cluedin": 0}
    assert requests_of({Act.CREATE: 41, Act.ADOPT: 2, Act.KEEP: 500}) == {"purview": 1, "cluedin": 13}
    assert requests_of({Act.RETIRE: 3}, looks=5) == {"purview": 5, "cluedin": 0}
    assert [looks_until_retired(make_record(absent=times)) for times in range(4)] == [2, 1, 0, 0]
    assert seconds_of({"purview": 1, "cluedin": 13}, {"purview": 0.2, "cluedin": 0.8}) == {
        "purview": 0.2,
        "cluedin": 1.3,
    }


def make_plan(*assets: Planned, **changes: Any) -> Plan:
    return Plan.model_validate({"asked": "Tag", "assets": list(assets), "counts": {"create": len(assets)}, **changes})


def test_parts_of_a_plan_add_up() -> None:
    planned = Planned(act=Act.CREATE, guid="1")
    left_out = [LeftOut(type="column", why="a column", assets=2)]
    one = make_plan(planned, left_out=left_out, requests={"cluedin": 3}, notes=["a"], governed=1, next="token")
    other = make_plan(planned, left_out=left_out, requests={"cluedin": 3}, notes=["a", "b"], governed=None)
    whole = merged([one, other])
    assert (whole.counts, whole.requests, whole.next) == ({"create": 2}, {"cluedin": 6}, None)
    assert whole.left_out == [LeftOut(type="column", why="a column", assets=4)]
    assert (whole.notes, whole.governed) == (["a", "b"], None)


def test_a_plan_that_was_saved_is_read_again_as_it_was() -> None:
    whole = make_plan(Planned(act=Act.ADOPT, guid="1", is_clash=True), seconds={"cluedin": 1.5}, next="token")
    assert Plan.from_json(whole.to_json()) == whole
    assert whole.to_json()["assets"][0]["isClash"] is True


def test_a_plan_is_compared_with_what_then_happened() -> None:
    made = make_synced_record(group_name="Account.csv", group_origin=Origin.CREATED)
    planned = Planned(act=Act.CREATE, guid="1", key=made.key, group_name="Account.csv")
    assert compare(make_plan(planned), [made]) == []
    (missing,) = compare(make_plan(planned), [])
    assert missing.found == "it is not recorded"
    for changes, found in (
        ({"group_name": "Account.csv : x"}, "called 'Account.csv : x'"),
        ({"group_origin": Origin.ADOPTED}, "its group was adopted"),
        ({"status": AssetStatus.FAILED}, "it is failed"),
    ):
        (difference,) = compare(make_plan(planned), [made.model_copy(update=changes)])
        assert found in difference.found

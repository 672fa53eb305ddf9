"""The parts of a plan as one."""

from sync_core.operations.plan.plan import Act, Plan, Planned, merged


def planned(guid: str, name: str, act: Act = Act.CREATE) -> Planned:
    return Planned(act=act, guid=guid, name=name, qualified_name=f"q://{guid}", group_name=name)


def test_two_of_one_name_clash_also_where_they_came_in_two_parts() -> None:
    parts = [
        Plan(asked="*", assets=[planned("a", "Orders"), planned("b", "Lost", Act.RETIRE)], next="token"),
        Plan(asked="*", assets=[planned("c", "orders"), planned("d", "Lost"), planned("e", "Other")]),
    ]
    names = {one.guid: (one.group_name, one.is_clash) for one in merged(parts).assets}
    assert names == {
        "a": ("Orders", False),
        "b": ("Lost", False),
        "c": ("orders : q://c", True),
        "d": ("Lost", False),
        "e": ("Other", False),
    }
    (clash,) = [one for one in merged(parts).assets if one.is_clash]
    assert clash.why == "Another group has, or would have, the name 'orders'."
    assert merged([merged(parts)]) == merged(parts)

"""Compares a plan that was saved with what then happened; pure."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from sync_core.assets.names import full_group_name, plain_group_name
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.operations.plan.plan import Act, Plan, Planned

AFTER = {
    Act.CREATE: AssetStatus.SYNCED,
    Act.ADOPT: AssetStatus.SYNCED,
    Act.RETURN: AssetStatus.SYNCED,
    Act.WAIT: AssetStatus.SYNCED,
    Act.KEEP: AssetStatus.SYNCED,
    Act.RETIRE: AssetStatus.RETIRED,
    Act.REJECT: AssetStatus.REJECTED,
    Act.FAIL: AssetStatus.FAILED,
}
ORIGINS = {Act.CREATE: Origin.CREATED, Act.ADOPT: Origin.ADOPTED}


@dataclass(frozen=True, slots=True)
class Difference:
    """An asset that went another way than was planned, and how."""

    planned: Planned
    found: str


def compare(plan: Plan, records: Iterable[AssetRecord]) -> list[Difference]:
    """Return what did not happen as it was planned; an asset is known by its key.

    Of several new assets of one name the first that is made gets it: which one that is cannot be planned.
    """
    known = {record.key: record for record in records}
    clashing = {one.name.casefold() for one in plan.assets if one.is_clash}
    found = ((one, _differs(one, known.get(one.key), clashing)) for one in plan.assets)
    return [Difference(one, how) for one, how in found if how]


def _differs(planned: Planned, record: AssetRecord | None, clashing: Container[str]) -> str:
    if record is None:
        return "it is not recorded"
    if record.status is not AFTER[planned.act]:
        return f"it is {record.status}, expected {AFTER[planned.act]}"
    if planned.act in ORIGINS and record.group_origin is not ORIGINS[planned.act]:
        return f"its group was {record.group_origin}, expected {ORIGINS[planned.act]}"
    names = {planned.group_name}
    if planned.act is Act.CREATE and planned.name.casefold() in clashing:
        names |= {plain_group_name(record), full_group_name(record)}
    if planned.group_name and record.group_name not in names:
        return f"its group is called '{record.group_name}', expected '{planned.group_name}'"
    return ""

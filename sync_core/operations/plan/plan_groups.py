"""Decides what would become of selected assets, from their records and what stands in CluedIn; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync_core.absence.retirement import GRACE_SNAPSHOTS
from sync_core.assets.names import full_group_name, plain_group_name, shorten, source_name
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.cluedin.snapshot import GroupSeen, KnownSource
from sync_core.discovery.plan import new_record, why_rejected
from sync_core.jobs.message import MAX_ASSETS
from sync_core.operations.plan.plan import CLASH, Act, Planned
from sync_core.provisioning.look_up import is_shown, names_to_take
from sync_core.purview.asset import Asset, record_key

Known = Mapping[str, Sequence[KnownSource] | None]
UNSEEN = (
    "Group '{name}' holds its source, but was given that or its name after the latest snapshot of CluedIn, and is not "
    "found by the asset's name: the sync adopts it only after the next snapshot, within five minutes."
)
REQUESTS_TOGETHER = 3  # a look-up, the groups, the sources: for all assets of a message
REQUESTS_TO_ADOPT = 2  # a look-up, and the source where there is none
ASSETS_A_READ = 100
AT_ONCE = 8  # messages that one instance takes at once (host.json)
SETTLED = {AssetStatus.QUEUED: Act.WAIT, AssetStatus.FAILED: Act.FAIL, AssetStatus.SYNCED: Act.KEEP}


@dataclass(frozen=True)
class Groups:
    """What stands in CluedIn, by the names of the sources and of the groups; the latter without their case."""

    by_source: Mapping[str, Sequence[GroupSeen]] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[GroupSeen]] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Iterable[GroupSeen]) -> "Groups":
        """Return groups by names."""
        by_source: dict[str, list[GroupSeen]] = {}
        by_name: dict[str, list[GroupSeen]] = {}
        for group in groups:
            by_name.setdefault(group.name.casefold(), []).append(group)
            for source in group.sources:
                by_source.setdefault(source.name, []).append(group)
        return cls(by_source, by_name)

    def empty(self, name: str) -> GroupSeen | None:
        """Return a group without sources that is called just so, if there is one."""
        found = self.by_name.get(name.casefold(), ())
        return next((group for group in found if group.name == name and not group.sources), None)


def contested(assets: Iterable[Asset], records: Iterable[AssetRecord], groups: Groups) -> list[str]:
    """Return the names of empty groups that an asset may adopt, unless another one may call its group so."""
    names = [*(shorten(asset.name) for asset in assets), *(record.group_name for record in records)]
    return [name for name in dict.fromkeys(names) if name and groups.empty(name)]


def sources_seen(assets: Iterable[Asset], groups: Groups) -> list[str]:
    """Return the names of those of the assets' sources that stand in CluedIn."""
    names = dict.fromkeys(shorten(asset.qualified_name) for asset in assets)
    return [name for name in names if name in groups.by_source]


def plan_selected(
    assets: Iterable[Asset],
    records: Mapping[str, AssetRecord],
    groups: Groups,
    *,
    owners: Mapping[str, str],
    known: Known,
    used: set[str],
    now: datetime,
) -> list[Planned]:
    """Decide for each asset; `records` are the known ones by key, `owners` the assets that may use a name.

    `known` are the sources of a name in the latest snapshot, by which the sync finds groups; None where there is none.
    `used` are the names, without their case, that others of the plan would take; those of these assets are added.
    """
    planned = list[Planned]()
    for asset in assets:
        key = record_key(asset)
        record = records.get(key) or new_record(key, asset, now=now, run_id="")
        why = why_rejected(asset)
        if why and (key not in records or record.status is AssetStatus.REJECTED):
            planned.append(_planned(Act.REJECT, record, why=why))
        elif key in records and record.status in SETTLED:
            planned.append(_planned(SETTLED[record.status], record, why=record.reason))
        elif record.status is AssetStatus.RETIRED and record.source_id:
            planned.append(_planned(Act.RETURN, record))
        else:
            planned.append(_plan_group(record, groups, owners, known, used))
    return planned


def plan_absent(record: AssetRecord, why: str) -> Planned:
    """Return that an asset which is not selected would be retired."""
    return _planned(Act.RETIRE, record, why=why)


def looks_until_retired(record: AssetRecord) -> int:
    """Return how often an asset that is missing is still looked for alone: each is a request."""
    return max(0, GRACE_SNAPSHOTS - record.absent)


def requests_of(counts: Mapping[str, int], looks: int = 0) -> dict[str, int]:
    """Return how many requests to each service the acts of one part would cost, with `looks` for single assets.

    What each run asks for is not among them, however much it finds: sign-in, terms, their lists, types.
    """
    create, adopt = counts.get(Act.CREATE, 0), counts.get(Act.ADOPT, 0)
    messages = -(-create // MAX_ASSETS) if create else 0
    reads = -(-(create + adopt) // ASSETS_A_READ) if create + adopt else 0
    cluedin = messages * REQUESTS_TOGETHER + adopt * REQUESTS_TO_ADOPT
    return {"purview": reads + looks, "cluedin": cluedin}


def seconds_of(requests: Mapping[str, int], pace_s: Mapping[str, float]) -> dict[str, float]:
    """Return how long these requests take: Purview's one after the other, CluedIn's some at once."""
    at_once = {"cluedin": AT_ONCE}
    return {
        name: round(count * pace_s[name] / min(at_once.get(name, 1), max(count, 1)), 1)
        for name, count in requests.items()
        if name in pace_s
    }


def _plan_group(
    record: AssetRecord, groups: Groups, owners: Mapping[str, str], known: Known, used: set[str]
) -> Planned:
    found = _own_group(record, groups, owners, known)
    if found is not None:
        return _planned(Act.ADOPT, record, group=found)
    plain, full = plain_group_name(record), full_group_name(record)
    is_clash = _is_anothers(plain, record, owners) or (plain.casefold() in groups.by_name or plain.casefold() in used)
    why = [CLASH.format(name=plain)] if is_clash else []
    why += [UNSEEN.format(name=one.name) for one in groups.by_source.get(source_name(record), ())[:1]]
    name = full if is_clash else plain
    used.add(name.casefold())
    planned = _planned(Act.CREATE, record, why=" ".join(why))
    return planned.model_copy(update={"group_name": name, "is_clash": is_clash})


def _own_group(record: AssetRecord, groups: Groups, owners: Mapping[str, str], known: Known) -> GroupSeen | None:
    """The group with its source, where a look-up shows that; else an empty one of a name that it may take."""
    source = source_name(record)
    for group in groups.by_source.get(source, ()):
        if is_shown(record, known.get(source), group.group_id, group.name):
            return group
    may_take = (
        name
        for name, is_contested in names_to_take(record)
        if not (is_contested and _is_anothers(name, record, owners))
    )
    return next(filter(None, map(groups.empty, may_take)), None)


def _is_anothers(name: str, record: AssetRecord, owners: Mapping[str, str]) -> bool:
    return owners.get(name, "") not in {"", record.key}


def _planned(act: Act, record: AssetRecord, *, group: GroupSeen | None = None, why: str = "") -> Planned:
    return Planned(
        act=act,
        guid=record.guid,
        key=record.key,
        type=record.type_name,
        name=record.name,
        qualified_name=record.qualified_name,
        group_name=group.name if group else record.group_name,
        group_id=group.group_id if group else record.group_id,
        why=why,
    )

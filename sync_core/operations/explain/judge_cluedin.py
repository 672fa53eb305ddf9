"""Whether the asset's group and source stand in CluedIn, and under which names; pure."""

from collections.abc import Iterator

from sync_core.assets.in_cluedin import SHOWS_UP_AFTER, is_too_young
from sync_core.assets.names import plain_group_name
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.operations.explain.evidence import Evidence, InCluedIn, Work
from sync_core.operations.explain.findings import Cause, Finding, Weight
from sync_core.operations.explain.judge_work import switched_off


def judge_cluedin(evidence: Evidence) -> Iterator[Finding]:
    """Say whether what is recorded is shown, and who else has the name."""
    seen, record = evidence.cluedin, evidence.record
    if seen is None:
        return
    if seen.error:
        what = "CluedIn does not tell what stands there."
        yield Finding(Cause.NOT_ANSWERED, Weight.IN_THE_WAY, what, seen.error, "See to what it says; ask again.")
    is_missing = record is not None and bool(record.group_id) and _is_missing(seen)
    if record is not None and is_missing and is_too_young(record, evidence.now):
        yield _too_young(record, seen)
    elif record is not None and is_missing:
        yield from _gone(record, seen, evidence.work)
    yield from _judge_name(record, seen)
    if record is not None and record.status is AssetStatus.SYNCED and not is_missing and not seen.error:
        what = (
            f"Its group '{record.group_name}' ({record.group_id}) and its source ({record.source_id}) stand in CluedIn."
        )
        made = f"{record.group_origin}, at {record.synced_at:%Y-%m-%d %H:%M} UTC" if record.synced_at else ""
        yield Finding(Cause.IN_CLUEDIN, Weight.WELL, what, made)


def _is_missing(seen: InCluedIn) -> bool:
    return False in {seen.is_group_shown, seen.is_source_shown}


def _missing(record: AssetRecord, seen: InCluedIn) -> tuple[str, str]:
    """Return what is not shown, and that it is not."""
    what = "group" if seen.is_group_shown is False else "source"
    name, number = (record.group_name, record.group_id) if what == "group" else (record.source_name, record.source_id)
    return what, f"CluedIn shows no {what} '{name}' of id {number}"


def _too_young(record: AssetRecord, seen: InCluedIn) -> Finding:
    """CluedIn shows late what it made, so that nothing follows from a look right after."""
    what, told = _missing(record, seen)
    minutes = SHOWS_UP_AFTER.total_seconds() / 60
    made = f"Its {what} was just made: CluedIn shows it some seconds later, {minutes:.0f} minutes at most."
    return Finding(Cause.WAITING, Weight.WAITS, made, told, "None: it shows by itself.")


def _gone(record: AssetRecord, seen: InCluedIn, work: Work) -> Iterator[Finding]:
    """Say what is done about it; while the sync is off nothing is, and that comes first."""
    what, told = _missing(record, seen)
    if seen.missing:
        told += f"; {seen.missing.missing_looks} complete snapshots in a row lacked it"
    if not work.is_on:
        yield switched_off(work, Weight.IN_THE_WAY)
        fix = (
            f"None while {work.off_in} is off. Once it is on, and snapshots have proven that it is gone, another one "
            "is made. To do without it, take the term from the asset."
        )
    elif record.gone_at:
        fix = "None: that it is gone was proven, and another one is being made."
    elif seen.is_in_doubt:
        fix = (
            "Many groups are missing at once: the app looks for an hour, makes one again as a proof, and the others "
            "follow if that shows. Look whether the service account lost a role, or CLUEDIN_URL leads elsewhere."
        )
    else:
        fix = (
            "None: once two complete snapshots and a look at it alone agree, within some ten minutes, another one is "
            "made. To do without it, take the term from the asset."
        )
    yield Finding(Cause.GROUP_GONE, Weight.IN_THE_WAY, f"Its {what} was deleted in CluedIn.", told, fix)


def _judge_name(record: AssetRecord | None, seen: InCluedIn) -> Iterator[Finding]:
    """A group of the plain name that is another's, and a name that changed since."""
    if record is None:
        return
    plain = plain_group_name(record)
    others = [one for one in seen.namesakes if one.name.casefold() == plain.casefold() and not one.is_own]
    if others and record.group_name != plain:
        shown = ", ".join(f"'{one.name}' ({one.id})" for one in others)
        called = f"its own is called '{record.group_name}'" if record.group_name else "its own gets its full name"
        what = f"Another group has the name '{plain}', so {called}."
        fix = "Look for it under that name. To have the plain one, name the asset or the other group otherwise."
        yield Finding(Cause.NAME_TAKEN, Weight.NOTE, what, shown, fix)
    if record.is_renamed:
        what = f"It was renamed to '{record.name}' in Purview; its group keeps the name '{record.group_name}'."
        yield Finding(
            Cause.RENAMED, Weight.NOTE, what, f"Made for the name '{record.synced_name}'.", "Rename it in CluedIn."
        )

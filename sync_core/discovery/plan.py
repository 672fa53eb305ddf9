"""Compares what Purview shows with what is recorded, and says what has to change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sync_core.assets.entry import LONGEST_LISTED, Entry, Standing, hash_of_listed
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.purview.asset import Asset, record_key

REFRESH_AFTER = timedelta(hours=24)
REFRESH_REJECTED_AFTER = timedelta(hours=1)
# Purview takes names of 4 KiB (docs/vendors/purview.md, section 3), storage 32,000 characters a text and 4 MiB a
# transaction: an asset with an endless name must not keep the others from being recorded.
LONGEST_TEXT = LONGEST_LISTED


@dataclass(frozen=True, slots=True)
class Sighting:
    """An asset as an enumeration lists it: `display_text` is its name there."""

    guid: str
    type_name: str
    display_text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What discovery has to write."""

    new: list[AssetRecord] = field(default_factory=list)
    rejected: list[AssetRecord] = field(default_factory=list)
    changed: list[AssetRecord] = field(default_factory=list)
    returning: list[AssetRecord] = field(default_factory=list)
    unchanged: list[AssetRecord] = field(default_factory=list)


def guids_to_read(sightings: Iterable[Sighting], known: Mapping[str, Entry], now: datetime) -> list[str]:
    """Return the guids whose details are needed: new ones, those with another name, those not read for long."""
    return [sighting.guid for sighting in sightings if _is_due(sighting, known.get(sighting.guid), now)]


def _is_due(sighting: Sighting, entry: Entry | None, now: datetime) -> bool:
    if entry is None or entry.standing is Standing.RETIRED:
        return True
    if entry.listed != hash_of_listed(sighting.display_text):
        return True
    is_rejected = entry.standing is Standing.REJECTED
    return now - entry.refreshed_at >= (REFRESH_REJECTED_AFTER if is_rejected else REFRESH_AFTER)


def plan_assets(
    assets: Iterable[Asset],
    records: Mapping[str, AssetRecord],
    *,
    now: datetime,
    run_id: str,
    ageless: Collection[str] = (),
) -> Plan:
    """Decide for each asset as Purview describes it now; `records` are the known ones by key.

    Nobody asks when those with one of the guids `ageless` were read: they are not written for their age alone.

    A re-created asset has the key it had, so it keeps its record, and with it its group, under its new guid.
    """
    plan = Plan()
    for key, found in {record_key(asset): asset for asset in assets}.items():
        record, why, asset = records.get(key), why_rejected(found), _cut(found)
        if why and record is not None and record.status is not AssetStatus.REJECTED:
            # It was fine when it was synced; what stands in CluedIn stays, the person sees the reason.
            plan.changed.append(record.model_copy(update={"reason": why, "refreshed_at": now}))
        elif why:
            plan.rejected.append(
                _rejected(asset, why, record or new_record(key, asset, now=now, run_id=run_id), now=now)
            )
        elif record is None:
            plan.new.append(new_record(key, asset, now=now, run_id=run_id))
        elif record.status in {AssetStatus.RETIRED, AssetStatus.REJECTED}:
            plan.returning.append(refreshed(record, asset, now))
        elif record.reason or record.fingerprint != asset.fingerprint or _is_old(record, asset, now, ageless):
            plan.changed.append(refreshed(record, asset, now))
        else:
            plan.unchanged.append(record)
    return plan


def _is_old(record: AssetRecord, asset: Asset, now: datetime, ageless: Collection[str]) -> bool:
    return asset.guid not in ageless and now - record.refreshed_at >= REFRESH_AFTER


def why_rejected(asset: Asset) -> str:
    """Return why an asset cannot become a data source, or an empty text."""
    names = {"name": asset.name, "qualified name": asset.qualified_name}
    missing = [label for label, value in names.items() if not value.strip()]
    endless = [label for label, value in names.items() if len(value) > LONGEST_TEXT]
    if missing:
        return f"Purview has no {' and no '.join(missing)} for asset {asset.guid}: set it there, then it is synced."
    if endless:
        return f"The {' and '.join(endless)} of asset {asset.guid} is longer than {LONGEST_TEXT} characters."
    return ""


def _cut(asset: Asset) -> Asset:
    return replace(
        asset,
        name=asset.name[:LONGEST_TEXT],
        qualified_name=asset.qualified_name[:LONGEST_TEXT],
        display_text=asset.display_text[:LONGEST_TEXT],
    )


def refreshed(record: AssetRecord, asset: Asset, now: datetime) -> AssetRecord:
    """Return a record with what Purview says now; what stands in CluedIn is kept."""
    return record.model_copy(
        update={
            "guid": asset.guid,
            "name": asset.name,
            "display_text": asset.display_text,
            "collection_id": asset.collection_id,
            "fingerprint": asset.fingerprint,
            "refreshed_at": now,
            "reason": "",
        }
    )


def new_record(key: str, asset: Asset, *, now: datetime, run_id: str) -> AssetRecord:
    """Return the first record of an asset, which waits for its group."""
    return AssetRecord(
        key=key,
        guid=asset.guid,
        type_name=asset.type_name,
        name=asset.name,
        qualified_name=asset.qualified_name,
        display_text=asset.display_text,
        collection_id=asset.collection_id,
        terms=list(asset.terms),
        fingerprint=asset.fingerprint,
        status=AssetStatus.QUEUED,
        first_seen_at=now,
        first_seen_run_id=run_id,
        refreshed_at=now,
        queued_at=now,
        queued_run_id=run_id,
    )


def _rejected(asset: Asset, why: str, record: AssetRecord, *, now: datetime) -> AssetRecord:
    return refreshed(record, asset, now).model_copy(
        update={"status": AssetStatus.REJECTED, "reason": why, "queued_at": None, "queued_run_id": ""}
    )

"""What people did, with the name of the asset where they named one by its key or guid. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync_core.assets.listed import ListedAsset
from sync_core.operations.dashboard.links import Links
from sync_core.runs.action_log import ActionRecord


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action; `name` and `link` are those of the asset that it named, where that is known."""

    record: ActionRecord
    name: str = ""
    link: str = ""


def to_action_rows(
    records: Sequence[ActionRecord], assets: Mapping[str, ListedAsset], links: Links
) -> Iterator[ActionRow]:
    """Yield the actions as they are shown; `assets` are the known ones by key."""
    by_guid = {one.guid: one for one in assets.values()} if records else {}
    for record in records:
        named = record.target.partition(" ")[2]
        asset = assets.get(named) or by_guid.get(named)
        yield ActionRow(record, asset.name or asset.guid, links.asset(asset.key)) if asset else ActionRow(record)

"""The texts of notifications, worded like those of CluedIn's own integration.

Source: docs/vendors/cluedin.md, 4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NAMES_SHOWN = 20
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notification."""

    title: str
    body: str


def data_sources_created(names: Sequence[str]) -> Announcement:
    """Tell which data sources were made: one by its asset's name, many as one message."""
    title = "Data source created"
    if len(names) == 1:
        return Announcement(title, f"Data source '{_listed(names)}' created for Purview asset")
    text = f"{len(names)} data sources have been created for assets registered in Purview ({_listed(names)})"
    return Announcement(title, text)


def data_sets_synced(names: Sequence[str]) -> Announcement:
    """Tell whose lineage stands in Purview now."""
    title = "Data set synced to Purview"
    if len(names) == 1:
        return Announcement(title, f"Data Set '{_listed(names)}' synced to Purview")
    return Announcement(title, f"{len(names)} data sets have been synced to Purview ({_listed(names)})")


def assets_retired(names: Sequence[str]) -> Announcement:
    """Tell which assets lost their term."""
    title = "Assets are no longer synced"
    body = f"{len(names)} assets lost their glossary term ({_listed(names)}). Their groups in CluedIn stay as they are."
    return Announcement(title, body)


def approval_needed(assets: int, total: int) -> Announcement:
    """Tell that so many assets are missing at once that a person must look first."""
    body = (
        f"{assets} of {total} assets are no longer found in Purview. Nothing was changed: check the glossary term and "
        "the app's rights, then approve with `python -m sync_core approve-retirement`."
    )
    return Announcement("Many assets are missing: approval needed", body)


def synchronization_completed(*, created: int, adopted: int, failed: int) -> Announcement:
    """Tell that nothing is outstanding any more."""
    body = f"{created} created, {adopted} found in place, {failed} failed"
    return Announcement("Synchronization completed", body)


def _listed(names: Sequence[str]) -> str:
    shown = [name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}..." for name in names[:NAMES_SHOWN]]
    return ", ".join(shown) + (", ..." if len(names) > NAMES_SHOWN else "")

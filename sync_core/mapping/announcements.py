"""The texts of notifications, worded like those of CluedIn's own integration.

Source: facts on the CluedIn API, 4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Announcement:
    """One notification."""

    title: str
    body: str


def data_sources_created(names: Sequence[str]) -> Announcement:
    """Tell which data sources were made: one by its asset's name, many as one message."""
    title = "Data source created"
    if len(names) == 1:
        return Announcement(title, f"Data source '{names[0]}' created for Purview asset")
    shown = ", ".join(names[:NAMES_SHOWN]) + (", ..." if len(names) > NAMES_SHOWN else "")
    count = len(names)
    return Announcement(title, f"{count} data sources have been created for assets registered in Purview ({shown})")


def synchronization_completed(*, created: int, adopted: int, failed: int) -> Announcement:
    """Tell that nothing is outstanding any more."""
    body = f"{created} created, {adopted} found in place, {failed} failed"
    return Announcement("Synchronization completed", body)

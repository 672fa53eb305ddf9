"""The texts of notifications, worded like those of CluedIn's own integration.

Source: docs/vendors/cluedin.md, 4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_core.notifications.announcement import Announcement, NotificationKind
from sync_core.wording import many, verb

NAMES_SHOWN = 20
FAILURES_SHOWN = 10
LONGEST_SHOWN = 200
LONGEST_REASON = 1000
NEXT_STEP = (
    "What may heal is tried again by itself; see `python -m sync_core dead-letters`, mend the cause, replay the rest."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What was given up, by its name, and why."""

    name: str
    reason: str


def approve_command(assets: int) -> str:
    """Return what a person types to approve that so many assets are retired."""
    return f"python -m sync_core approve retirement {assets} --by NAME"


def data_sources_created(names: Sequence[str]) -> Announcement:
    """Tell which data sources were made: one by its asset's name, many as one message."""
    title = "Data source created"
    if len(names) == 1:
        return Announcement(
            NotificationKind.DATA_SOURCE_CREATED, title, f"Data source '{_listed(names)}' created for Purview asset"
        )
    text = f"{len(names)} data sources have been created for assets registered in Purview ({_listed(names)})"
    return Announcement(NotificationKind.DATA_SOURCE_CREATED, title, text)


def data_sets_synced(names: Sequence[str]) -> Announcement:
    """Tell whose lineage stands in Purview now."""
    title = "Data set synced to Purview"
    if len(names) == 1:
        return Announcement(NotificationKind.DATA_SET_SYNCED, title, f"Data Set '{_listed(names)}' synced to Purview")
    return Announcement(
        NotificationKind.DATA_SET_SYNCED,
        title,
        f"{len(names)} data sets have been synced to Purview ({_listed(names)})",
    )


def data_sets_failed(failures: Sequence[Failure]) -> Announcement:
    """Tell whose lineage was given up, why, and what to do."""
    body = f"The lineage of {many(len(failures), 'data set')} is not in Purview: {_explained(failures)}. {NEXT_STEP}"
    return Announcement(NotificationKind.DATA_SET_FAILED, "Data sets could not be synced to Purview", body)


def assets_retired(names: Sequence[str]) -> Announcement:
    """Tell which assets lost their term."""
    title = "Assets are no longer synced"
    body = (
        f"{many(len(names), 'asset')} lost the glossary term ({_listed(names)}). Groups in CluedIn stay as they are; "
        "an asset that gets its term again is synced on, in the group it had."
    )
    return Announcement(NotificationKind.ASSET_RETIRED, title, body)


def terms_paused(pauses: Sequence[tuple[str, str]]) -> Announcement:
    """Tell which terms could not be believed for a day, and why: pairs of name and reason."""
    body = (
        f"{many(len(pauses), 'term')} {verb(len(pauses), 'is', 'are')} paused for a day: what is tagged or untagged so "
        f"does not arrive, and no asset counts as missing by it. {_explained([Failure(*pause) for pause in pauses])}"
    )
    return Announcement(NotificationKind.TERMS_PAUSED, "Terms are paused", body)


def asset_curation(sentences: Sequence[str]) -> Announcement:
    """Tell that classic terms are frozen, and what to write in place of keywords that cannot follow."""
    body = f"{' '.join(sentences)} Assets that have classic terms stay as they are until the published copies are read."
    return Announcement(NotificationKind.ASSET_CURATION, "Asset curation is enabled in this tenant", body)


def stores_paused(pauses: Sequence[tuple[str, str]]) -> Announcement:
    """Tell which stores of terms answer nothing, and why: pairs of name and reason."""
    body = (
        f"Purview does not let the app read {_listed([name for name, _ in pauses])}: what is tagged or untagged there "
        f"does not arrive, and no asset counts as missing by it. {_explained([Failure(*pause) for pause in pauses])}. "
        "`python -m sync_core doctor` says what to mend; the app asks again at least every two hours."
    )
    return Announcement(NotificationKind.STORE_PAUSED, "A store of terms is paused", body)


def credentials_refused(service: str, reason: str, since: datetime) -> Announcement:
    """Tell that a service does not take the app's credentials; the reason says what to check."""
    why = _cut(reason, LONGEST_REASON)
    body = (
        f"{service} has refused the app since {since:%Y-%m-%d %H:%M} UTC, so nothing is synced: {why} "
        "Work that waits goes on by itself when this is mended."
    )
    return Announcement(NotificationKind.CREDENTIALS_REFUSED, f"{service} refuses the app's credentials", body)


def webhook_silent(names: Sequence[str], last_delivery: datetime) -> Announcement:
    """Tell that data sets were processed of which the webhook did not tell, though it did before."""
    body = (
        f"{many(len(names), 'data set')} {verb(len(names), 'was', 'were')} processed in CluedIn without a delivery "
        f"({_listed(names)}); the last "
        f"one came at {last_delivery:%Y-%m-%d %H:%M} UTC. The app found them itself, some minutes later. Check in "
        "CluedIn that the webhook is still there, and that its address and function key are those of this app."
    )
    return Announcement(NotificationKind.WEBHOOK_SILENT, "CluedIn's webhook is silent", body)


def approval_needed(names: Sequence[str], total: int) -> Announcement:
    """Tell that so many assets are missing at once that a person must look first."""
    body = (
        f"{len(names)} of {total} assets are no longer found in Purview ({_listed(names)}). Nothing was changed: check "
        f"the glossary term and the app's rights, then approve with `{approve_command(len(names))}`."
    )
    return Announcement(NotificationKind.APPROVAL_NEEDED, "Many assets are missing: approval needed", body)


def groups_made_again(names: Sequence[str]) -> Announcement:
    """Tell whose groups or sources were deleted in CluedIn and are made again, and how to stop that."""
    body = (
        f"Of {many(len(names), 'asset')} the group or data source is gone from CluedIn and is made again "
        f"({_listed(names)}). To stop that, take the tag off the asset in Purview."
    )
    return Announcement(NotificationKind.GROUPS_MADE_AGAIN, "Data sources are made again", body)


def groups_missing(missing: int, total: int) -> Announcement:
    """Tell that many groups are missing from CluedIn's answers, and what happens next."""
    body = (
        f"CluedIn does not show {missing} of {total} data sources that stood there. Nothing is made again until that "
        "is proven: when every look of an hour agrees, one of them is made, and the rest only if CluedIn then shows "
        "that one. Check whether CLUEDIN_URL leads to the right organization, and the service account's roles."
    )
    return Announcement(NotificationKind.GROUPS_MISSING, "Many data sources are missing in CluedIn", body)


def synchronization_completed(*, created: int, adopted: int, failures: Sequence[Failure]) -> Announcement:
    """Tell that nothing is outstanding any more, and what was given up, why, and what to do."""
    body = f"{created} created, {adopted} found in place, {len(failures)} failed"
    if failures:
        body += f": {_explained(failures)}. {NEXT_STEP}"
    return Announcement(NotificationKind.SYNCHRONIZATION_COMPLETED, "Synchronization completed", body)


def _explained(failures: Sequence[Failure]) -> str:
    shown = [f"'{_cut(failure.name)}' ({_cut(failure.reason.rstrip('.'))})" for failure in failures[:FAILURES_SHOWN]]
    return ", ".join(shown) + (", ..." if len(failures) > FAILURES_SHOWN else "")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_cut, names[:NAMES_SHOWN])) + (", ..." if len(names) > NAMES_SHOWN else "")


def _cut(text: str, longest: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."

"""Whether the app is at work: what keeps every asset from being seen; pure."""

from collections.abc import Iterator

from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.operations.explain.evidence import Work
from sync_core.operations.explain.findings import Cause, Finding, Weight


def judge_work(work: Work, record: AssetRecord | None) -> Iterator[Finding]:
    """Say what keeps every asset from being seen; of one that is synced, and stays so, that is a note."""
    is_done = record is not None and record.status is AssetStatus.SYNCED and not record.absent
    weight = Weight.NOTE if is_done else Weight.IN_THE_WAY
    if work.error:
        yield Finding(
            Cause.SETTINGS_WRONG, weight, "The settings cannot be read, or are wrong.", work.error, work.error
        )
    if not work.is_on:
        yield switched_off(work, weight)
    elif not work.is_discovery_well:
        what = "The last discovery failed, or none has run for some minutes."
        fix = "See to what it says; without a text, look whether the app runs, and at its log."
        yield Finding(Cause.DISCOVERY_FAILS, weight, what, work.discovery_error, fix)
    for service, seconds in work.pauses.items():
        what = f"{service} asked the app to slow down: it is left alone for {seconds:.0f} s more."
        fix = (
            "None: it goes on by itself then. If it lasts, see `throttles` in status, and what else asks that service."
        )
        yield Finding(Cause.THROTTLED, Weight.NOTE if is_done else Weight.WAITS, what, f"{seconds:.0f} s left", fix)


def switched_off(work: Work, weight: Weight) -> Finding:
    """Return that nothing is done, however much is to do."""
    what = "The sync is switched off: nothing is looked for in Purview, and nothing is made in CluedIn."
    return Finding(Cause.SETTINGS_OFF, weight, what, f"{work.off_in} is off.", f"Switch {work.off_in} on.")

"""From evidence to findings, in the order in which an asset meets them on its way into CluedIn; pure."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from sync_core.discovery.plan import why_rejected
from sync_core.operations.explain.evidence import Evidence, Sight
from sync_core.operations.explain.findings import Cause, Finding, Weight
from sync_core.operations.explain.judge_cluedin import judge_cluedin
from sync_core.operations.explain.judge_data_sets import judge_data_sets
from sync_core.operations.explain.judge_state import judge_state
from sync_core.operations.explain.judge_tags import judge_tags
from sync_core.operations.explain.judge_work import judge_work

READER = (
    "Give the app's identity the role Data Reader on the root collection, or on the asset's own collection and all "
    "above which it does not inherit; a new role takes some minutes to count."
)


class Stage(StrEnum):
    """What is looked at, one after the other."""

    PURVIEW = "purview"
    TAGS = "tags"
    STATE = "state"
    CLUEDIN = "cluedin"
    DATA_SETS = "dataSets"


def judge(evidence: Evidence, stage: Stage) -> list[Finding]:
    """Return what a stage's evidence says."""
    return list(JUDGES[stage](evidence))


def judge_purview(evidence: Evidence) -> Iterator[Finding]:
    """Say whether the app is at work, and what Purview's store says of the asset."""
    yield from judge_work(evidence.work, evidence.record)
    yield from _judge_sight(evidence)
    if evidence.purview.asset is not None and evidence.purview.sight is Sight.SHOWN:
        yield from _judge_type(evidence)


def _judge_sight(evidence: Evidence) -> Iterator[Finding]:
    seen = evidence.purview
    match seen.sight:
        case Sight.HIDDEN:
            what = "Purview hides it from the app (403): a role is missing at its collection."
            yield Finding(Cause.HIDDEN, Weight.IN_THE_WAY, what, seen.error, READER)
        case Sight.GONE:
            what = f"Purview has no asset of guid {seen.guid} any more: it was deleted, or scanned again under another."
            fix = (
                "Look it up in Purview by its qualified name; what is tagged there has the guid of today. The app "
                "asks the account of PURVIEW_ENDPOINT: a guid of another account is unknown there."
            )
            yield Finding(Cause.GONE, Weight.IN_THE_WAY, what, seen.error, fix)
        case Sight.UNTOLD:
            what = "Purview does not tell what it is."
            weight = Weight.IN_THE_WAY if evidence.work.asks_purview else Weight.NOTE
            yield Finding(Cause.NOT_ANSWERED, weight, what, seen.error, "Ask again; the doctor checks the rest.")
        case Sight.SHOWN:
            return


def _judge_type(evidence: Evidence) -> Iterator[Finding]:
    seen = evidence.purview
    asset = seen.asset
    if asset is None:
        return
    if seen.left_out:
        what = f"Its type {asset.type_name} is left out: it is {seen.left_out}."
        fix = "Tag the asset that it belongs to: a table, file or view. Only data assets become data sources."
        yield Finding(Cause.TYPE_LEFT_OUT, Weight.IN_THE_WAY, what, asset.type_name, fix)
    elif seen.left_out is None:
        what = f"Purview does not tell what its type {asset.type_name} is; its assets wait meanwhile."
        fix = "None: the type is asked for again, and after about an hour its name decides."
        yield Finding(Cause.TYPE_UNKNOWN, Weight.WAITS, what, asset.type_name, fix)
    if why := why_rejected(asset):
        yield Finding(
            Cause.REJECTED, Weight.IN_THE_WAY, why, asset.guid, "Mend it in Purview: it is read again hourly."
        )
    if evidence.work.is_all and seen.is_in_own_collection:
        what = "It lies in the collection that CluedIn's own assets go to, which `*` leaves out."
        yield Finding(
            Cause.OWN_COLLECTION, Weight.IN_THE_WAY, what, asset.collection_id, "Move it to another collection."
        )
    if evidence.work.is_all and seen.is_found is False and evidence.record is None:
        changed = f"; it changed at {seen.changed_at:%Y-%m-%d %H:%M} UTC" if seen.changed_at else ""
        what = "Purview's search does not show it yet, and `*` finds assets by search."
        fix = "Wait: the index shows a change minutes later. The sweep of each day finds it too."
        yield Finding(Cause.INDEX_BEHIND, Weight.WAITS, what, f"The store has it, the search not{changed}.", fix)


JUDGES: dict[Stage, Callable[[Evidence], Iterator[Finding]]] = {
    Stage.PURVIEW: judge_purview,
    Stage.TAGS: judge_tags,
    Stage.STATE: judge_state,
    Stage.CLUEDIN: judge_cluedin,
    Stage.DATA_SETS: judge_data_sets,
}

"""When a group or source that CluedIn no longer shows counts as gone and is made again.

An answer of CluedIn that lacks something is a look, not a proof: a read model that is rebuilt, a role that changed,
another organization behind the same address all answer 200 with less. A few that are missing are made again once two
complete snapshots and a look at each alone agree. Many, or any while the list came empty, need a proof that the app
finds itself: when every look of an hour agreed, one of them is made again. If the next complete snapshot shows it, and
still none of the others, the answers can be trusted, and the rest follows. If it does not show even that one, they
cannot, and nothing more is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from pydantic import BaseModel, ConfigDict

from sync_core.absence.losses import is_free

AGREED_FOR = timedelta(hours=1)


class Sight(Enum):
    """What the latest complete snapshot says of the group that was made again as a proof."""

    NOT_MADE = auto()  # not yet made, or made after the snapshot began
    SHOWN = auto()
    NOT_SHOWN = auto()


class Doubt(BaseModel):
    """What is remembered while many groups are missing.

    `proof` is the asset whose group is made again, `others` how many were missing beside it then, `not_before` when the
    next proof may be tried. `is_refuted` says that not even the proof was shown.
    """

    model_config = ConfigDict(frozen=True)

    since: datetime
    proof: str = ""
    proof_at: datetime | None = None
    others: int = 0
    not_before: datetime | None = None
    is_refuted: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known after a complete snapshot.

    `absent` are the assets whose group or source was missing in two snapshots and when looked at alone, each with the
    moment since when every look agreed. `recent` is how many were made again within a day without a proof.
    """

    absent: Mapping[str, datetime]
    recorded: int
    recent: int
    is_list_empty: bool
    proof: Sight = Sight.NOT_MADE


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose group and source are made again now, whether a proof allows it, and what stays in doubt."""

    gone: tuple[str, ...] = ()
    is_proven: bool = False
    doubt: Doubt | None = None


def judge_absence(doubt: Doubt | None, evidence: Evidence, now: datetime) -> Verdict:
    """Decide what is made again after a complete snapshot."""
    if not evidence.absent and (doubt is None or not doubt.proof or evidence.proof is Sight.SHOWN):
        return Verdict()
    if doubt is not None and doubt.proof:
        return _weigh_proof(doubt, evidence, now)
    may_act = not evidence.is_list_empty and is_free(len(evidence.absent), evidence.recorded, evidence.recent)
    if may_act:
        return Verdict(gone=tuple(sorted(evidence.absent)))
    return _look_for_proof(doubt or Doubt(since=now), evidence, now)


def _weigh_proof(doubt: Doubt, evidence: Evidence, now: datetime) -> Verdict:
    if evidence.proof is Sight.NOT_MADE:
        return Verdict(doubt=doubt)
    if evidence.proof is Sight.NOT_SHOWN:
        return Verdict(doubt=doubt.model_copy(update={"is_refuted": True}))
    asked_at = doubt.proof_at or doubt.since
    still = tuple(sorted(key for key, since in evidence.absent.items() if since < asked_at and key != doubt.proof))
    if len(still) >= doubt.others:
        return Verdict(gone=still, is_proven=True)
    # Some came back meanwhile: the answers had been wrong, so that the hour begins anew.
    return Verdict(doubt=Doubt(since=now, not_before=now + AGREED_FOR) if evidence.absent else None)


def _look_for_proof(doubt: Doubt, evidence: Evidence, now: datetime) -> Verdict:
    agreed = sorted((since, key) for key, since in evidence.absent.items() if now - since >= AGREED_FOR)
    if not agreed or (doubt.not_before is not None and now < doubt.not_before):
        return Verdict(doubt=doubt)
    _, proof = agreed[0]
    others = len(evidence.absent) - 1
    return Verdict(gone=(proof,), doubt=doubt.model_copy(update={"proof": proof, "proof_at": now, "others": others}))

"""Keeps claims while their work asks services, and ends the work in time."""

from collections.abc import Callable, Sequence

from sync_core.errors import OutOfTimeError, SyncError
from sync_core.jobs.claims import Claim
from sync_core.jobs.together import carry_out_together

HOLD_S = 15.0  # a claim is renewed before a request once it is that old
WORK_S = 360.0  # the host kills a worker after ten minutes (host.json), and with it all others of its process


def holding(claims: Sequence[Claim], monotonic: Callable[[], float]) -> Callable[[], None]:
    """Return what is to be called before each request of the work that these claims are for.

    One claim that is lost beside others is met at its next step.

    Raises (when called):
        OutOfTimeError: the work takes too long.
        ConflictError: every claim that was to be renewed is lost.
    """
    ends_at = monotonic() + WORK_S

    def hold() -> None:
        if monotonic() >= ends_at:
            raise OutOfTimeError(f"The work takes longer than {WORK_S:.0f} s; it is tried again.")
        old = [claim for claim in claims if claim.is_older_than(HOLD_S)]
        if old:
            _raise_if_lost(carry_out_together([claim.renewing() for claim in old]))

    return hold


def _raise_if_lost(results: Sequence[list[str] | SyncError]) -> None:
    lost = [one for one in results if not isinstance(one, list)]
    if len(lost) == len(results):
        raise lost[0]
